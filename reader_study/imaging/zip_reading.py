"""Unpack a zip that may be hostile, entry by entry, under names of our own."""

import shutil
import stat
import unicodedata
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

from isal import isal_zlib

from .begin import Begin, read_all
from .errors import DISK_IS_FULL, ImagingError
from .sizes import size_in_words

MAX_ENTRIES = 100_000
MAX_TOTAL_BYTES = 64 * 10**9
MAX_RATIO = 250
RATIO_IS_CHECKED_ABOVE_BYTES = 16 * 2**20
LEAST_BUDGET_BYTES = 64 * 10**6
_LOCAL_HEADER_BYTES = 30
_CHUNK_BYTES = 2**20
_ENTRIES_AHEAD = 16
_LARGEST_AHEAD_BYTES = 8 * 2**20
_ENCRYPTED_FLAG = 0x1
_MAX_NAME_LENGTH = 500
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_InflateError = cast("type[Exception]", isal_zlib.error)  # its stub says: an instance
_READ_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    _InflateError,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
)


@dataclass(frozen=True)
class UnpackedEntry:
    """One file of a zip: its name for people, and either its path on disk or what is wrong."""

    name: str
    path: Path | None
    problem: str = ""


@dataclass
class ZipBudget:
    """What a zip, and the zips inside it, may still unpack to."""

    entries: int
    total_bytes: int

    @classmethod
    def for_archive(cls, archive: Path) -> "ZipBudget":
        """Allow so much as images packed into a zip of that size can come to."""
        packed = archive.stat().st_size
        fair = max(LEAST_BUDGET_BYTES, MAX_RATIO * packed)
        return cls(MAX_ENTRIES, min(MAX_TOTAL_BYTES, fair))


