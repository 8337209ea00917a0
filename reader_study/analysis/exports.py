"""What leaves the program for other programs: ratings as CSV, the report as JSON.

Both carry the snapshot's hash, so that any file can be traced to the locked study it came from.
"""

import csv
import io
import re
from typing import Any

from reader_study.analysis.snapshot import SnapshotDocument, SnapshotRating
from reader_study.studies.canonical_json import canonical_json

RATINGS_COLUMNS = {
    "snapshot_sha256": "SHA-256 of the snapshot that the ratings come from",
    "protocol_sha256": "SHA-256 of the protocol that they were given under",
    "study": "name of the study",
    "data_notice": "what the data are, where they are not patients' data",
    "case": "case code",
    "site": "site code",
    "rater": "rater code",
    "grade": "grade on the protocol's scale; empty where unscorable",
    "grade_name": "name of that grade",
    "high_quality": "1 at or above the cut-point, 0 below; empty where unscorable",
    "unscorable_reason": "code of the reason; empty where graded",
    "comment": "the rater's words",
    "wall_seconds": "from opening the case to submitting it, seconds; pauses count",
    "submitted_at": "time of submission, ISO 8601",
}
"""Columns of the CSV, in their order, with their meaning."""

# Characters with which a spreadsheet begins a formula, after any white space; and white space
# that itself makes some of them look further.
_FORMULA_START = re.compile(r"[\t\r\n]|\s*[=+\-@＝＋－＠]")
# The same inside a cell, after what a spreadsheet of another language may take for a separator.
_FORMULA_AFTER_SEPARATOR = re.compile(r"([;\t\r\n]\s*)(?=[=+\-@＝＋－＠])")


def ratings_csv(snapshot: SnapshotDocument) -> str:
    """Return the ratings as tidy CSV: one row per case and rater, columns RATINGS_COLUMNS.

    RFC 4180 with a header, CRLF, every field in quotes. Text cells are made safe for spreadsheets
    as by :func:`formula_safe`; the exact text is in :func:`report_json`. Rows are ordered by case,
    then as the snapshot orders its raters.
    """
    order = {rater["code"]: position for position, rater in enumerate(snapshot["raters"])}
    names = {level["value"]: level["name"] for level in snapshot["protocol"]["levels"]}
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(RATINGS_COLUMNS)
    for rating in sorted(snapshot["ratings"], key=lambda r: (r["case"], order[r["rater"]])):
        row = _row(snapshot, rating, names)
        writer.writerow([_cell(row[column]) for column in RATINGS_COLUMNS])
    return text.getvalue()


def report_json(snapshot: SnapshotDocument, report: dict[str, Any]) -> str:
    """Return snapshot and report as canonical JSON: ``{"report": …, "snapshot": …}``.

    Sorted keys and one form for one value: the same snapshot always gives the same bytes. Hashing
    the canonical form of ``snapshot`` without its key ``snapshot_sha256`` gives that key's value.

    Raises
    ------
    ValueError
        If the report is of another snapshot.
    """
    if report["snapshot_sha256"] != snapshot["snapshot_sha256"]:
        raise ValueError("The report was computed from another snapshot; compute it again.")
    return canonical_json({"report": report, "snapshot": snapshot}).decode()


def formula_safe(text: str) -> str:
    """Return text that no spreadsheet takes for a formula.

    As OWASP advises against CSV injection, a single quote is put before text that begins with
    ``= + - @`` (or their full-width forms), a tab or a line break, and before such a character
    after a semicolon, tab or line break inside the text, where a spreadsheet set to another
    language may begin a new cell.
    """
    guarded = _FORMULA_AFTER_SEPARATOR.sub(r"\1'", text)
    return f"'{guarded}" if _FORMULA_START.match(text) else guarded


def _row(
    snapshot: SnapshotDocument, rating: SnapshotRating, names: dict[int, str]
) -> dict[str, object]:
    grade = rating["grade"]
    return {
        "snapshot_sha256": snapshot["snapshot_sha256"],
        "protocol_sha256": snapshot["protocol_sha256"],
        "study": snapshot["study"]["name"],
        "data_notice": snapshot["study"]["data_notice"],
        "case": rating["case"],
        "site": rating["site"],
        "rater": rating["rater"],
        "grade": grade,
        "grade_name": None if grade is None else names[grade],
        "high_quality": None if grade is None else int(grade >= snapshot["protocol"]["high_from"]),
        "unscorable_reason": rating["unscorable_reason"],
        "comment": rating["comment"],
        "wall_seconds": rating["wall_seconds"],
        "submitted_at": rating["submitted_at"],
    }


def _cell(value: object) -> object:
    return formula_safe(value) if isinstance(value, str) else value
