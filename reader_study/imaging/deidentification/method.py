"""The elements that say how a file was de-identified (PS3.15, annex E; PS3.16, CID 7050)."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from .writing import element, in_order, item

METHOD = (
    "Allow-list per SOP class; all else dropped",
    "UIDs keyed HMAC-SHA-256; dates moved per patient; times kept",
    "Pixels not examined for burned-in text or faces",
)
CODES = (
    ("113100", "Basic Application Confidentiality Profile"),
    ("113105", "Clean Descriptors Option"),
    ("113107", "Retain Longitudinal Temporal Information Modified Dates Option"),
)


@cache
def method_elements() -> Mapping[int, bytes]:
    """Return the elements, written, by tag."""
    codes = b"".join(
        item(
            in_order(
                {
                    0x00080100: element(0x00080100, "SH", value.encode("ascii")),
                    0x00080102: element(0x00080102, "SH", b"DCM"),
                    0x00080104: element(0x00080104, "LO", meaning.encode("ascii")),
                }
            )
        )
        for value, meaning in CODES
    )
    written = {
        0x00120062: element(0x00120062, "CS", b"YES"),
        0x00120063: element(0x00120063, "LO", "\\".join(METHOD).encode("ascii")),
        0x00120064: element(0x00120064, "SQ", codes),
        0x00280303: element(0x00280303, "CS", b"MODIFIED"),
    }
    return MappingProxyType(written)
