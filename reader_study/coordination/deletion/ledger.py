"""The list of deletions outside the database: a restored backup has to delete again.

One JSON object a line in ``deletions.jsonl`` of the data folder: study, case, time. It names no
patient, and no backup takes it along: copy it wherever the keys are kept.
"""

import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from reader_study.cohorts.models import PatientDeletion

NAME = "deletions.jsonl"


@dataclass(frozen=True)
class NotedDeletion:
    """One line of the list."""

    study_id: uuid.UUID
    case_id: uuid.UUID
    at: str


def ledger_file() -> Path:
    """Return where this installation's list is."""
    folder: Path = settings.VAR
    return folder / NAME


def noted_deletions(file: Path) -> Iterator[NotedDeletion]:
    """Yield what a list says; a line that was cut short by a loss of power says nothing."""
    if not file.exists():
        return
    for line in file.read_text(encoding="utf-8").splitlines():
        try:
            row = json.loads(line)
            yield NotedDeletion(uuid.UUID(row["study"]), uuid.UUID(row["case"]), row["at"])
        except (ValueError, KeyError, TypeError):
            continue


def note_deletion(deletion: PatientDeletion) -> None:
    """Add a deletion to the list, durably, unless it stands there."""
    case = deletion.case
    file = ledger_file()
    if any(noted.case_id == case.pk for noted in noted_deletions(file)):
        return
    row = {"study": str(case.study_id), "case": str(case.pk), "at": deletion.at.isoformat()}
    with file.open("a", encoding="utf-8") as ledger:
        ledger.write(f"\n{json.dumps(row)}")
        ledger.flush()
        os.fsync(ledger.fileno())
