"""Words planted wherever a file can hold one: none comes through."""

import io
import struct

import numpy as np
import pytest
from pydicom import dcmread

from reader_study.imaging.deidentification.allow_list import KINDS
from reader_study.imaging.deidentification.rules import Codes, Items
from reader_study.imaging.errors import ImagingError
from tests.imaging.deidentification import planted, raw_dicom
from tests.imaging.deidentification.planted import Tokens
from tests.imaging.deidentification.raw_dicom import elements, image, part10, tag

PLANTED_UIDS = [f"1.2.840.99.777.{number}".encode() for number in range(1, 14)]
PLANTED_DATES = [b"20010203", b"20010205", b"19991231"]


def planted_file(sop_class: str, syntax: str, *, undefined: bool = False) -> tuple[bytes, Tokens]:
    tokens = Tokens()
    of = planted.plant(image(sop_class), tokens)
    pixels = planted.pixels_with_hidden_bits(tokens.new("bits above the pixels"), 64)
    of[tag("PixelData")] = ("OW", pixels + tokens.new("more pixels than the image").encode() + b"Q")
    file = part10(
        of,
        syntax=syntax,
        preamble=tokens.new("preamble").encode(),
        meta=planted.meta(tokens),
        after=planted.after_the_pixels(tokens),
        undefined=undefined,
    )
    return file, tokens


@pytest.mark.parametrize("undefined", [False, True], ids=["lengths", "delimiters"])
@pytest.mark.parametrize("syntax", [raw_dicom.EXPLICIT, raw_dicom.IMPLICIT, raw_dicom.DEFLATED])
@pytest.mark.parametrize("sop_class", [raw_dicom.CT, raw_dicom.XA, raw_dicom.SECONDARY_CAPTURE])
def test_no_planted_word_date_or_uid_is_left(written, sop_class, syntax, undefined):
    file, tokens = planted_file(sop_class, syntax, undefined=undefined)
    assert len(tokens.places) >= 130
    if syntax != raw_dicom.DEFLATED:
        # The bits above the pixels spell no bytes, and the group length holds four letters.
        assert len(tokens.found_in(file)) >= len(tokens.places) - 2
    new = written(file)
    assert tokens.found_in(new) == {}
    assert b"QZ" not in new
    assert [uid for uid in PLANTED_UIDS if uid in new] == []
    assert [date for date in PLANTED_DATES if date in new] == []
    assert "QZ" not in str(dcmread(io.BytesIO(new)))


def test_the_image_survives_what_was_planted_around_it(read_back):
    file, _ = planted_file(raw_dicom.CT, raw_dicom.EXPLICIT)
    dataset = read_back(file)
    assert dataset.PixelSpacing == [0.5, 0.5]
    assert dataset.ImagePositionPatient == [1, 2, 3]
    assert (dataset.pixel_array.ravel() == np.arange(64) * 37 % 2048).all()


@pytest.mark.parametrize("sop_class", KINDS)
def test_no_element_of_the_allow_list_lets_a_word_through(written, sop_class):
    for number, rule in KINDS[sop_class].allowed.items():
        if isinstance(rule, Items | Codes):
            continue
        of = image(sop_class)
        of[number] = (rule.vr, b"QZ001XYZ" * 3)
        try:
            new = written(part10(of))
        except ImagingError:
            continue
        assert b"QZ001" not in new, hex(number)
        of[number] = ("UN", b"QZ001XYZ" * 3)
        assert b"QZ001" not in written(part10(of)), hex(number)


