"""Bits above BitsStored, in which old scanners kept overlays and anything can hide."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from .image_facts import ImageFacts

_CHUNK = 4 * 2**20
Stored = NDArray[np.uint8] | NDArray[np.uint16]


def hold_something(stored: Stored, facts: ImageFacts) -> bool:
    """Tell whether the unused bits of any pixel differ from what they must be.

    They must be zero, and in signed pixels may instead all repeat the sign. A pixel that equals
    the padding value is let through: scanners set it beyond the stored bits.
    """
    if facts.bits_stored == facts.bits_allocated:
        return False
    high = _high_bits(stored, facts)
    if not any(np.bitwise_or.reduce(chunk) & high for chunk in _chunks(stored)):
        return False
    return any(bool(np.any(chunk != _corrected(chunk, facts))) for chunk in _chunks(stored))


def without_unused_bits(stored: Stored, facts: ImageFacts) -> Stored:
    """Return the pixels with unused bits zero, or like the sign in signed pixels."""
    corrected: Stored = np.concatenate([_corrected(chunk, facts) for chunk in _chunks(stored)])
    return corrected


def _corrected(stored: Stored, facts: ImageFacts) -> Stored:
    high = _high_bits(stored, facts)
    corrected = stored & ~high
    if facts.is_signed:
        sign = stored.dtype.type(1 << (facts.bits_stored - 1))
        corrected[(stored & sign) != 0] |= high
    if facts.padding is not None:
        is_padding = stored == stored.dtype.type(facts.padding & int(np.iinfo(stored.dtype).max))
        corrected[is_padding] = stored[is_padding]
    return corrected


def _high_bits(stored: Stored, facts: ImageFacts) -> np.unsignedinteger:
    everything = np.iinfo(stored.dtype).max
    return stored.dtype.type(everything & ~((1 << facts.bits_stored) - 1))


def _chunks(stored: Stored) -> Iterator[Stored]:
    for start in range(0, stored.size, _CHUNK):
        yield stored[start : start + _CHUNK]
