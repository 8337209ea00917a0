"""De-identify in a process of its own, which a decoder may bring down on a damaged image."""

import mmap
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import Self

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


class Worker:
    """Writes de-identified files, one after another; a context manager.

    The few compressed images that have to be decoded are decoded by a library that can crash on
    damaged ones: then only the worker's process is gone, and the next file gets another.
    """

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        """Start nothing yet: the process starts with the first file."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop the process."""
        self._stop()

    def write(self, source: Path, target: Path, pseudonym: Pseudonym) -> FileReport:
        """De-identify a file into a new one.

        Raises
        ------
        ImagingError
            If it is refused; `target` is then not there.
        """
        if self._pool is None:
            self._pool = ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"))
        try:
            return self._pool.submit(_write, source, target, pseudonym).result()
        except BrokenProcessPool as error:
            self._stop()
            target.unlink(missing_ok=True)
            raise ImagingError(
                "compressed pixel data on which the decoder crashes; export it without compression"
            ) from error

    def _stop(self) -> None:
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None


def _write(source: Path, target: Path, pseudonym: Pseudonym) -> FileReport:
    result = deidentify_source(open_file(source), pseudonym)
    with target.open("xb") as file:
        result.write_to(file)
    return result.report
