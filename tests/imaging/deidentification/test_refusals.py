"""Damaged, hostile and foreign files are refused in one sentence, and nothing random survives."""

import contextlib
import random
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reader_study.imaging.deidentification import Pseudonym, deidentify
from reader_study.imaging.deidentification.allow_list import KINDS
from reader_study.imaging.errors import ImagingError
from tests.imaging.deidentification import planted, raw_dicom
from tests.imaging.deidentification.conftest import KEY
from tests.imaging.deidentification.planted import Tokens
from tests.imaging.deidentification.raw_dicom import elements, encode, image, part10, tag

PSEUDONYM = Pseudonym(KEY, "C001")
MARKER = b"QZMARKER"
ALLOWED = frozenset().union(*(kind.allowed for kind in KINDS.values()))
TAGS_OUTSIDE = st.integers(0x00080000, 0xFFFBFFFF).filter(
    lambda number: number not in ALLOWED and number != tag("PixelData")
)
VRS = st.sampled_from(
    ["AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "OB", "OD", "OF", "OL",
     "OW", "PN", "SH", "SL", "SS", "ST", "TM", "UC", "UI", "UL", "UN", "UR", "US", "UT"]
)  # fmt: skip


def new_bytes(file: bytes) -> bytes:
    return b"".join(deidentify(file, PSEUDONYM).parts)


@settings(max_examples=150)
@given(
    number=TAGS_OUTSIDE,
    vr=VRS,
    prefix=st.binary(max_size=20),
    sop_class=st.sampled_from(sorted(KINDS)),
    syntax=st.sampled_from([raw_dicom.EXPLICIT, raw_dicom.IMPLICIT]),
    nested=st.booleans(),
)
def test_no_element_outside_the_allow_list_survives(number, vr, prefix, sop_class, syntax, nested):
    planted_one = {number: (vr, prefix + MARKER)}
    of = image(sop_class)
    if nested:
        of |= {tag("ReferencedImageSequence"): ("SQ", [planted_one])}
    else:
        of |= planted_one
    new = new_bytes(part10(of, syntax=syntax))
    assert MARKER not in new
    assert struct.pack("<HH", number >> 16, number & 0xFFFF) + vr.encode() not in new[:-200]


@settings(max_examples=150)
@given(
    text=st.text(min_size=1, max_size=40).filter(lambda text: not text.isdigit()),
    number=st.sampled_from(sorted(KINDS[raw_dicom.XA].allowed)),
)
def test_a_random_text_in_an_allowed_element_writes_nothing_of_its_own(text, number):
    rule = KINDS[raw_dicom.XA].allowed[number]
    of = image(raw_dicom.XA) | {number: (rule.vr, text.encode("utf-8") + MARKER)}
    with contextlib.suppress(ImagingError):
        assert MARKER not in new_bytes(part10(of))


def test_damage_at_any_place_is_refused_or_harmless():
    tokens = Tokens()
    file = part10(planted.plant(image(raw_dicom.ENHANCED_XA), tokens), undefined=True)
    start = file.index(b"DICM")
    chance = random.Random(7)
    for _ in range(1500):
        damaged = bytearray(file)
        for _ in range(chance.choice([1, 1, 3])):
            damaged[chance.randrange(start, len(file) - 128)] = chance.randrange(256)
        try:
            new = new_bytes(
                bytes(damaged[: chance.choice([None, None, chance.randrange(400, len(file))])])
            )
        except ImagingError:
            continue
        assert tokens.found_in(new) == {}


def test_every_cut_of_a_file_is_refused():
    file = part10(image())
    for length in range(1, len(file)):
        with pytest.raises(ImagingError):
            new_bytes(file[:length])


def nested(depth: int, *, undefined: bool) -> bytes:
    """An image with sequences in sequences, all of them on the allow-list."""
    inside = encode(elements({"PatientID": "QZ"}))
    start = struct.pack("<HH2sH", 0x0008, 0x1140, b"SQ", 0)
    for _ in range(depth):
        length = raw_dicom.UNDEFINED if undefined else len(inside)
        item = struct.pack("<HHI", *raw_dicom.ITEM, length) + inside
        if undefined:
            item += struct.pack("<HHI", *raw_dicom.ITEM_END, 0)
            item += struct.pack("<HHI", *raw_dicom.SEQUENCE_END, 0)
        inside = start + struct.pack("<I", length if undefined else len(item)) + item
    of = image()
    early = {number: value for number, value in of.items() if number < 0x00081140}
    late = {number: value for number, value in of.items() if number > 0x00081140}
    return part10(early) + inside + encode(late)


def test_deep_nesting_is_refused_or_dropped_without_a_crash():
    with pytest.raises(ImagingError, match="nested too deeply"):
        new_bytes(nested(300, undefined=True))
    assert b"QZ" not in new_bytes(nested(10, undefined=True))
    assert b"QZ" not in new_bytes(nested(3000, undefined=False))


