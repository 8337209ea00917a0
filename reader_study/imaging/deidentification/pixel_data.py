"""Pixel data on its way through: the same bytes, without what is not pixels."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from reader_study.imaging.errors import ImagingError

from .element_stream import Element
from .frames import COMPRESSED_SYNTAXES, Fragment, cleared, encapsulated, frames_of, read_fragments
from .image_facts import ImageFacts
from .source import Source
from .unused_bits import hold_something, without_unused_bits

UNCOMPRESSED_SYNTAXES = frozenset(
    map(str, (ImplicitVRLittleEndian, ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian))
)


@dataclass(frozen=True)
class PixelData:
    """Pixel data to write.

    Attributes
    ----------
    transfer_syntax_uid
        In which it is written.
    vr
        Of the element.
    is_compressed
        Whether `parts` are the items of encapsulated pixel data.
    parts
        The value, piece by piece, views into the source where it was not changed.
    remarks
        What was taken out of it, in words.
    """

    transfer_syntax_uid: str
    vr: str
    is_compressed: bool
    parts: list[Fragment]
    remarks: list[str] = field(default_factory=list)


def clean_pixel_data(source: Source, element: Element, facts: ImageFacts) -> PixelData:
    """Take over the pixels and nothing else.

    Raises
    ------
    ImagingError
        If they are incomplete, of a compression that is not read, or hold bits that belong to
        no pixel and cannot be cleared.
    """
    if element.has_length:
        if source.transfer_syntax_uid not in UNCOMPRESSED_SYNTAXES:
            raise ImagingError(
                "pixel data that is not stored as its transfer syntax says; export it again"
            )
        return _uncompressed(source, element, facts)
    if source.transfer_syntax_uid not in COMPRESSED_SYNTAXES:
        raise ImagingError(
            "pixel data of a compression that is not read; export it without compression"
        )
    return _compressed(source, element, facts)


def _uncompressed(source: Source, element: Element, facts: ImageFacts) -> PixelData:
    size = facts.frame_bytes * facts.frames
    if element.end - element.start < size:
        raise ImagingError(
            "a DICOM file that is cut short, with less pixel data than it declares; copy it again"
        )
    pixels: Fragment = source.buffer[element.start : element.start + size]
    remarks = list(_remarks_on_rest(source, element.start + size, size % 2))
    stored = np.frombuffer(pixels, "<u2" if facts.bits_allocated == 16 else np.uint8)
    if hold_something(stored, facts):
        pixels = without_unused_bits(stored, facts).tobytes()
        remarks.append("Bits above the stored ones, where old overlays are kept, cleared")
    return PixelData(
        transfer_syntax_uid=str(ExplicitVRLittleEndian),
        vr="OW" if facts.bits_allocated == 16 else "OB",
        is_compressed=False,
        parts=[pixels, b"\0"] if size % 2 else [pixels],
        remarks=remarks,
    )


def _compressed(source: Source, element: Element, facts: ImageFacts) -> PixelData:
    items = read_fragments(source.buffer, element.start)
    frames: list[list[Fragment]] = []
    with_comments = 0
    for frame in frames_of(items, facts.frames):
        fragments, had_comments = cleared(frame, source.transfer_syntax_uid, facts)
        frames.append(fragments)
        with_comments += had_comments
    remarks = list(_remarks_on_rest(source, items.end, 0))
    if with_comments:
        remarks.append(f"Comments inside compressed frames blanked in {with_comments} frame(s)")
    return PixelData(
        transfer_syntax_uid=source.transfer_syntax_uid,
        vr="OB",
        is_compressed=True,
        parts=list(encapsulated(frames)),
        remarks=remarks,
    )


def _remarks_on_rest(source: Source, end: int, padding: int) -> Iterator[str]:
    rest = len(source.buffer) - end - padding
    if rest > 0:
        yield f"{rest:,} bytes after the pixels dropped"
