"""The columns in which ratings leave the program, and what each of them means."""

import csv
import io
from dataclasses import dataclass

from reader_study.analysis.exports.spreadsheet_text import formula_safe
from reader_study.analysis.snapshot import SnapshotDocument, SnapshotRating

Cell = str | int | float | None


@dataclass(frozen=True)
class Column:
    """A column of the ratings: its name, what its cells hold, and what that means."""

    name: str
    holds: str
    meaning: str


COLUMNS = (
    Column("snapshot_sha256", "text", "SHA-256 of the snapshot that the ratings come from"),
    Column("protocol_sha256", "text", "SHA-256 of the protocol that they were given under"),
    Column("study", "text", "name of the study"),
    Column("data_notice", "text", "what the data are, where they are not patients' data"),
    Column("case", "text", "case code"),
    Column("site", "text", "site code"),
    Column("rater", "text", "rater code"),
    Column("grade", "whole number", "grade on the protocol's scale; empty where unscorable"),
    Column("grade_name", "text", "name of that grade"),
    Column(
        "high_quality", "0 or 1", "1 at or above the cut-point, 0 below; empty where unscorable"
    ),
    Column("unscorable_reason", "text", "code of the reason; empty where graded"),
    Column("comment", "text", "the rater's words"),
    Column(
        "wall_seconds",
        "seconds",
        "from opening the case to submitting it, seconds; pauses count",
    ),
    Column("submitted_at", "ISO 8601 time", "time of submission, ISO 8601"),
)

RATINGS_COLUMNS = {column.name: column.meaning for column in COLUMNS}
"""Columns of the ratings, in their order, with their meaning."""


def rating_rows(snapshot: SnapshotDocument) -> list[dict[str, Cell]]:
    """Return one row per case and rater with the keys RATINGS_COLUMNS.

    Rows are ordered by case, then as the snapshot orders its raters. Texts are exact; whoever
    writes them to a file makes them harmless there.
    """
    order = {rater["code"]: position for position, rater in enumerate(snapshot["raters"])}
    names = {level["value"]: level["name"] for level in snapshot["protocol"]["levels"]}
    ratings = sorted(snapshot["ratings"], key=lambda r: (r["case"], order[r["rater"]]))
    return [_row(snapshot, rating, names) for rating in ratings]


def allowed_values(column: Column, snapshot: SnapshotDocument) -> str:
    """Return the codes that a column may hold, "1 Poor; 2 Fair …"; empty where anything goes."""
    protocol = snapshot["protocol"]
    if column.name == "grade":
        return "; ".join(f"{level['value']} {level['name']}" for level in protocol["levels"])
    if column.name == "high_quality":
        return f"0 below grade {protocol['high_from']}; 1 from grade {protocol['high_from']}"
    if column.name == "unscorable_reason":
        return "; ".join(
            f"{reason['code']} {reason['label']}" for reason in protocol["unscorable_reasons"]
        )
    return ""


def column_rows(snapshot: SnapshotDocument) -> list[dict[str, str]]:
    """Return one row per column of the ratings: name, what it holds, its codes, its meaning."""
    return [
        {
            "column": column.name,
            "holds": column.holds,
            "values": allowed_values(column, snapshot),
            "meaning": column.meaning,
            "snapshot_sha256": snapshot["snapshot_sha256"],
        }
        for column in COLUMNS
    ]


def column_dictionary_csv(snapshot: SnapshotDocument) -> str:
    """Return the meaning of every column of the ratings as CSV, safe for spreadsheets."""
    rows = column_rows(snapshot)
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(rows[0])
    writer.writerows([formula_safe(value) for value in row.values()] for row in rows)
    return text.getvalue()


def _row(
    snapshot: SnapshotDocument, rating: SnapshotRating, names: dict[int, str]
) -> dict[str, Cell]:
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
