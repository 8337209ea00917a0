"""Find what a list says of a file, however deep in folders and zips the file was sent."""

import unicodedata
from collections.abc import Iterable
from typing import Generic, TypeVar

from reader_study.imaging.zip_reading import readable_name

Found = TypeVar("Found")


def path_parts(name: str) -> tuple[str, ...]:
    """Return the folders and the name of a file so that equal ones compare equal.

    Windows divides by backslashes and knows no capital letters, a Mac stores accents apart from
    their letters, and the scan's names have no control characters.
    """
    readable = readable_name(name.replace("\\", "/"))
    normal = unicodedata.normalize("NFC", readable).casefold()
    return tuple(part for part in normal.split("/") if part not in ("", "."))


class PathFinder(Generic[Found]):
    """What belongs to paths of which none lies within another."""

    def __init__(self, by_path: Iterable[tuple[str, Found]]) -> None:
        self._found = {path_parts(path): found for path, found in by_path}
        self._depths = sorted({len(parts) for parts in self._found})

    def find(self, sent_name: str) -> Found | None:
        """Return what belongs to the path that the file is, or lies in.

        The file may have been sent from further up, so that folders stand before the path; of
        two paths in its name the outer one holds.
        """
        parts = path_parts(sent_name)
        for start in range(len(parts)):
            for depth in self._depths:
                found = self._found.get(parts[start : start + depth])
                if found is not None:
                    return found
        return None
