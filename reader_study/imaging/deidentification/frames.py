"""Compressed frames of pixel data: found, cleared of comments and written as they were."""

import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import UID

from reader_study.imaging.errors import ImagingError

from .codestream import Markers, read_jpeg2000_markers, read_jpeg_markers
from .element_stream import UNDEFINED_LENGTH
from .image_facts import ImageFacts
from .rle import read_segments
from .unused_bits import hold_something

RLE = "1.2.840.10008.1.2.5"
_JPEG = "1.2.840.10008.1.2.4."
_READERS: dict[str, Callable[[bytes], Markers]] = {
    **dict.fromkeys([_JPEG + n for n in ("50", "51", "57", "70", "80", "81")], read_jpeg_markers),
    **dict.fromkeys([_JPEG + n for n in ("90", "91", "201", "202", "203")], read_jpeg2000_markers),
}
COMPRESSED_SYNTAXES = frozenset({*_READERS, RLE})
_RLE_NO_OPERATION = b"\x80"
_FIRST_MARKERS = (b"\xff\xd8", b"\xff\x4f")
_ITEM, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE0DD
_ITEM_HEAD = struct.Struct("<HHI")
_CUT_SHORT = "compressed pixel data that is damaged or cut short; copy the file again"
_HIDDEN_BITS = (
    "pixel data with bits that belong to no pixel, as old overlays have them; export it without "
    "compression and without overlays"
)
Fragment = bytes | memoryview


class Fragments(NamedTuple):
    """Items of encapsulated pixel data.

    Attributes
    ----------
    offsets
        The basic offset table's.
    end
        Where the bytes after the delimiter begin.
    """

    fragments: list[memoryview]
    offsets: list[int]
    end: int


def read_fragments(buffer: memoryview, position: int) -> Fragments:
    """Read the items of encapsulated pixel data (PS3.5, A.4).

    Raises
    ------
    ImagingError
        If they do not end with the delimiter.
    """
    fragments: list[memoryview] = []
    while position + 8 <= len(buffer):
        group, number, length = _ITEM_HEAD.unpack_from(buffer, position)
        tag = group << 16 | number
        position += 8
        if tag == _SEQUENCE_END and fragments:
            table = bytes(fragments[0])
            offsets = [offset for (offset,) in struct.iter_unpack("<I", table[: len(table) & ~3])]
            return Fragments(fragments[1:], offsets, position)
        if tag != _ITEM or length == UNDEFINED_LENGTH or position + length > len(buffer):
            break
        fragments.append(buffer[position : position + length])
        position += length
    raise ImagingError(_CUT_SHORT)


def frames_of(items: Fragments, count: int) -> list[list[memoryview]]:
    """Group fragments into frames.

    Raises
    ------
    ImagingError
        If the fragments do not make up as many frames as the header declares.
    """
    if count == 1 and items.fragments:
        return [items.fragments]
    if len(items.fragments) == count:
        return [[fragment] for fragment in items.fragments]
    frames: list[list[memoryview]] = []
    offset = 0
    for fragment in items.fragments:
        begins = offset in items.offsets if items.offsets else fragment[:2] in _FIRST_MARKERS
        if begins:
            frames.append([])
        if not frames:
            break
        frames[-1].append(fragment)
        offset += 8 + len(fragment)
    if len(frames) != count:
        raise ImagingError(
            f"compressed pixel data of {len(frames)} frames where the header declares {count}; "
            "export it again"
        )
    return frames


def cleared(frame: list[memoryview], syntax: str, facts: ImageFacts) -> tuple[list[Fragment], bool]:
    """Return a frame's fragments with every comment blanked, and whether there was any.

    Raises
    ------
    ImagingError
        If the frame is damaged, or has bits set that belong to no pixel.
    """
    whole = bytes(frame[0]) if len(frame) == 1 else b"".join(frame)
    filler = b"\0"
    if syntax == RLE:
        ranges, filler = _rle_comments(whole, facts), _RLE_NO_OPERATION
    else:
        ranges, precision = _READERS[syntax](whole)
        if precision > facts.bits_stored:
            _refuse_hidden_bits(whole, syntax, precision, facts)
    if not ranges:
        return list(frame), False
    blanked = bytearray(whole)
    for start, end in ranges:
        blanked[start:end] = filler * (end - start)
    return list(_split(memoryview(blanked), [len(fragment) for fragment in frame])), True


def encapsulated(frames: list[list[Fragment]]) -> Iterator[Fragment]:
    """Yield the items of pixel data, with an offset table of our own."""
    offsets, total = [], 0
    for frame in frames:
        offsets.append(total)
        total += sum(8 + len(fragment) + len(fragment) % 2 for fragment in frame)
    table = b"".join(struct.pack("<I", offset) for offset in offsets) if total < 2**32 else b""
    for fragment in [table, *(fragment for frame in frames for fragment in frame)]:
        yield _ITEM_HEAD.pack(0xFFFE, 0xE000, len(fragment) + len(fragment) % 2)
        yield fragment
        if len(fragment) % 2:
            yield b"\0"
    yield _ITEM_HEAD.pack(0xFFFE, 0xE0DD, 0)


def _rle_comments(frame: bytes, facts: ImageFacts) -> list[tuple[int, int]]:
    segments = read_segments(frame, facts.plane_pixels)
    if len(segments) != facts.samples * facts.bits_allocated // 8:
        raise ImagingError(_CUT_SHORT)
    if facts.bits_stored < facts.bits_allocated:
        planes = [np.frombuffer(segment.plane, np.uint8) for segment in segments]
        step = facts.bits_allocated // 8
        for sample in range(0, len(planes), step):
            stored = np.stack(planes[sample : sample + step][::-1], axis=1).ravel()
            if hold_something(stored.view("<u2") if step == 2 else stored, facts):
                raise ImagingError(_HIDDEN_BITS)
    unread = [(segment.end_of_data, segment.end) for segment in segments]
    return [(start, end) for start, end in unread if any(frame[start:end])]


def _refuse_hidden_bits(frame: bytes, syntax: str, precision: int, facts: ImageFacts) -> None:
    """Decode a frame whose compressed samples are wider than BitsStored says, and look."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = UID(syntax)
    dataset.Rows, dataset.Columns = facts.rows, facts.columns
    dataset.SamplesPerPixel = facts.samples
    dataset.PlanarConfiguration = 0
    dataset.PhotometricInterpretation = facts.photometric
    dataset.BitsAllocated = facts.bits_allocated
    dataset.BitsStored = min(precision, facts.bits_allocated)
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = int(facts.is_signed)
    dataset.PixelData = encapsulate([frame])
    try:
        decoded, _ = get_decoder(UID(syntax)).as_array(dataset, index=0, raw=True)
    except Exception as error:
        # Decoders raise almost any type on damaged input; to the uploader all mean the same.
        raise ImagingError(_CUT_SHORT) from error
    flat = decoded.ravel()
    unsigned = flat.astype(np.uint8) if facts.bits_allocated == 8 else flat.astype(np.uint16)
    if hold_something(unsigned, facts):
        raise ImagingError(_HIDDEN_BITS)


def _split(whole: memoryview, lengths: list[int]) -> Iterator[memoryview]:
    position = 0
    for length in lengths:
        yield whole[position : position + length]
        position += length
