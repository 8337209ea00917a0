"""Tell from a CT's header in words whether contrast agent was given."""

import re

from pydicom.dataset import Dataset

from .header_values import text

_NO_AGENT = {"", "NO", "NONE", "N", "0", "NON", "WITHOUT", "W/O", "OHNE", "NO CONTRAST"}
_NATIVE_WORDS = re.compile(r"NON[ -]?CON|NCCT|WITHOUT|W/O|\bWO\b|NO CONTRAST|NATIV|UNENHANCED|\bC-")
_CONTRAST_WORDS = re.compile(
    r"\bCTA\b|ANGIO|\bCTP\b|PERFUSION|\bC\+|\+C\b|CONTRAST|\bPOST\b|VENOUS|ARTERIAL|\bCE\b|\bKM\b"
)
_BOTH_WORDS = re.compile(r"W/?WO\b|\bW ?(&|AND|/) ?W/?O\b|WITH (AND|&) WITHOUT")


def has_contrast(dataset: Dataset) -> bool:
    """Tell whether the header speaks of contrast agent, and not of its absence."""
    if text(dataset, "ContrastBolusAgent").upper() not in _NO_AGENT:
        return True
    if text(dataset, "ContrastBolusAgentAdministered").upper() == "YES":
        return True
    if dataset.get("ContrastBolusAgentSequence"):
        return text(dataset, "ContrastBolusAgentAdministered").upper() != "NO"
    words = _words(dataset)
    return bool(_CONTRAST_WORDS.search(words)) and not _NATIVE_WORDS.search(words)


def mentions_contrast(dataset: Dataset) -> bool:
    """Tell whether the description names both a native and a contrast scan ("W/WO")."""
    return bool(_BOTH_WORDS.search(_words(dataset)))


def _words(dataset: Dataset) -> str:
    return f"{text(dataset, 'SeriesDescription')} {text(dataset, 'ProtocolName')}".upper()