def test_millions_of_elements_are_refused():
    one = struct.pack("<HH2sH", 0x0009, 0x1001, b"LO", 0)
    of = image()
    early = {number: value for number, value in of.items() if number < 0x00090000}
    late = {number: value for number, value in of.items() if number > 0x00090000}
    file = part10(early) + one * 300_000 + encode(late)
    with pytest.raises(ImagingError, match="more than 200,000 elements"):
        new_bytes(file)


def test_a_bomb_of_zeros_is_refused_at_a_bounded_size(monkeypatch):
    monkeypatch.setattr(
        "reader_study.imaging.deidentification.source.MAX_INFLATED_BYTES", 4 * 2**20
    )
    head = part10(image(), syntax=raw_dicom.DEFLATED)
    start = head.index(b"1.2.840.10008.1.2.1.99") + 22
    deflater = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    bomb = head[:start] + b"".join(deflater.compress(bytes(2**20)) for _ in range(64))
    assert len(bomb) < 100_000
    with pytest.raises(ImagingError, match=r"of more than 4\.2 MB"):
        new_bytes(bomb + deflater.flush())


def test_a_deflated_file_that_is_cut_short_is_refused():
    file = part10(image(), syntax=raw_dicom.DEFLATED)
    with pytest.raises(ImagingError, match="cut short"):
        new_bytes(file[:-5])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.4"}, "MR Image Storage is not on the list"),
        ({"SOPClassUID": "1.2.3.4"}, "A private kind of object is not on the list"),
        ({"SOPInstanceUID": ""}, "does not name its image"),
        ({"StudyInstanceUID": ""}, "does not name its study"),
        ({"SeriesInstanceUID": ""}, "does not name its series"),
    ],
)
def test_objects_that_are_not_on_the_list_are_refused_with_the_reason(change, words):
    with pytest.raises(ImagingError, match=words):
        new_bytes(part10(image() | elements(change)))


def test_files_that_are_no_dicom_are_refused_with_the_reason():
    for file, words in [
        (b"\xff\xd8\xff\xe0 a picture", "a JPEG picture, not DICOM"),
        (b"hello, this is text", "a text file, not DICOM"),
        (bytes(2000), "not a DICOM file"),
        (random.Random(3).randbytes(5000), "not a DICOM file"),
    ]:
        with pytest.raises(ImagingError, match=words):
            new_bytes(file)


def test_big_endian_and_directories_are_refused_with_the_reason():
    with pytest.raises(ImagingError, match="Big Endian, which is retired"):
        new_bytes(part10(image(), syntax="1.2.840.10008.1.2.2"))
    directory = elements({"MediaStorageSOPClassUID": "1.2.840.10008.1.3.10"})
    with pytest.raises(ImagingError, match="DICOMDIR"):
        new_bytes(part10(image(), meta=directory))


@pytest.mark.parametrize("syntax", [raw_dicom.EXPLICIT, raw_dicom.IMPLICIT])
def test_files_without_preamble_or_file_meta_are_read(syntax):
    file = part10(image(), syntax=syntax)
    bare = encode(image(), explicit=syntax == raw_dicom.EXPLICIT)
    assert new_bytes(bare) == new_bytes(file)
    assert new_bytes(file[132:]) == new_bytes(file)


def test_the_coding_is_recognised_where_the_file_contradicts_itself():
    body = encode(image(), explicit=False)
    file = part10(image())
    wrong = file[: file.index(encode(image()))] + body
    assert new_bytes(wrong) == new_bytes(file)


@pytest.mark.parametrize("explicit", [False, True])
def test_unknown_sequences_are_walked_however_they_are_coded(explicit):
    """The standard wants implicit VR inside of an unknown element; not all writers know."""
    inside = encode(
        {0x00091010: ("SQ", [elements({"PatientName": "QZ"})])}, explicit=explicit, undefined=True
    )
    start = struct.pack("<HH2sHI", 0x0009, 0x1001, b"UN", 0, raw_dicom.UNDEFINED)
    item = struct.pack("<HHI", *raw_dicom.ITEM, len(inside)) + inside
    end = struct.pack("<HHI", *raw_dicom.SEQUENCE_END, 0)
    of = image()
    early = {number: value for number, value in of.items() if number < 0x00090000}
    late = {number: value for number, value in of.items() if number > 0x00090000}
    assert new_bytes(part10(early) + start + item + end + encode(late)) == new_bytes(part10(of))


def test_of_an_element_that_is_there_twice_the_first_counts():
    """Else the bits above the stored ones would be checked against one and shown by the other."""
    of = image()
    twice = encode(elements({"BitsStored": 16}))
    pixels = encode({tag("PixelData"): of[tag("PixelData")]})
    rest = {number: value for number, value in of.items() if number != tag("PixelData")}
    assert new_bytes(part10(rest) + twice + pixels) == new_bytes(part10(of))
