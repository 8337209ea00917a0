"""Walk through the elements of a DICOM data set at a bounded cost, without reading values.

pydicom recurses into nested sequences and makes an object of every element, so that a small
file can exhaust the stack or minutes of time. This walk goes first and needs neither.
"""

import struct
from mmap import mmap
from typing import Literal

from pydicom.datadict import dictionary_VR
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

from .errors import ImagingError
from .file_kinds import DICOM_MARK_OFFSET

MAX_ELEMENTS = 200_000
MAX_DEPTH = 40
_PIXEL_DATA = 0x7FE00010
_TRANSFER_SYNTAX = 0x00020010
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_UNDEFINED_LENGTH = 0xFFFFFFFF
_LONG_VRS = set(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
_VRS = _LONG_VRS | set(b"AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split())

Content = Literal["elements", "items", "fragments"]
Data = bytes | memoryview | mmap


def meta_end_and_syntax(data: Data) -> tuple[int, str]:
    """Find where the file meta information ends and which transfer syntax it names.

    Returns
    -------
    int
        Offset of the data set; 0 where there is neither preamble nor meta information.
    str
        Transfer syntax UID; empty where none is named.
    """
    position = (
        DICOM_MARK_OFFSET + 4 if data[DICOM_MARK_OFFSET : DICOM_MARK_OFFSET + 4] == b"DICM" else 0
    )
    syntax = ""
    while data[position : position + 2] == b"\x02\x00" and position + 8 <= len(data):
        group, element, vr, short_length = struct.unpack_from("<HH2sH", data, position)
        header_bytes, length = 8, short_length
        if vr in _LONG_VRS and position + 12 <= len(data):
            header_bytes, length = 12, struct.unpack_from("<I", data, position + 8)[0]
        value = position + header_bytes
        if group << 16 | element == _TRANSFER_SYNTAX:
            syntax = bytes(data[value : value + min(length, 64)]).rstrip(b"\0 ").decode("latin-1")
        position = value + length
    return min(position, len(data)), syntax


def refuse_costly_structure(data: Data, start: int, syntax: str) -> None:
    """Refuse a data set of too many elements, or nested too deeply, to be genuine.

    Damage is not judged here: the walk ends where it no longer makes sense.

    Parameters
    ----------
    data
        A file, or an inflated data set.
    start
        Offset of the data set.
    syntax
        Its transfer syntax; where empty, it is told from the first element.

    Raises
    ------
    ImagingError
        If there are more than `MAX_ELEMENTS` elements and items, or more than `MAX_DEPTH`
        sequences within each other.
    """
    implicit, endian = _encoding(data, start, syntax)
    walk = _Walk(data, endian)
    walk.enter("elements", len(data), implicit)
    position: int | None = start
    count = 0
    while position is not None:
        count += 1
        if count > MAX_ELEMENTS:
            raise ImagingError(f"a DICOM header of more than {MAX_ELEMENTS:,} elements; refused")
        if walk.depth > MAX_DEPTH:
            raise ImagingError("a DICOM header nested too deeply to be genuine; refused")
        position = walk.step(position)


def _encoding(data: Data, start: int, syntax: str) -> tuple[bool, str]:
    if syntax:
        return syntax == ImplicitVRLittleEndian, ">" if syntax == ExplicitVRBigEndian else "<"
    head = bytes(data[start : start + 6])
    return head[4:6] not in _VRS, ">" if head[:1] == b"\0" and head[1:2] != b"\0" else "<"


class _Walk:
    """A position in nested sequences, kept on a list instead of the interpreter's stack."""

    def __init__(self, data: Data, endian: str) -> None:
        self._data = data
        self._short = struct.Struct(f"{endian}HH2sH").unpack_from
        self._long = struct.Struct(f"{endian}HHI").unpack_from
        self._length = struct.Struct(f"{endian}I").unpack_from
        self._levels: list[tuple[Content, int, bool]] = []
        self.depth = 0

    def enter(self, content: Content, end: int, implicit: bool) -> None:
        """Go one level in; `end` is beyond the file where the length is undefined."""
        self._levels.append((content, end, implicit))
        self.depth += content == "items"

    def _leave(self) -> None:
        content, _, _ = self._levels.pop()
        self.depth -= content == "items"

    def step(self, position: int) -> int | None:
        """Pass one element or item; return where the next begins, or None at the end."""
        while self._levels and position >= self._levels[-1][1]:
            self._leave()
        if not self._levels or position + 8 > len(self._data):
            return None
        content, _, implicit = self._levels[-1]
        group, element, length = self._long(self._data, position)
        tag: int = group << 16 | element
        if tag in (_ITEM_END, _SEQUENCE_END):
            if len(self._levels) > 1:
                self._leave()
            return position + 8
        if content == "elements":
            return self._pass_element(tag, position, implicit, length)
        if content == "items":
            # Whatever its tag: pydicom reads on as well.
            self.enter("elements", self._end(position + 8, length), implicit)
            return position + 8
        return position + 8 + length if tag == _ITEM else None

    def _pass_element(self, tag: int, position: int, implicit: bool, length: int) -> int | None:
        if tag == _PIXEL_DATA and self.depth == 0:
            return None
        vr, value = b"", position + 8
        if not implicit:
            vr, short_length = self._short(self._data, position)[2:]
            if vr in _LONG_VRS:
                if position + 12 > len(self._data):
                    return None
                value, length = position + 12, self._length(self._data, position + 8)[0]
            elif vr.isalpha() and vr.isupper():
                length = short_length
            else:
                vr, implicit = b"", True  # some writers change to implicit inside sequences
        if vr in (b"", b"UN"):
            implicit = True
            if length == _UNDEFINED_LENGTH or _is_sequence(tag):
                vr = b"SQ"
        if vr == b"SQ":
            self.enter("items", self._end(value, length), implicit)
            return value
        if length == _UNDEFINED_LENGTH:
            self.enter("fragments", self._end(value, length), implicit)
            return value
        return value + length

    def _end(self, start: int, length: int) -> int:
        return len(self._data) if length == _UNDEFINED_LENGTH else start + length


def _is_sequence(tag: int) -> bool:
    try:
        return dictionary_VR(tag) == "SQ"
    except KeyError:
        return False
