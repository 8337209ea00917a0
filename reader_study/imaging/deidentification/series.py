"""De-identify the files of one series into one zip."""

from collections.abc import Sequence
from pathlib import Path

from reader_study.imaging.begin import Begin, read_all
from reader_study.imaging.errors import ImagingError
from reader_study.imaging.hashed_zip import HashedZip, WrittenZip

from .engine import deidentify_source
from .file import open_file
from .pseudonym import Pseudonym


def deidentify_series(
    files: Sequence[tuple[Path, str]],
    target: Path,
    pseudonym: Pseudonym,
    begin: Begin = read_all,
) -> WrittenZip:
    """Write the de-identified files into a new, durable zip, in the order given.

    Parameters
    ----------
    files
        Path and name for people of each.
    begin
        Called with the name of each file before it is read.

    Raises
    ------
    ImagingError
        If any of the files is refused: a series is taken whole or not at all. What was written of
        the zip must then not be passed on.
    """
    with HashedZip(target) as blob:
        for number, (path, name) in enumerate(files):
            begin(name)
            try:
                written = deidentify_source(open_file(path), pseudonym)
            except ImagingError as error:
                raise ImagingError(f"{name}: {error}") from error
            blob.add(f"{number:06d}.dcm", written.parts)
    return blob.written
