"""The ratings' columns as a REDCap data dictionary."""

import csv
import io
import re

from reader_study.analysis.exports.columns import OCCLUSION_CODES, question_column, territory_column
from reader_study.analysis.exports.spreadsheet_text import formula_safe
from reader_study.analysis.snapshot import SnapshotDocument, printed_audit_head
from reader_study.studies.protocol import NOT_OPACIFIED

REDCAP_COLUMNS = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)
"""The eighteen columns that REDCap expects, in its order."""

FORM = "rating"

_CHOICE_END = re.compile(r"[|\r\n]+")


def redcap_dictionary_csv(snapshot: SnapshotDocument) -> str:
    """Return the data dictionary of a REDCap project that can take the ratings.

    One instrument, ``rating``, with the columns of the CSV export behind the record identifier
    that REDCap demands (case code, a slash, rater code). Grades and reasons carry the protocol's
    codes; the two hashes are defaults of their fields. The comment is marked as a possible
    identifier, because it is free text.
    """
    text = io.StringIO()
    writer = csv.DictWriter(
        text, REDCAP_COLUMNS, restval="", quoting=csv.QUOTE_ALL, lineterminator="\r\n"
    )
    writer.writeheader()
    for field in _fields(snapshot):
        writer.writerow({key: formula_safe(value) for key, value in field.items()})
    return text.getvalue()


def _fields(snapshot: SnapshotDocument) -> list[dict[str, str]]:
    protocol = snapshot["protocol"]
    grades = {str(level["value"]): level["name"] for level in protocol["levels"]}
    reasons = {reason["code"]: reason["label"] for reason in protocol["unscorable_reasons"]}
    return [
        _field("record_id", "text", "Case code, a slash, rater code", required=True),
        _field("snapshot_sha256", "text", "Snapshot", default=snapshot["snapshot_sha256"]),
        _field("protocol_sha256", "text", "Protocol", default=snapshot["protocol_sha256"]),
        _field(
            "audit_head",
            "text",
            "Audit trail at the lock",
            default=printed_audit_head(snapshot.get("audit_head")),
        ),
        _field("study", "text", "Study"),
        _field("data_notice", "text", "What the data are"),
        _field("case", "text", "Case code", required=True),
        _field("site", "text", "Site code"),
        *(
            _field(name, "dropdown", label, choices=dict(OCCLUSION_CODES[name]))
            for name, label in (
                ("occlusion_side", "Side of the occlusion"),
                ("occlusion_segment", "Segment of the occlusion"),
            )
        ),
        _field("rater", "text", "Rater code", required=True),
        _field("grade", "radio", protocol["title"], choices=grades),
        _field("grade_name", "text", "Name of the grade"),
        _field("high_quality", "yesno", f"High quality: grade {protocol['high_from']} or above"),
        _field("unscorable_reason", "dropdown", "Why unscorable", choices=reasons),
        {**_field("comment", "notes", "The rater's words"), "Identifier?": "y"},
        _number_field("wall_seconds", "Seconds from opening to submitting"),
        _number_field("active_seconds", "Seconds at work on the case"),
        _number_field("position", "Place in the rater's order of reading"),
        _field("submitted_at", "text", "Time of submission, ISO 8601"),
        _number_field("attempt", "Attempt: 1, or more where the rating was corrected"),
        _field("rated_under_sha256", "text", "Protocol version of this rating"),
        _field("tree_over_dsa_used", "yesno", "The predicted tree lay over the DSA"),
        _number_field("tree_over_dsa_seconds", "Seconds that the tree lay over the DSA"),
        _field("head_turned", "yesno", "The head was turned against its recorded position"),
        _field("mask_changed", "yesno", "Mask frames or their shift were changed"),
        *(
            _field(
                territory_column(territory["code"]),
                "radio",
                territory["label"],
                choices={**grades, NOT_OPACIFIED: "Not opacified"},
            )
            for territory in protocol.get("territories", ())
        ),
        *(
            _field(question_column(question["code"]), "yesno", question["label"])
            for question in protocol.get("questions", ())
        ),
    ]


def _number_field(name: str, label: str) -> dict[str, str]:
    return {
        **_field(name, "text", label),
        "Text Validation Type OR Show Slider Number": "number",
        "Text Validation Min": "0",
    }


def _field(
    name: str,
    kind: str,
    label: str,
    *,
    choices: dict[str, str] | None = None,
    required: bool = False,
    default: str = "",
) -> dict[str, str]:
    return {
        "Variable / Field Name": name,
        "Form Name": FORM,
        "Field Type": kind,
        "Field Label": label,
        "Choices, Calculations, OR Slider Labels": _choices(choices or {}),
        "Required Field?": "y" if required else "",
        "Field Annotation": f"Set by the export @DEFAULT='{default}'" if default else "",
    }


def _choices(choices: dict[str, str]) -> str:
    """Return "code, label | code, label"; a bar or a line break would begin another choice."""
    return " | ".join(f"{code}, {_CHOICE_END.sub('/', label)}" for code, label in choices.items())