def unpack_zip(
    archive: Path,
    archive_name: str,
    directory: Path,
    budget: ZipBudget,
    begin: Begin = read_all,
) -> Iterator[UnpackedEntry]:
    """Unpack every file of a zip into `directory`, one at a time.

    The entry's own name never becomes a path. Declared sizes are checked before anything is
    written, and enforced while writing.

    Parameters
    ----------
    archive
        The zip on disk.
    archive_name
        Its name for people; entries are named "archive_name/entry".
    directory
        An existing empty folder.
    budget
        Reduced by what is unpacked.
    begin
        Called with the name of each entry before it is unpacked.

    Raises
    ------
    ImagingError
        If the archive as a whole is unreadable or built to exhaust the server.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = [entry for entry in opened.infolist() if not entry.is_dir()]
            _check_archive(entries, directory, budget)
            names = _distinct_names(entries)
            unpacked = _unpacked_ahead(opened, entries, directory)
            for name, (target, finish) in zip(names, unpacked, strict=True):
                full_name = f"{archive_name}/{name}"
                problem = begin(full_name) or finish()
                yield UnpackedEntry(full_name, None if problem else target, problem)
    except _READ_ERRORS as error:
        raise ImagingError("a damaged zip that cannot be opened; pack or copy it again") from error


def _check_archive(entries: list[zipfile.ZipInfo], directory: Path, budget: ZipBudget) -> None:
    if len(entries) > budget.entries:
        raise ImagingError(
            f"a zip of {len(entries):,} files, more than {budget.entries:,}; split it by patient"
        )
    total = sum(entry.file_size for entry in entries)
    if total > budget.total_bytes:
        raise ImagingError(
            f"a zip that unpacks to {size_in_words(total)}, more than the "
            f"{size_in_words(budget.total_bytes)} allowed for its size; split it by patient"
        )
    if total > shutil.disk_usage(directory).free:
        raise ImagingError(
            f"a zip that unpacks to {size_in_words(total)}, more than the server has free; "
            "ask its administrator for space"
        )
    end_of_previous = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end_of_previous:
            raise ImagingError("a zip whose files overlap, as only a forged one has; pack it again")
        end_of_previous = entry.header_offset + _LOCAL_HEADER_BYTES + entry.compress_size
    budget.entries -= len(entries)
    budget.total_bytes -= total


def _unpacked_ahead(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], directory: Path
) -> Iterator[tuple[Path, Callable[[], str]]]:
    """Yield for each entry its target and what waits for it and says what went wrong.

    Entries of ordinary size are unpacked by a thread while those before them are read; inflating
    does not hold the interpreter. A large one is left until it is its turn.
    """
    waiting: deque[tuple[Path, Callable[[], str]]] = deque()
    with ThreadPoolExecutor(max_workers=1) as thread:
        for index, entry in enumerate(entries):
            target = directory / f"{index:06d}"
            finish: Callable[[], str]
            if problem := _entry_problem(entry):
                finish = partial(str, problem)
            elif entry.file_size > _LARGEST_AHEAD_BYTES:
                finish = partial(_unpack_entry, archive, entry, target)
            else:
                finish = thread.submit(_unpack_entry, archive, entry, target).result
            waiting.append((target, finish))
            if len(waiting) > _ENTRIES_AHEAD:
                yield waiting.popleft()
        yield from waiting


def _entry_problem(entry: zipfile.ZipInfo) -> str:
    if entry.flag_bits & _ENCRYPTED_FLAG:
        return "encrypted with a password; pack it without one"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "a link, not a file; pack the file itself"
    if entry.compress_type not in _METHODS:
        return "packed with a rare method; pack the zip again with the standard one"
    if (
        entry.file_size > RATIO_IS_CHECKED_ABOVE_BYTES
        and entry.file_size > MAX_RATIO * entry.compress_size
    ):
        return "packed more tightly than images can be; it was not unpacked"
    return ""


def _unpack_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> str:
    """Write one entry; return what went wrong, or an empty string."""
    try:
        with target.open("wb") as sink:
            written = crc = 0
            for piece in _pieces(archive, entry):
                written += len(piece)
                if written > entry.file_size:
                    return "larger than the zip says; pack it again"
                crc = isal_zlib.crc32(piece, crc)
                sink.write(piece)
        if (written, crc) != (entry.file_size, entry.CRC):
            raise zipfile.BadZipFile(entry.filename)
    except _READ_ERRORS as error:
        target.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in DISK_IS_FULL:
            raise  # the zip is not to blame: what is in it must not pass for unusable
        return "damaged inside the zip; pack or copy it again"
    return ""


def _pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield an entry's content; inflated by a library of twice zlib's speed."""
    stored = copy(entry)
    stored.compress_type, stored.file_size = zipfile.ZIP_STORED, entry.compress_size
    # It is that of the content, not of what is stored, and checked where that is written.
    stored.CRC = None  # type: ignore[assignment]
    with archive.open(stored) as source:
        if entry.compress_type == zipfile.ZIP_STORED:
            yield from iter(partial(source.read, _CHUNK_BYTES), b"")
            return
        inflater = isal_zlib.decompressobj(-zlib.MAX_WBITS)
        # One byte more than declared gives a lie away; room for no more is asked for.
        left = entry.file_size + 1
        while packed := inflater.unconsumed_tail or source.read(_CHUNK_BYTES):
            piece = inflater.decompress(packed, max(1, min(_CHUNK_BYTES, left)))
            left -= len(piece)
            yield piece
            if inflater.eof:
                return
        yield inflater.flush()
        if not inflater.eof:
            raise EOFError


def _distinct_names(entries: list[zipfile.ZipInfo]) -> list[str]:
    """Number repeated names, which a zip may have, so that a message names one file."""
    seen: dict[str, int] = {}
    names = []
    for entry in entries:
        name = readable_name(entry.filename)
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def readable_name(name: str) -> str:
    """Make a foreign file name safe to print: no control or direction marks, bounded length."""
    cleaned = "".join("·" if unicodedata.category(c).startswith("C") else c for c in name)
    if len(cleaned) > _MAX_NAME_LENGTH:
        return "…" + cleaned[-_MAX_NAME_LENGTH:]
    return cleaned
