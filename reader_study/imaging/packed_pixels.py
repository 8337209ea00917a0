"""Code images and label volumes so that a browser unpacks them in a few operations a pixel.

*Images.* A pixel is kept as its difference from the pixel above it, modulo 2^16; those of the first
row as they are. 32 differences in reading order make a block, and all of a block have as many bits
as the widest of them needs, counted from the lowest that so many bits can hold. Noise, which is
most of what a CT or an angiogram holds, cannot be packed much closer, and unlike the symbols of
gzip, the differences are read without looking anything up.

A file is ``RSP1``, the place of the first image as uint32, and one image after the other: the
blocks' widths, a byte each, filled up to a multiple of four, then each block's bits, lowest first,
in as many uint32 words as a difference has bits. All is little-endian.

*Labels.* Arteries are a thousandth of a head. A file is ``RSL1``, the place of the first record as
uint32, and a record for each stretch of equal labels above 0 in memory order: where it starts
(uint32), how long it is (uint16) and its label (uint16).
"""

import struct
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

IMAGES_MAGIC, LABELS_MAGIC = b"RSP1", b"RSL1"
HEADER_BYTES = 8
BLOCK = 32
_WIDEST = 16
_LONGEST_STRETCH = 2**16 - 1
_RECORD = np.dtype([("start", "<u4"), ("length", "<u2"), ("label", "<u2")])


def pack_images(images: Iterable[NDArray[Any]]) -> bytes:
    """Pack images [row, column] of uint8, uint16 or int16, all of one shape and type."""
    return _header(IMAGES_MAGIC) + b"".join(_packed_image(image) for image in images)


def unpack_images(content: bytes, shape: tuple[int, int, int], dtype: Any) -> NDArray[Any]:
    """Return the images [image, row, column] that :func:`pack_images` packed as ``dtype``."""
    count, rows, columns = shape
    blocks = -(-rows * columns // BLOCK)
    images = np.empty((count, rows, columns), np.uint16)
    place = _begin(content, IMAGES_MAGIC)
    for image in images:
        widths = np.frombuffer(content, np.uint8, blocks, place)
        place += _whole_words(blocks)
        words = np.frombuffer(content, "<u4", int(widths.sum()), place)
        place += 4 * len(words)
        differences = _unpacked_blocks(widths, words).reshape(-1)[: rows * columns]
        np.cumsum(differences.reshape(rows, columns), axis=0, dtype=np.uint16, out=image)
    return images.astype(dtype)


def pack_labels(labels: NDArray[np.uint8]) -> bytes:
    """Pack a label volume."""
    flat = labels.reshape(-1)
    bounds = np.flatnonzero(np.diff(flat)) + 1
    starts = np.concatenate([[0], bounds]).astype(np.int64)
    lengths = np.diff(np.concatenate([starts, [len(flat)]]))
    arteries = flat[starts] > 0
    starts, lengths = starts[arteries], lengths[arteries]
    pieces = -(-lengths // _LONGEST_STRETCH)
    piece = np.arange(pieces.sum()) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    records = np.empty(len(piece), _RECORD)
    records["start"] = np.repeat(starts, pieces) + piece * _LONGEST_STRETCH
    rest = np.repeat(lengths, pieces) - piece * _LONGEST_STRETCH
    records["length"] = np.minimum(rest, _LONGEST_STRETCH)
    records["label"] = flat[records["start"]]
    return _header(LABELS_MAGIC) + records.tobytes()


def unpack_labels(content: bytes, shape: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Return the label volume that :func:`pack_labels` packed."""
    labels = np.zeros(shape, np.uint8)
    flat = labels.reshape(-1)
    for start, length, label in np.frombuffer(
        content, _RECORD, offset=_begin(content, LABELS_MAGIC)
    ).tolist():
        flat[start : start + length] = label
    return labels


def _header(magic: bytes) -> bytes:
    return struct.pack("<4sI", magic, HEADER_BYTES)


def _begin(content: bytes, magic: bytes) -> int:
    found, place = struct.unpack_from("<4sI", content)
    if found != magic:
        raise ValueError(f"these are no packed pixels: they begin with {found!r}, not {magic!r}")
    return int(place)


def _whole_words(length: int) -> int:
    return -(-length // 4) * 4


def _packed_image(image: NDArray[Any]) -> bytes:
    pixels = image.astype(np.uint16)  # modulo 2^16
    differences = pixels.copy()
    differences[1:] -= pixels[:-1]
    flat = differences.reshape(-1)
    filled = np.zeros(-(-len(flat) // BLOCK) * BLOCK, np.uint16)
    filled[: len(flat)] = flat
    blocks = filled.reshape(-1, BLOCK)
    widths = _widths(blocks.view(np.int16))
    return widths.tobytes().ljust(_whole_words(len(widths)), b"\0") + _packed_blocks(blocks, widths)


def _widths(differences: NDArray[np.int16]) -> NDArray[np.uint8]:
    """Return how many bits each block's differences need: w bits hold −2^(w−1) … 2^(w−1) − 1."""
    highest = differences.max(axis=1).astype(np.int32)
    lowest = differences.min(axis=1).astype(np.int32)
    reach = np.maximum(highest, -1 - lowest)
    bits = np.searchsorted(2 ** np.arange(_WIDEST), reach, side="right") + 1
    return np.where((highest == 0) & (lowest == 0), 0, bits).astype(np.uint8)


def _packed_blocks(blocks: NDArray[np.uint16], widths: NDArray[np.uint8]) -> bytes:
    ends = np.cumsum(widths, dtype=np.int64)
    words = np.zeros(int(ends[-1]), "<u4")
    for width in range(1, _WIDEST + 1):
        chosen = np.flatnonzero(widths == width)
        if len(chosen) == 0:
            continue
        above_lowest = blocks[chosen].T.astype(np.uint32) + (1 << (width - 1))
        above_lowest &= (1 << width) - 1
        packed = np.zeros((width, len(chosen)), np.uint32)
        for number, values in enumerate(above_lowest):
            word, shift = divmod(number * width, 32)
            packed[word] |= values << np.uint32(shift)
            if shift + width > 32:
                packed[word + 1] |= values >> np.uint32(32 - shift)
        words[(ends[chosen] - width)[:, None] + np.arange(width)] = packed.T
    return words.tobytes()


def _unpacked_blocks(widths: NDArray[np.uint8], words: NDArray[np.uint32]) -> NDArray[np.uint16]:
    ends = np.cumsum(widths, dtype=np.int64)
    blocks = np.zeros((len(widths), BLOCK), np.uint16)
    for width in range(1, _WIDEST + 1):
        chosen = np.flatnonzero(widths == width)
        packed = words[(ends[chosen] - width)[:, None] + np.arange(width)]
        for number in range(BLOCK):
            word, shift = divmod(number * width, 32)
            values = packed[:, word] >> np.uint32(shift)
            if shift + width > 32:
                values = values | packed[:, word + 1] << np.uint32(32 - shift)
            values = (values & ((1 << width) - 1)) - np.uint32(1 << (width - 1))
            blocks[chosen, number] = values.astype(np.uint16)
    return blocks
