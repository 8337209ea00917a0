"""The trail as files to keep, with what an outsider needs to verify it (``docs/audit.md``)."""

import csv
import io
import json
from typing import Any

from reader_study.analysis.exports.spreadsheet_text import formula_safe
from reader_study.audit.chain import written_time
from reader_study.audit.models import ChainHead, Event
from reader_study.coordination.trail.selectors import events_of, is_withheld, shown_detail, told
from reader_study.studies.canonical_json import canonical_json
from reader_study.studies.models import Study

FORMAT = "reader-study audit trail 1"

CSV_COLUMNS = (
    "sequence",
    "at",
    "username",
    "name",
    "action",
    "case",
    "subject",
    "sentence",
    "detail",
    "withheld",
    "key_id",
    "mac",
)


def trail_csv(study: Study) -> str:
    """Return the trail as a table, safe for spreadsheets; the exact text is in the JSON."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for row in told(study, list(events_of(study).order_by("sequence"))):
        detail = json.dumps(row["detail"], ensure_ascii=False, sort_keys=True)
        cells = {
            **row,
            "at": written_time(row["at"]),
            "detail": detail,
            "withheld": int(row["withheld"]),
        }
        values = (cells[column] for column in CSV_COLUMNS)
        writer.writerow(
            [formula_safe(value) if isinstance(value, str) else value for value in values]
        )
    return text.getvalue()


def trail_json(study: Study) -> str:
    """Return the trail with everything that its MACs cover, and its head.

    The details of an event that is withheld are left out whole: part of them would verify nothing.
    """
    end = ChainHead.objects.get(chain=str(study.pk))
    return canonical_json(
        {
            "format": FORMAT,
            "study": {"id": str(study.pk), "slug": study.slug, "name": study.name},
            "chain": end.chain,
            "head": {"sequence": end.sequence, "mac": end.mac},
            "events": [
                _exact(event, study)
                for event in events_of(study)
                .filter(sequence__lte=end.sequence)
                .order_by("sequence")
            ],
        }
    ).decode()


def _exact(event: Event, study: Study) -> dict[str, Any]:
    chained = event.chained()
    withheld = is_withheld(event, study)
    return {
        "sequence": chained.sequence,
        "at": chained.at,
        "actor": chained.actor,
        "actor_name": chained.actor_name,
        "action": chained.action,
        "subject": chained.subject,
        "key_id": chained.key_id,
        "mac": chained.mac,
        **({"withheld": True} if withheld else {"detail": shown_detail(event, study)}),
    }
