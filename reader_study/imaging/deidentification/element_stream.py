"""Walk the elements of a DICOM data set in its bytes, at a bounded cost and without decoding."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from reader_study.imaging.errors import ImagingError

MAX_ELEMENTS = 200_000
MAX_DEPTH = 16
UNDEFINED_LENGTH = 0xFFFFFFFF
PIXEL_DATA = 0x7FE00010
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_LONG_VRS = {b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR",
             b"UT", b"UV"}  # fmt: skip
_SHORT_VRS = {b"AE", b"AS", b"AT", b"CS", b"DA", b"DS", b"DT", b"FD", b"FL", b"IS", b"LO",
              b"LT", b"PN", b"SH", b"SL", b"SS", b"ST", b"TM", b"UI", b"UL", b"US"}  # fmt: skip
_HEAD = struct.Struct("<HH4s")
_LENGTH = struct.Struct("<I")
_SHORT_LENGTH = struct.Struct("<H")
CUT_SHORT = "a DICOM file that is damaged or cut short; export it again"


class Element(NamedTuple):
    """Where one element lies.

    Attributes
    ----------
    vr
        As the file has it; "UN" where the file does not say.
    start, end
        The bytes of the value.
    has_length
        False where the value ends at a delimiter, which follows `end`.
    is_explicit
        Whether the elements inside it, if it is a sequence, carry their VR.
    """

    tag: int
    vr: str
    start: int
    end: int
    has_length: bool
    is_explicit: bool


class ElementStream:
    """The elements of one data set in a buffer (PS3.5, chapter 7; little endian).

    Parameters
    ----------
    buffer
        The whole file, or the inflated data set.

    Raises
    ------
    ImagingError
        From every method, where the bytes are no sound data set, or hold more elements or
        deeper sequences than a genuine one.
    """

    def __init__(self, buffer: memoryview) -> None:
        self.buffer = buffer
        self._elements_left = MAX_ELEMENTS

    def elements(self, start: int, end: int, *, explicit: bool, depth: int = 0) -> list[Element]:
        """Return the elements from `start` to `end`, or to the pixel data and including it.

        Pixel data of undefined length is returned with the `end` at its start: its fragments are
        for others to read.
        """
        found = []
        position = start
        while position < end:
            element, position = self._element(position, end, explicit, depth)
            if element.tag == _ITEM_END:
                break
            found.append(element)
            if element.tag == PIXEL_DATA and depth == 0:
                break
        return found

    def element(self, position: int) -> Element:
        """Return the one element at `position`, which carries its VR."""
        return self._element(position, len(self.buffer), True, 0)[0]

    def items(self, sequence: Element, depth: int) -> Iterator[list[Element]]:
        """Yield the elements of every item of a sequence."""
        position = sequence.start
        while position < sequence.end:
            tag, length = self._item_head(position, sequence.end)
            if tag != _ITEM:
                raise ImagingError(CUT_SHORT)
            inside = position + 8
            if length == UNDEFINED_LENGTH:
                position = self._end_of_item(inside, sequence.end, sequence.is_explicit, depth + 1)
                end = position - 8
            else:
                position = end = inside + length
            if end > sequence.end:
                raise ImagingError(CUT_SHORT)
            yield self.elements(inside, end, explicit=sequence.is_explicit, depth=depth + 1)

    def _element(self, position: int, end: int, explicit: bool, depth: int) -> tuple[Element, int]:
        """Return the element at `position` and where the next one begins."""
        self._elements_left -= 1
        if self._elements_left < 0:
            raise ImagingError(f"a DICOM header of more than {MAX_ELEMENTS:,} elements; refused")
        if position + 8 > end:
            raise ImagingError(CUT_SHORT)
        group, number, rest = _HEAD.unpack_from(self.buffer, position)
        tag, vr = group << 16 | number, rest[:2]
        position += 8
        if group == 0xFFFE or not explicit or not _is_vr(vr):
            vr, length = b"UN", _LENGTH.unpack(rest)[0]
            contents_explicit = False
        elif vr in _SHORT_VRS:
            length = _SHORT_LENGTH.unpack_from(rest, 2)[0]
            contents_explicit = True
        else:
            if position + 4 > end:
                raise ImagingError(CUT_SHORT)
            length = _LENGTH.unpack_from(self.buffer, position)[0]
            position += 4
            # PS3.5, 6.2.2: what is inside an unknown element is coded with implicit VR; not all
            # writers know.
            contents_explicit = vr != b"UN" or looks_explicit(self.buffer, position + 8)
        name = vr.decode("ascii")
        if length != UNDEFINED_LENGTH:
            if position + length > end:
                raise ImagingError(CUT_SHORT)
            return (
                Element(tag, name, position, position + length, True, contents_explicit),
                position + length,
            )
        if tag == PIXEL_DATA and depth == 0:
            return Element(tag, name, position, position, False, False), position
        close = self._end_of_sequence(position, end, contents_explicit, depth + 1)
        return Element(tag, name, position, close, False, contents_explicit), close + 8

    def _end_of_sequence(self, position: int, end: int, explicit: bool, depth: int) -> int:
        """Return where the delimiter stands of a sequence whose first item is at `position`."""
        if depth > MAX_DEPTH:
            raise ImagingError("a DICOM header nested too deeply to be genuine; refused")
        while True:
            tag, length = self._item_head(position, end)
            if tag == _SEQUENCE_END:
                return position
            if tag != _ITEM:
                raise ImagingError(CUT_SHORT)
            position += 8
            if length == UNDEFINED_LENGTH:
                position = self._end_of_item(position, end, explicit, depth)
            else:
                position += length

    def _end_of_item(self, position: int, end: int, explicit: bool, depth: int) -> int:
        """Return where the bytes after the delimiter of an item begin."""
        while True:
            element, position = self._element(position, end, explicit, depth)
            if element.tag == _ITEM_END:
                return position

    def _item_head(self, position: int, end: int) -> tuple[int, int]:
        self._elements_left -= 1
        if position + 8 > end or self._elements_left < 0:
            raise ImagingError(CUT_SHORT)
        group, number, length = struct.unpack_from("<HHI", self.buffer, position)
        return group << 16 | number, length


def looks_explicit(buffer: memoryview, position: int) -> bool:
    """Tell from the element at `position` whether the data set carries its VRs."""
    return bytes(buffer[position + 4 : position + 6]) in _LONG_VRS | _SHORT_VRS


def _is_vr(letters: bytes) -> bool:
    return (
        letters in _SHORT_VRS or letters in _LONG_VRS or (letters.isalpha() and letters.isupper())
    )
