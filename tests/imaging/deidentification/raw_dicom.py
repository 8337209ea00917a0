"""Write DICOM byte by byte, so that a test can put anything anywhere. Nothing is patient data."""

import struct
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from pydicom.datadict import dictionary_VR, tag_for_keyword

EXPLICIT, IMPLICIT = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2"
DEFLATED = "1.2.840.10008.1.2.1.99"
JPEG_BASELINE, JPEG_LOSSLESS = "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.70"
JPEG_LS, JPEG_2000 = "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90"
RLE = "1.2.840.10008.1.2.5"
CT, ENHANCED_CT = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.2.1"
XA, ENHANCED_XA = "1.2.840.10008.5.1.4.1.1.12.1", "1.2.840.10008.5.1.4.1.1.12.1.1"
XRF, SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.12.2", "1.2.840.10008.5.1.4.1.1.7"
LONG_VRS = {"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"}
ITEM, ITEM_END, SEQUENCE_END = (0xFFFE, 0xE000), (0xFFFE, 0xE00D), (0xFFFE, 0xE0DD)
UNDEFINED = 0xFFFFFFFF

Value = bytes | list["Elements"]
Elements = dict[int, tuple[str, Value]]


def tag(keyword: str) -> int:
    found = tag_for_keyword(keyword)
    assert found is not None, keyword
    return found


def elements(values: Mapping[str, Any]) -> Elements:
    """Elements by keyword, of texts, bytes or items; integers are written as US."""
    made: Elements = {}
    for keyword, value in values.items():
        number = tag(keyword)
        vr = dictionary_VR(number).split(" ")[0]
        if isinstance(value, int):
            made[number] = ("US", struct.pack("<H", value))
        else:
            made[number] = (vr, value.encode("latin-1") if isinstance(value, str) else value)
    return made


def encode(of: Elements, *, explicit: bool = True, undefined: bool = False) -> bytes:
    """The bytes of a data set, by rising tag."""
    return b"".join(element(t, *of[t], explicit=explicit, undefined=undefined) for t in sorted(of))


def element(
    number: int, vr: str, value: Value, *, explicit: bool = True, undefined: bool = False
) -> bytes:
    length = None
    if isinstance(value, list):
        items = [encode(item, explicit=explicit, undefined=undefined) for item in value]
        if undefined:
            value = b"".join(_head(ITEM, UNDEFINED) + i + _head(ITEM_END, 0) for i in items)
            value, length = value + _head(SEQUENCE_END, 0), UNDEFINED
        else:
            value = b"".join(_head(ITEM, len(i)) + i for i in items)
    elif len(value) % 2:
        value += b" "
    length = len(value) if length is None else length
    start = struct.pack("<HH", number >> 16, number & 0xFFFF)
    if not explicit:
        return start + struct.pack("<I", length) + value
    if vr in LONG_VRS:
        return start + vr.encode() + struct.pack("<HI", 0, length) + value
    return start + vr.encode() + struct.pack("<H", length) + value


def _head(item_tag: tuple[int, int], length: int) -> bytes:
    return struct.pack("<HHI", *item_tag, length)


def part10(
    of: Elements,
    *,
    syntax: str = EXPLICIT,
    preamble: bytes = b"",
    meta: Elements | None = None,
    pixels: bytes = b"",
    after: bytes = b"",
    undefined: bool = False,
) -> bytes:
    """A DICOM file; `pixels` are written as they are, after all else but `after`."""
    information = elements(
        {
            "MediaStorageSOPClassUID": text(of, "SOPClassUID"),
            "MediaStorageSOPInstanceUID": text(of, "SOPInstanceUID"),
            "TransferSyntaxUID": syntax,
        }
    ) | (meta or {})
    start = encode(information)
    group_length = element(0x00020000, "UL", struct.pack("<I", len(start)))
    body = encode(of, explicit=syntax != IMPLICIT, undefined=undefined) + pixels + after
    if syntax == DEFLATED:
        deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        body = deflater.compress(body) + deflater.flush()
    return preamble.ljust(128, b"\0") + b"DICM" + group_length + start + body


def text(of: Elements, keyword: str) -> str:
    value = of[tag(keyword)][1]
    assert isinstance(value, bytes)
    return value.decode("latin-1").strip(" \0")


def image(
    sop_class: str = CT, *, frames: int = 1, bits: int = 12, signed: bool = False
) -> Elements:
    """A small sound image of a class: 8 × 8 pixels a frame."""
    stored = (np.arange(64 * frames) * 37 % (1 << (bits - 1))).astype("<u2" if bits > 8 else "u1")
    modality = {CT: "CT", ENHANCED_CT: "CT", XRF: "RF", SECONDARY_CAPTURE: "OT"}.get(
        sop_class, "XA"
    )
    made = elements(
        {
            "ImageType": "ORIGINAL\\PRIMARY\\AXIAL",
            "SOPClassUID": sop_class,
            "SOPInstanceUID": "1.2.840.99.777.1",
            "StudyDate": "20010203",
            "AcquisitionDate": "20010205",
            "AcquisitionDateTime": "20010205040506.5",
            "StudyTime": "040506",
            "AcquisitionTime": "040506.123",
            "Modality": modality,
            "PatientName": "NAME^OF",
            "PatientID": "ID-OF",
            "StudyInstanceUID": "1.2.840.99.777.2",
            "SeriesInstanceUID": "1.2.840.99.777.3",
            "FrameOfReferenceUID": "1.2.840.99.777.4",
            "InstanceNumber": "7",
            "PixelSpacing": "0.5\\0.5",
            "SamplesPerPixel": 1,
            "PhotometricInterpretation": "MONOCHROME2",
            "NumberOfFrames": str(frames),
            "Rows": 8,
            "Columns": 8,
            "BitsAllocated": 8 if bits <= 8 else 16,
            "BitsStored": bits,
            "HighBit": bits - 1,
            "PixelRepresentation": int(signed),
            "PixelData": stored.tobytes(),
        }
    )
    if sop_class == CT:
        made |= elements(
            {"ImagePositionPatient": "1\\2\\3", "ImageOrientationPatient": "1\\0\\0\\0\\1\\0"}
        )
    return made


def without_pixels(of: Elements) -> Elements:
    return {number: value for number, value in of.items() if number != tag("PixelData")}


def encapsulated(frames: list[bytes]) -> bytes:
    """The pixel data element of compressed frames."""
    start = struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OB", 0, UNDEFINED)
    items = b"".join(_head(ITEM, len(f) + len(f) % 2) + f + b"\0" * (len(f) % 2) for f in frames)
    return start + _head(ITEM, 0) + items + _head(SEQUENCE_END, 0)