@pytest.mark.parametrize(
    "sop_class",
    [raw_dicom.CT, raw_dicom.ENHANCED_CT, raw_dicom.XA, raw_dicom.ENHANCED_XA, raw_dicom.XRF],
)
def test_no_sequence_of_the_allow_list_lets_a_word_through_at_any_depth(written, sop_class):
    tokens = Tokens()

    def item(rules) -> raw_dicom.Elements:
        of: raw_dicom.Elements = {0x00104000: ("LT", tokens.new("PatientComments").encode())}
        of[0x00091001] = ("LO", tokens.new("private").encode())
        for number, rule in rules.items():
            if isinstance(rule, Items):
                of[number] = ("SQ", [item(rule.rules), {}])
            elif isinstance(rule, Codes):
                code = {"CodeValue": tokens.new("code"), "CodeMeaning": tokens.new("meaning")}
                of[number] = ("SQ", [item(rule.rules) | elements(code)])
            else:
                of[number] = (rule.vr, (tokens.new(hex(number)) + "XYZ").encode() * 2)
        return of

    sequences = {
        number: rule
        for number, rule in KINDS[sop_class].allowed.items()
        if isinstance(rule, Items | Codes)
    }
    of = image(sop_class) | {
        number: value for number, value in item(sequences).items() if isinstance(value[1], list)
    }
    for undefined in (False, True):
        file = part10(of, undefined=undefined)
        assert tokens.found_in(file)
        assert tokens.found_in(written(file)) == {}


def test_words_cannot_hide_in_good_values(written):
    """Text after a null, after a backslash, in a second value, or longer than the VR allows."""
    of = image() | elements(
        {
            "SliceThickness": "5\0QZ001",
            "KVP": "120\\QZ002",
            "ImageType": "ORIGINAL\\PRIMARY\\QZ003\\AXIAL",
            "ImageOrientationPatient": "1\\0\\0\\0\\1\\0\\0.5\\77777",
            "SeriesTime": "040506.123456QZ005",
            "SeriesDate": "20010203QZ006",
            "SeriesNumber": "12QZ007",
            "SpacingBetweenSlices": "1" * 4000,
            "BodyPartExamined": "HEAD QZ008",
            "AcquisitionNumber": "19430722",
            "SliceLocation": "6774825273",
        }
    )
    new = written(part10(of))
    assert b"QZ" not in new
    assert b"77777" not in new
    assert b"11111" not in new
    assert b"19430722" not in new
    assert b"6774825273" not in new
    assert dcmread(io.BytesIO(new)).ImageType == ["ORIGINAL", "PRIMARY", "OTHER", "AXIAL"]


def test_words_cannot_hide_in_binary_numbers(written):
    """Eight letters are a number to a double, and four are one to a tag or a long integer."""
    of = image(raw_dicom.ENHANCED_XA, frames=3)
    of[tag("AcquisitionDuration")] = ("FD", b"QZ001XYZ")
    of[tag("FrameIncrementPointer")] = ("AT", b"QZ02")
    of[tag("MaskSubtractionSequence")] = (
        "SQ",
        [
            elements({"MaskOperation": "AVG_SUB"})
            | {
                tag("MaskFrameNumbers"): ("US", b"QZ003Q"),
                tag("ApplicableFrameRange"): ("US", b"QZ004Q"),
                tag("MaskSubPixelShift"): ("FL", b"QZ005XYZ"),
            }
        ],
    )
    of[tag("PerFrameFunctionalGroupsSequence")] = (
        "SQ",
        [
            elements(
                {
                    "FrameContentSequence": [
                        {
                            tag("DimensionIndexValues"): ("UL", b"QZ006XYZ"),
                            tag("FrameAcquisitionDuration"): ("FD", struct.pack("<d", 20010203)),
                            tag("StackID"): ("SH", b"QZ007"),
                        }
                    ]
                }
            )
        ],
    )
    new = written(part10(of))
    assert b"QZ" not in new
    assert struct.pack("<d", 20010203) not in new
    assert dcmread(io.BytesIO(new)).MaskSubtractionSequence[0].MaskOperation == "AVG_SUB"


def test_a_patient_number_does_not_pass_for_the_number_of_a_series(written):
    of = image() | elements(
        {
            "PatientID": "7041776",
            "AccessionNumber": "88312",
            "SeriesNumber": "7041776",
            "AcquisitionNumber": "88312",
            "SliceLocation": "88312",
            "InstanceNumber": "12",
        }
    )
    new = written(part10(of))
    assert b"7041776" not in new
    assert b"88312" not in new
    assert dcmread(io.BytesIO(new)).InstanceNumber == 12
