"""Compare the index of a CD (DICOMDIR) with the files that came with it."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from pydicom.dataset import Dataset

from .header_values import text


def referenced_files(index: Dataset) -> list[str]:
    """Return the paths that an index names, relative to its own folder (PS3.10, 8.6)."""
    records = index.get("DirectoryRecordSequence") or []
    named = (text(record, "ReferencedFileID") for record in records)
    return [path.replace("\\", "/") for path in named if path]


def missing_files(index_name: str, referenced: Iterable[str], present: Iterable[str]) -> list[str]:
    """Return the paths that the index names and that are nowhere among the files present.

    A file counts as present where its folders were lost on the way, as happens in zips.

    Parameters
    ----------
    index_name
        The index's own name for people, with its folder.
    present
        Names for people of all files of the same folder or zip.
    """
    folder = PurePosixPath(index_name).parent
    names = [PurePosixPath(name.split(" (")[0].upper()) for name in present]
    whole = {str(name) for name in names}
    last = {part for name in names for part in (name.name, name.stem)}
    return [
        path
        for path in referenced
        if str(folder / path).upper() not in whole and PurePosixPath(path.upper()).name not in last
    ]
