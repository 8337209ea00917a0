"""The columns in which ratings leave the program, and what each of them means."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from reader_study.analysis.exports.spreadsheet_text import formula_safe
from reader_study.analysis.snapshot import SnapshotDocument, SnapshotRating, printed_audit_head
from reader_study.cohorts.models import OcclusionSegment, OcclusionSide
from reader_study.studies.protocol import NOT_OPACIFIED

Cell = str | int | float | None


@dataclass(frozen=True)
class Column:
    """A column of the ratings: its name, what its cells hold, and what that means."""

    name: str
    holds: str
    meaning: str


COLUMNS = (
    Column("snapshot_sha256", "text", "SHA-256 of the snapshot that the ratings come from"),
    Column("protocol_sha256", "text", "SHA-256 of the protocol in force at the lock"),
    Column(
        "audit_head",
        "text",
        "audit trail at the lock: number of the last event, beginning of its MAC",
    ),
    Column("study", "text", "name of the study"),
    Column("data_notice", "text", "what the data are, where they are not patients' data"),
    Column("case", "text", "case code"),
    Column("site", "text", "site code"),
    Column("occlusion_side", "text", "side of the occlusion; empty where not known"),
    Column("occlusion_segment", "text", "segment of the occlusion; empty where not known"),
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
    Column("active_seconds", "seconds", "at work on the case by the server's clock, seconds"),
    Column(
        "position",
        "whole number",
        "place in the rater's order of reading, hidden repeats counted; empty where loaded",
    ),
    Column("submitted_at", "ISO 8601 time", "time of submission, ISO 8601"),
    Column(
        "attempt",
        "whole number",
        "1, or more where the rating was unlocked or taken back, and given again",
    ),
    Column(
        "rated_under_sha256",
        "text",
        "SHA-256 of the protocol version that the rating was given under",
    ),
    Column(
        "tree_over_dsa_used",
        "0 or 1",
        "1 where the predicted tree lay over the DSA at some time; empty where not recorded",
    ),
    Column(
        "tree_over_dsa_seconds",
        "seconds",
        "how long the predicted tree lay over a run, seconds; pauses count",
    ),
    Column(
        "head_turned",
        "0 or 1",
        "1 where the head was turned against its recorded position; empty where not recorded",
    ),
    Column(
        "mask_changed",
        "0 or 1",
        "1 where mask frames or their shift were changed; empty where not recorded",
    ),
)

OCCLUSION_CODES = {
    "occlusion_side": OcclusionSide.choices,
    "occlusion_segment": OcclusionSegment.choices,
}


YES_OR_NO = {"tree_over_dsa_used", "head_turned", "mask_changed"}


def columns_of(snapshot: SnapshotDocument) -> tuple[Column, ...]:
    """Return the columns of the ratings: those of any study, then this protocol's items."""
    protocol = snapshot["protocol"]
    territories = (
        Column(
            territory_column(territory["code"]),
            "whole number, or not-opacified",
            f"grade of {territory['label']}; empty where not graded",
        )
        for territory in protocol.get("territories", ())
    )
    questions = (
        Column(
            question_column(question["code"]),
            "0 or 1",
            f"answer to “{question['label']}”; empty where not answered",
        )
        for question in protocol.get("questions", ())
    )
    return (*COLUMNS, *territories, *questions)


def territory_column(code: str) -> str:
    """Return the name of a territory's column."""
    return f"territory_{code.replace('-', '_')}"


def question_column(code: str) -> str:
    """Return the name of a question's column."""
    return f"question_{code.replace('-', '_')}"


def ratings_columns(snapshot: SnapshotDocument) -> dict[str, str]:
    """Return the columns of the ratings, in their order, with their meaning."""
    return {column.name: column.meaning for column in columns_of(snapshot)}


