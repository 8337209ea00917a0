"""What a compressed frame holds besides pixels, found from its markers without decoding."""

import re
from typing import NamedTuple

from reader_study.imaging.errors import ImagingError

_DAMAGED = "a compressed frame that is damaged or of a rare form; export it without compression"


class Markers(NamedTuple):
    """What the markers of a frame tell.

    Attributes
    ----------
    comments
        Byte ranges (start, end) that no decoder needs: comments, application data, what follows
        the end of the image.
    precision
        Bits of a sample that the compressed data can hold.
    """

    comments: list[tuple[int, int]]
    precision: int


_SOI, _EOI, _SOS, _COM, _LSE = 0xD8, 0xD9, 0xDA, 0xFE, 0xF8
_APP0, _APP8, _APP14, _APP15 = 0xE0, 0xE8, 0xEE, 0xEF
_LS_FRAME_HEADER = 0xF7
_FRAME_HEADERS = {*range(0xC0, 0xD0), _LS_FRAME_HEADER} - {0xC4, 0xC8, 0xCC}
_TABLES = {0xC4, 0xCC, 0xDB, 0xDC, 0xDD}  # DHT, DAC, DQT, DNL, DRI
_LSE_THRESHOLDS = 1
_AFTER_JPEG_SCAN = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_AFTER_JPEG_LS_SCAN = re.compile(rb"\xff[\x80-\xcf\xd8-\xfe]")
# Application data that changes how colours are decoded: (what it begins with, bytes kept as
# (start, end) within the payload).
_COLOUR_MARKS = {
    _APP0: (b"JFIF\0", ((0, 7),)),
    _APP8: (b"mrfx", ((0, 5),)),
    _APP14: (b"Adobe", ((0, 5), (11, 12))),
}


def read_jpeg_markers(frame: bytes) -> Markers:
    """Read the markers of a JPEG or JPEG-LS frame (ISO 10918-1, annex B; ISO 14495-1, annex C).

    Raises
    ------
    ImagingError
        If it is no whole JPEG, or holds a table that could hold anything.
    """
    if frame[:2] != b"\xff\xd8":
        raise ImagingError(_DAMAGED)
    comments: list[tuple[int, int]] = []
    precision, after_scan = 0, _AFTER_JPEG_SCAN
    position = 2
    while True:
        marker, position = _next_marker(frame, position)
        if marker == _EOI:
            comments.append((position, len(frame)))
            return Markers(_without_blanks(frame, comments), precision)
        end = position + int.from_bytes(frame[position : position + 2], "big")
        payload = position + 2
        if end > len(frame) or end < payload:
            raise ImagingError(_DAMAGED)
        if marker in _FRAME_HEADERS:
            precision = max(precision, frame[payload])
            after_scan = _AFTER_JPEG_LS_SCAN if marker == _LS_FRAME_HEADER else _AFTER_JPEG_SCAN
        elif marker == _COM or _APP0 <= marker <= _APP15:
            comments += _besides_colour_mark(frame, marker, payload, end)
        elif marker == _SOS:
            found = after_scan.search(frame, end)
            if not found:
                raise ImagingError(_DAMAGED)
            end = found.start()
        elif marker not in _TABLES and not (marker == _LSE and frame[payload] == _LSE_THRESHOLDS):
            raise ImagingError(_DAMAGED)
        position = end


def _next_marker(frame: bytes, position: int) -> tuple[int, int]:
    """Return the marker at `position` and where what belongs to it begins."""
    if frame[position : position + 1] != b"\xff":
        raise ImagingError(_DAMAGED)
    while frame[position : position + 1] == b"\xff":
        position += 1
    if position >= len(frame):
        raise ImagingError(_DAMAGED)
    return frame[position], position + 1


def _besides_colour_mark(frame: bytes, marker: int, start: int, end: int) -> list[tuple[int, int]]:
    beginning, kept = _COLOUR_MARKS.get(marker, (b"", ()))
    if not beginning or not frame.startswith(beginning, start):
        return [(start, end)]
    ranges = []
    position = start
    for kept_start, kept_end in kept:
        ranges.append((position, min(start + kept_start, end)))
        position = min(start + kept_end, end)
    return [*ranges, (position, end)]


_J2K_START = b"\xff\x4f\xff\x51"
_SOT, _SOD, _EOC, _J2K_COM, _SIZ = 0xFF90, 0xFF93, 0xFFD9, 0xFF64, 0xFF51
_J2K_HEADERS = {
    0xFF50, 0xFF51, 0xFF52, 0xFF53, 0xFF55, 0xFF57, 0xFF58, 0xFF59, 0xFF5C, 0xFF5D, 0xFF5E,
    0xFF5F, 0xFF60, 0xFF61, 0xFF63, 0xFF64,
}  # fmt: skip
_SIZ_COMPONENTS = 34  # offset of the number of components in the payload of SIZ


def read_jpeg2000_markers(frame: bytes) -> Markers:
    """Read the markers of a JPEG 2000 or HTJ2K codestream (ISO 15444-1, annex A).

    Raises
    ------
    ImagingError
        If it is no whole codestream; a codestream inside a JP2 file, which DICOM does not
        allow, is none.
    """
    if not frame.startswith(_J2K_START):
        raise ImagingError(_DAMAGED)
    comments: list[tuple[int, int]] = []
    precision = 0
    position, end_of_part = 2, 0
    while True:
        marker = int.from_bytes(frame[position : position + 2], "big")
        if marker == _EOC or not any(frame[position:]):
            comments.append((position + 2, len(frame)))
            return Markers(_without_blanks(frame, comments), precision)
        if marker == _SOD:
            position = end_of_part
            continue
        length = int.from_bytes(frame[position + 2 : position + 4], "big")
        payload, end = position + 4, position + 2 + length
        if end > len(frame) or end < payload:
            raise ImagingError(_DAMAGED)
        if marker == _SOT:
            end_of_part = _end_of_tile_part(frame, position)
        elif marker not in _J2K_HEADERS:
            raise ImagingError(_DAMAGED)
        elif marker == _SIZ:
            components = frame[payload + _SIZ_COMPONENTS : end]
            precision = max((size & 0x7F) + 1 for size in components[2::3])
        elif marker == _J2K_COM:
            comments.append((payload, end))
        position = end


def _end_of_tile_part(frame: bytes, start: int) -> int:
    length = int.from_bytes(frame[start + 6 : start + 10], "big")
    # No byte above 8F follows FF in the data of a tile, so that the end marker stands out.
    end = start + length if length else frame.find(b"\xff\xd9", start)
    if not start + 12 <= end <= len(frame):
        raise ImagingError(_DAMAGED)
    return end


def _without_blanks(frame: bytes, ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Leave out ranges that hold nothing but zeros."""
    return [(start, end) for start, end in ranges if any(frame[start:end])]
