"""What may stand in each cell of a list of cases."""

import re
import unicodedata

from reader_study.cohorts.manifests.sent_paths import path_parts
from reader_study.cohorts.models import Case, OcclusionSegment, OcclusionSide, QuarantinedFile

LONGEST_CODE: int = Case._meta.get_field("code").max_length or 0
LONGEST_PATH: int = QuarantinedFile._meta.get_field("sent_name").max_length or 0

# The characters that de-identification writes into DICOM as a patient's name.
_CASE_CODE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9 ._-]*[A-Za-z0-9])?")
_DRIVE = re.compile(r"[A-Za-z]:")
_SIDES: dict[str, str] = {
    "l": OcclusionSide.LEFT.value,
    "r": OcclusionSide.RIGHT.value,
    "bilateral": OcclusionSide.BOTH.value,
    **{side: side for side in OcclusionSide.values},
}
_SEGMENTS: dict[str, str] = {segment.casefold(): segment for segment in OcclusionSegment.values}


def text_problem(text: str) -> str:
    """Say why a cell cannot be read at all; empty where it can."""
    if "\N{REPLACEMENT CHARACTER}" in text:
        return "A letter here could not be read; save the list as “CSV UTF-8”."
    if any(unicodedata.category(character).startswith("C") for character in text):
        return "There is a line break or an invisible character here; type the text anew."
    return ""


def case_code_problem(code: str) -> str:
    """Say what is wrong with a case code; empty where nothing is."""
    if not code:
        return "The case code is missing; give each case a short code, such as C001."
    if len(code) > LONGEST_CODE:
        return f"“{code}” has {len(code)} characters; a case code has at most {LONGEST_CODE}."
    if not _CASE_CODE.fullmatch(code):
        return (
            f"“{code}” is not a case code; use letters A to Z, digits, spaces, dots, hyphens and "
            "underscores, with a letter or digit at either end."
        )
    return ""


def file_problem(path: str) -> str:
    """Say what is wrong with the path of a file or folder; empty where nothing is."""
    slashes = path.replace("\\", "/")
    if not path:
        return "The file is missing; name the file, folder or zip that holds the case's images."
    if slashes.startswith("/") or _DRIVE.match(path):
        return f"“{path}” begins at a drive; begin at the folder that you upload."
    if ".." in slashes.split("/"):
        return f"“{path}” goes up with “..”; begin at the folder that you upload."
    if not path_parts(path):
        return f"“{path}” names no file or folder; write its name."
    if len(path) > LONGEST_PATH:
        return f"This path has {len(path)} characters; at most {LONGEST_PATH} are stored."
    return ""


def side_problem(text: str) -> str:
    """Say that a side is not known; empty where it is known or not given."""
    if known_side(text) is not None:
        return ""
    return f"“{text}” is not a side; write {', '.join(OcclusionSide.values)}, or leave it empty."


def segment_problem(text: str) -> str:
    """Say that a segment is not known; empty where it is known or not given."""
    if known_segment(text) is not None:
        return ""
    allowed = ", ".join(OcclusionSegment.values)
    return f"“{text}” is not a segment; write one of {allowed}, or leave it empty."


def known_side(text: str) -> str | None:
    """Return the side that is meant, empty where none is given, None where it is not known."""
    return _SIDES.get(text.casefold()) if text else ""


def known_segment(text: str) -> str | None:
    """Return the segment that is meant, empty where none is given, None where it is not known."""
    return _SEGMENTS.get(text.casefold()) if text else ""
