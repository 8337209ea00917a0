"""Make the length of a packed file tell little: it is filled up, and no reader notices.

What fills a file of packed pixels stands before them, what fills a GLB file in a chunk of a type
that readers skip, and what fills a gzip file, as former packs have them, in its header as a
comment. Lengths come from a ladder of eight steps to each power of two; one step
more or none, drawn from a seed, parts the lengths of a file that is sent under two names.
"""

import hashlib
import struct
from dataclasses import dataclass

from .packed_pixels import HEADER_BYTES, IMAGES_MAGIC, LABELS_MAGIC

STEPS_AN_OCTAVE = 8
SHORTEST = 512
_GZIP_HEADER = 10
_GZIP_FLAGS_AT = 3
_GZIP_COMMENT = 0x10
_GLB_HEADER = 12
_GLB_CHUNK_HEADER = 8
_GLB_FILLING = 0x444150  # "PAD", no type that the standard knows
_ROOM = 16


@dataclass(frozen=True)
class Filling:
    """How a file is filled up.

    Attributes
    ----------
    start
        What stands in place of the file's first ``replaced`` bytes.
    end
        What follows the file.
    length
        Of the whole, in bytes.
    """

    start: bytes
    replaced: int
    end: bytes
    length: int


def padded_length(length: int, seed: str) -> int:
    """Return the length, in bytes, to which a file of ``length`` bytes is filled up."""
    rung = _rung_above(max(length + _ROOM, SHORTEST))
    one_more = hashlib.sha256(seed.encode()).digest()[0] & 1
    return _rung_above(rung + 1) if one_more else rung


def is_on_ladder(length: int) -> bool:
    """Whether a length is one to which files are filled up."""
    return length >= SHORTEST and _rung_above(length) == length


def fill_up(beginning: bytes, length: int, seed: str) -> Filling:
    """Say how a file of packed pixels, GLB or gzip of ``length`` bytes is filled up.

    Parameters
    ----------
    beginning
        The file's first bytes, at least twelve where it has so many.
    seed
        Of the extra step; something secret that differs from one receiver to another.

    Raises
    ------
    ValueError
        If the file is of another kind, or a gzip file whose header is not bare.
    """
    total = padded_length(length, seed)
    missing = total - length
    if beginning[:4] == b"\x1f\x8b\x08\x00":
        header = bytearray(beginning[:_GZIP_HEADER])
        header[_GZIP_FLAGS_AT] = _GZIP_COMMENT
        return Filling(bytes(header) + b" " * (missing - 1) + b"\0", _GZIP_HEADER, b"", total)
    if beginning[:4] in (IMAGES_MAGIC, LABELS_MAGIC):
        start = struct.pack("<4sI", beginning[:4], HEADER_BYTES + missing) + bytes(missing)
        return Filling(start, HEADER_BYTES, b"", total)
    if beginning[:4] == b"glTF":
        content = missing - _GLB_CHUNK_HEADER
        header = bytearray(beginning[:_GLB_HEADER])
        header[8:12] = struct.pack("<I", total)
        chunk = struct.pack("<II", content, _GLB_FILLING) + bytes(content)
        return Filling(bytes(header), _GLB_HEADER, chunk, total)
    raise ValueError("only packed pixels, gzip and GLB files are filled up")


def _rung_above(length: int) -> int:
    """Return the lowest rung that is not below ``length``; all are multiples of 8."""
    step = (1 << ((length - 1).bit_length() - 1)) // STEPS_AN_OCTAVE
    return -(-length // step) * step
