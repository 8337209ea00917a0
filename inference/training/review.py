"""The list of registrations, worst first, and what a person decided about the doubtful ones."""

import csv
from collections.abc import Iterable
from typing import Literal, cast

from inference.case_tables import TableError
from inference.training.cases import CaseRecord
from inference.training.workspace import Workspace

Decision = Literal["", "accept", "exclude"]

_REVIEW_COLUMNS = ("case", "doubts", "decision", "by", "note")
_NUMBERS = (
    "disagreement_mm",
    "bone_dice",
    "covered",
    "mutual_information",
    "shift_mm",
    "rotation_deg",
)


def write_summary(records: Iterable[CaseRecord], workspace: Workspace) -> None:
    """Write ``registration.csv``: failed cases, then doubtful ones, then by disagreement."""
    with workspace.summary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["case", "site", "set", "label", *_NUMBERS, "doubts", "seconds"])
        for record in sorted(records, key=_badness, reverse=True):
            numbers = [
                "" if record.quality is None else round(getattr(record.quality, name), 3)
                for name in _NUMBERS
            ]
            doubts = record.failure or "; ".join(record.doubts)
            row = [record.case, record.site, record.set, record.label or "failed"]
            writer.writerow([*row, *numbers, doubts, record.seconds])


def update_review(
    records: Iterable[CaseRecord], registered_now: set[str], workspace: Workspace
) -> None:
    """Write ``review.csv`` with a line for each doubtful case, and keep what people wrote there.

    Parameters
    ----------
    records
        All cases.
    registered_now
        Cases whose registration is new: what was decided about the one before is void.
    workspace
        Where the file is.
    """
    lines = {case: line for case, line in _read(workspace).items() if case not in registered_now}
    for record in records:
        if record.doubts:
            line = lines.setdefault(record.case, dict.fromkeys(_REVIEW_COLUMNS, ""))
            line |= {"case": record.case, "doubts": "; ".join(record.doubts)}
    with workspace.review.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, _REVIEW_COLUMNS)
        writer.writeheader()
        writer.writerows(lines.values())


def decisions(workspace: Workspace) -> dict[str, Decision]:
    """Return what people decided, by case.

    Raises
    ------
    TableError
        If a decision is neither empty nor ``accept`` nor ``exclude``.
    """
    return {
        case: cast("Decision", line["decision"].strip().lower())
        for case, line in _read(workspace).items()
    }


def _read(workspace: Workspace) -> dict[str, dict[str, str]]:
    if not workspace.review.is_file():
        return {}
    lines = {}
    with workspace.review.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        for column in _REVIEW_COLUMNS:
            if column not in (reader.fieldnames or ()):
                raise TableError(f"{workspace.review}, line 1: the column {column!r} is missing")
        for row in reader:
            line = {column: row[column] or "" for column in _REVIEW_COLUMNS}
            if line["decision"].strip().lower() not in {"", "accept", "exclude"}:
                raise TableError(
                    f"{workspace.review}, line {reader.line_num}, column decision: write accept "
                    f"or exclude, or leave it empty; not {line['decision']!r}"
                )
            lines[line["case"]] = line
    return lines


def _badness(record: CaseRecord) -> tuple[bool, int, float]:
    disagreement_mm = record.quality.disagreement_mm if record.quality else 0.0
    return record.failure is not None, len(record.doubts), disagreement_mm
