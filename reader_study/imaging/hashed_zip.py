"""Write many small files into one uncompressed zip, hashed on the way and durable at the end."""

import hashlib
import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

Part = bytes | bytearray | memoryview


@dataclass(frozen=True)
class WrittenZip:
    """A zip on its disk.

    Attributes
    ----------
    sha256
        Of the whole file, in hexadecimal.
    """

    sha256: str
    size_bytes: int


class HashedZip:
    """An uncompressed zip of which every byte is written, and hashed, once; a context manager.

    Equal contents give equal bytes: entries carry no time. `written` tells of the zip once the
    block has ended; then it also outlasts a loss of power.
    """

    written: WrittenZip

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb")
        self._sink = _HashingSink(self._file)
        # A sink that cannot seek: zipfile then never goes back to change what was hashed.
        self._zip = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_STORED)  # type: ignore[call-overload]

    def __enter__(self) -> Self:
        return self

    def add(self, name: str, parts: Sequence[Part]) -> None:
        """Append a file, given in pieces."""
        entry = zipfile.ZipInfo(name)
        entry.file_size = sum(len(part) for part in parts)
        with self._zip.open(entry, "w") as target:
            for part in parts:
                target.write(part)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._file:
            self._zip.close()
            if error is None:
                self._file.flush()
                os.fsync(self._file.fileno())
                self.written = WrittenZip(self._sink.sha256.hexdigest(), self._file.tell())


class _HashingSink:
    """Passes on what is written, and hashes it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.sha256 = hashlib.sha256()

    def write(self, part: Part) -> int:
        self.sha256.update(part)
        return self._file.write(part)

    def flush(self) -> None:
        self._file.flush()
