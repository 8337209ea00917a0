"""De-identification of DICOM files by an allow-list: what is not on it does not come through."""

from .engine import Deidentified, deidentify, deidentify_source
from .pseudonym import Pseudonym
from .report import FileReport
from .source import Source, open_source

__all__ = [
    "Deidentified",
    "FileReport",
    "Pseudonym",
    "Source",
    "deidentify",
    "deidentify_source",
    "open_source",
]