def rating_rows(
    snapshot: SnapshotDocument, ratings: Sequence[SnapshotRating] | None = None
) -> list[dict[str, Cell]]:
    """Return one row per case and rater with the keys of :func:`ratings_columns`.

    Rows are ordered by case, then as the snapshot orders its raters. Texts are exact; whoever
    writes them to a file makes them harmless there. ``ratings`` are those that count unless others
    are given, such as the hidden repeats.
    """
    order = {rater["code"]: position for position, rater in enumerate(snapshot["raters"])}
    chosen = snapshot["ratings"] if ratings is None else ratings
    ordered = sorted(chosen, key=lambda r: (r["case"], order[r["rater"]]))
    return [_row(snapshot, rating) for rating in ordered]


def allowed_values(column: Column, snapshot: SnapshotDocument) -> str:
    """Return the codes that a column may hold, "1 Poor; 2 Fair …"; empty where anything goes."""
    protocol = snapshot["protocol"]
    grades = "; ".join(f"{level['value']} {level['name']}" for level in protocol["levels"])
    if column.name == "grade":
        return grades
    if column.name.startswith("territory_"):
        return f"{grades}; {NOT_OPACIFIED} not opacified"
    if column.name.startswith("question_"):
        return "0 no; 1 yes"
    if column.name in YES_OR_NO:
        return "0 no; 1 yes"
    if column.name == "high_quality":
        return f"0 below grade {protocol['high_from']}; 1 from grade {protocol['high_from']}"
    if column.name in OCCLUSION_CODES:
        return "; ".join(f"{code} {label}" for code, label in OCCLUSION_CODES[column.name])
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
            "audit_head": printed_audit_head(snapshot.get("audit_head")),
        }
        for column in columns_of(snapshot)
    ]


def column_dictionary_csv(snapshot: SnapshotDocument) -> str:
    """Return the meaning of every column of the ratings as CSV, safe for spreadsheets."""
    rows = column_rows(snapshot)
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(rows[0])
    writer.writerows([formula_safe(value) for value in row.values()] for row in rows)
    return text.getvalue()


def _row(snapshot: SnapshotDocument, rating: SnapshotRating) -> dict[str, Cell]:
    protocol = snapshot["protocol"]
    names = {level["value"]: level["name"] for level in protocol["levels"]}
    grade = rating["grade"]
    territories = rating.get("territory_grades", {})
    answers = rating.get("question_answers", {})
    return {
        "snapshot_sha256": snapshot["snapshot_sha256"],
        "protocol_sha256": snapshot["protocol_sha256"],
        "audit_head": printed_audit_head(snapshot.get("audit_head")),
        "study": snapshot["study"]["name"],
        "data_notice": snapshot["study"]["data_notice"],
        "case": rating["case"],
        "site": rating["site"],
        "occlusion_side": rating.get("occlusion_side", ""),
        "occlusion_segment": rating.get("occlusion_segment", ""),
        "rater": rating["rater"],
        "grade": grade,
        "grade_name": None if grade is None else names[grade],
        "high_quality": None if grade is None else int(grade >= snapshot["protocol"]["high_from"]),
        "unscorable_reason": rating["unscorable_reason"],
        "comment": rating["comment"],
        "wall_seconds": rating["wall_seconds"],
        "active_seconds": rating.get("active_seconds"),
        "position": rating.get("position"),
        "submitted_at": rating["submitted_at"],
        "attempt": rating.get("attempt", 1),
        "rated_under_sha256": rating.get("protocol_sha256", snapshot["protocol_sha256"]),
        **_use_cells(rating),
        **{
            territory_column(territory["code"]): territories.get(territory["code"])
            for territory in protocol.get("territories", ())
        },
        **{
            question_column(question["code"]): _zero_or_one(answers.get(question["code"]))
            for question in protocol.get("questions", ())
        },
    }


def _use_cells(rating: SnapshotRating) -> dict[str, Cell]:
    use = rating.get("view_use")
    return {
        "tree_over_dsa_used": _zero_or_one(use and use["tree_over_dsa"]),
        "tree_over_dsa_seconds": use and use["tree_over_dsa_seconds"],
        "head_turned": _zero_or_one(use and use["head_turned"]),
        "mask_changed": _zero_or_one(use and use["mask_changed"]),
    }


def _zero_or_one(answer: bool | None) -> int | None:
    return None if answer is None else int(answer)
