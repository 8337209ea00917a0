"""Write elements and file meta information: Explicit VR Little Endian, nothing inherited."""

import struct

from .element_stream import UNDEFINED_LENGTH

# A UUID of this project's own: the standard asks for one that names the writing software.
IMPLEMENTATION_CLASS_UID = "2.25.190604705816878624271344104702515774235"
IMPLEMENTATION_VERSION_NAME = "READER_STUDY"
_LONG_VRS = frozenset({"OB", "OW", "SQ"})
_PADDING = {"UI": b"\0", "OB": b"\0"}
_MAX_SHORT_LENGTH = 0xFFFF


def element(tag: int, vr: str, value: bytes) -> bytes:
    """Return the bytes of an element, its value padded to even length."""
    if len(value) % 2:
        value += _PADDING.get(vr, b" ")
    return head(tag, vr, len(value)) + value


def head(tag: int, vr: str, length: int) -> bytes:
    """Return the bytes before a value.

    Raises
    ------
    OverflowError
        If the value is longer than its VR can be.
    """
    start = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr.encode("ascii"))
    if vr in _LONG_VRS:
        return start + struct.pack("<HI", 0, length)
    if length > _MAX_SHORT_LENGTH:
        raise OverflowError(f"a value of {length:,} bytes does not fit into {vr}")
    return start + struct.pack("<H", length)


def item(elements: bytes) -> bytes:
    """Return the bytes of one item of a sequence."""
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(elements)) + elements


def in_order(elements: dict[int, bytes]) -> bytes:
    """Join written elements by rising tag."""
    return b"".join(elements[tag] for tag in sorted(elements))


def file_start(sop_class_uid: str, sop_instance_uid: str, transfer_syntax_uid: str) -> bytes:
    """Return the preamble of zeros and the file meta information (PS3.10, 7.1)."""
    meta = in_order(
        {
            0x00020001: element(0x00020001, "OB", b"\0\1"),
            0x00020002: element(0x00020002, "UI", sop_class_uid.encode("ascii")),
            0x00020003: element(0x00020003, "UI", sop_instance_uid.encode("ascii")),
            0x00020010: element(0x00020010, "UI", transfer_syntax_uid.encode("ascii")),
            0x00020012: element(0x00020012, "UI", IMPLEMENTATION_CLASS_UID.encode("ascii")),
            0x00020013: element(0x00020013, "SH", IMPLEMENTATION_VERSION_NAME.encode("ascii")),
        }
    )
    group_length = element(0x00020000, "UL", struct.pack("<I", len(meta)))
    return bytes(128) + b"DICM" + group_length + meta


def pixel_data_head(vr: str, length: int | None) -> bytes:
    """Return the bytes before the pixels; no length for encapsulated ones."""
    return head(0x7FE00010, vr, UNDEFINED_LENGTH if length is None else length)
