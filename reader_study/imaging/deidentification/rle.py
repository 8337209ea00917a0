"""What an RLE frame holds besides pixels (PS3.5, annex G)."""

import struct
from typing import NamedTuple

from reader_study.imaging.errors import ImagingError

_HEADER = struct.Struct("<16L")
_DAMAGED = "an RLE frame that is damaged; export it without compression"


class Segment(NamedTuple):
    """One byte plane of a frame.

    Attributes
    ----------
    plane
        Its decoded bytes.
    end_of_data, end
        Where its compressed data ends, and where the next segment begins.
    """

    plane: bytes
    end_of_data: int
    end: int


def read_segments(frame: bytes, plane_bytes: int) -> list[Segment]:
    """Decode the byte planes of a frame, the most significant of each sample first.

    Raises
    ------
    ImagingError
        If the frame is damaged.
    """
    if len(frame) < _HEADER.size:
        raise ImagingError(_DAMAGED)
    count, *offsets = _HEADER.unpack_from(frame)
    ends = [*offsets[1:count], len(frame)]
    if not 1 <= count <= 15 or any(offsets[count:]):
        raise ImagingError(_DAMAGED)
    segments = []
    for start, end in zip(offsets[:count], ends, strict=True):
        if not _HEADER.size <= start <= end <= len(frame):
            raise ImagingError(_DAMAGED)
        plane, end_of_data = _unpacked(frame, start, end, plane_bytes)
        segments.append(Segment(plane, end_of_data, end))
    return segments


def _unpacked(frame: bytes, position: int, end: int, size: int) -> tuple[bytes, int]:
    plane = bytearray()
    while len(plane) < size:
        if position + 1 >= end:
            raise ImagingError(_DAMAGED)
        control = frame[position]
        if control < 128:
            plane += frame[position + 1 : position + 2 + control]
            position += 2 + control
        elif control > 128:
            plane += frame[position + 1 : position + 2] * (257 - control)
            position += 2
        else:
            position += 1
    if position > end or len(plane) != size:
        raise ImagingError(_DAMAGED)
    return bytes(plane), position
