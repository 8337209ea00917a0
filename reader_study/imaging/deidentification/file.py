"""De-identify one file on disk into another."""

import mmap
from pathlib import Path

from reader_study.imaging.errors import ImagingError

from .engine import deidentify_source
from .pseudonym import Pseudonym
from .report import FileReport
from .source import Source, open_source


def open_file(path: Path) -> Source:
    """Map a file into memory and index it.

    Raises
    ------
    ImagingError
        If it is not DICOM, is damaged, or would cost too much to read.
    """
    with path.open("rb") as file:
        if not path.stat().st_size:
            raise ImagingError("an empty file; copy it again")
        # Closed with its last view: the result holds views into it until it is written.
        return open_source(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)))


def deidentify_file(source: Path, target: Path, pseudonym: Pseudonym) -> FileReport:
    """De-identify a file into a new one.

    Raises
    ------
    ImagingError
        If it is refused; `target` is then not there.
    """
    result = deidentify_source(open_file(source), pseudonym)
    with target.open("xb") as file:
        result.write_to(file)
    return result.report
