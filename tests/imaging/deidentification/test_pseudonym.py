"""UIDs, dates and names: replaced the same way wherever they stand."""

import io
from datetime import date, datetime

import pytest
from pydicom import dcmread
from pydicom.uid import UID

from reader_study.imaging.deidentification import Pseudonym, deidentify
from tests.imaging.deidentification import raw_dicom
from tests.imaging.deidentification.conftest import KEY
from tests.imaging.deidentification.raw_dicom import elements, image, part10


def new_dataset(of, pseudonym):
    return dcmread(io.BytesIO(b"".join(deidentify(part10(of), pseudonym).parts)))


def test_uids_meet_again_across_ct_angiography_and_sequences(pseudonym):
    reference = elements(
        {
            "ReferencedSOPClassUID": raw_dicom.CT,
            "ReferencedSOPInstanceUID": "1.2.840.99.777.1",
            "ReferencedFrameNumber": "3",
        }
    )
    ct = new_dataset(image(raw_dicom.CT), pseudonym)
    xa = new_dataset(
        image(raw_dicom.XA)
        | elements({"SOPInstanceUID": "1.2.3", "ReferencedImageSequence": [reference]}),
        pseudonym,
    )
    assert ct.FrameOfReferenceUID == xa.FrameOfReferenceUID
    assert ct.StudyInstanceUID == xa.StudyInstanceUID
    assert xa.ReferencedImageSequence[0].ReferencedSOPInstanceUID == ct.SOPInstanceUID
    assert xa.ReferencedImageSequence[0].ReferencedSOPClassUID == raw_dicom.CT
    assert xa.ReferencedImageSequence[0].ReferencedFrameNumber == 3
    assert ct.file_meta.MediaStorageSOPInstanceUID == ct.SOPInstanceUID
    assert len({ct.SOPInstanceUID, ct.StudyInstanceUID, ct.SeriesInstanceUID}) == 3


def test_new_uids_are_valid_and_of_the_uuid_root(pseudonym):
    for number in range(200):
        uid = UID(pseudonym.uid(f"1.2.3.{number}"))
        assert uid.is_valid
        assert uid.startswith("2.25.")
        assert int(uid[5:]).bit_length() <= 128
        assert int(uid[5:]) >> 76 & 0xF == 8


def test_another_key_gives_other_uids_and_dates(pseudonym):
    other = Pseudonym(KEY[::-1], "C001")
    assert pseudonym.uid("1.2.3") != other.uid("1.2.3")
    assert pseudonym.days_earlier != other.days_earlier


def test_uids_of_the_standard_stay(pseudonym):
    assert pseudonym.uid("1.2.840.10008.1.4.1.1") == "1.2.840.10008.1.4.1.1"
    assert pseudonym.uid("1.2.840.10008.99.99") != "1.2.840.10008.99.99"


@pytest.mark.parametrize("space", ["\n", "\t", "\x1f", "\x0b", "\u00a0"])
@pytest.mark.parametrize("uid", ["1.2.840.99.1.2.3", "1.2.840.10008.1.2", "MEIER"])
def test_white_space_makes_no_uid_one_of_the_standard(pseudonym, uid, space):
    for text in (space + uid, uid + space):
        assert pseudonym.uid(text).startswith("2.25.")


def test_all_dates_of_a_patient_move_by_the_same_days_and_times_stay(pseudonym):
    before_treatment = image(raw_dicom.XA)
    after_treatment = image(raw_dicom.XA) | elements(
        {"StudyDate": "20040301", "AcquisitionDateTime": "20040301000001.25+0100"}
    )
    first, second = (new_dataset(of, pseudonym) for of in (before_treatment, after_treatment))
    days = (date(2004, 3, 1) - date(2001, 2, 3)).days
    assert (day(second.StudyDate) - day(first.StudyDate)).days == days
    assert (date(2001, 2, 3) - day(first.StudyDate)).days == pseudonym.days_earlier
    assert first.AcquisitionTime == "040506.123"
    assert second.AcquisitionDateTime == f"{second.StudyDate}000001.25"
    moment = datetime.strptime(second.AcquisitionDateTime, "%Y%m%d%H%M%S.%f")  # noqa: DTZ007
    assert moment > datetime.strptime(first.AcquisitionDateTime, "%Y%m%d%H%M%S.%f")  # noqa: DTZ007
    assert first.LongitudinalTemporalInformationModified == "MODIFIED"


def day(text: str) -> date:
    return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007


def test_the_shift_is_a_patients_own_and_never_small():
    shifts = [Pseudonym(KEY, f"C{number:03d}").days_earlier for number in range(300)]
    assert len(set(shifts)) > 250
    assert min(shifts) >= 30
    assert max(shifts) <= 3650


@pytest.mark.parametrize(
    ("written_as", "becomes"),
    [
        ("2001.02.03", "shifted"),
        ("20010230", ""),
        ("03022001", ""),
        ("00010101", ""),
        ("20010203-20010205", ""),
        ("", ""),
    ],
)
def test_dates_that_are_none_are_emptied(pseudonym, written_as, becomes):
    dataset = new_dataset(image() | elements({"StudyDate": written_as}), pseudonym)
    shifted = pseudonym.day(date(2001, 2, 3)).strftime("%Y%m%d")
    assert dataset.StudyDate == (shifted if becomes else "")


@pytest.mark.parametrize(
    ("written_as", "becomes"),
    [("04:05:06.5", "040506.5"), ("0405", "0405"), ("250000", ""), ("04 05", ""), ("noon", "")],
)
def test_times_that_are_none_are_emptied(pseudonym, written_as, becomes):
    dataset = new_dataset(image() | elements({"StudyTime": written_as}), pseudonym)
    assert dataset.StudyTime == becomes


def test_the_method_is_recorded_in_codes(pseudonym):
    dataset = new_dataset(image(), pseudonym)
    assert dataset.PatientIdentityRemoved == "YES"
    codes = [
        (code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning)
        for code in dataset.DeidentificationMethodCodeSequence
    ]
    assert codes == [
        ("113100", "DCM", "Basic Application Confidentiality Profile"),
        ("113105", "DCM", "Clean Descriptors Option"),
        ("113107", "DCM", "Retain Longitudinal Temporal Information Modified Dates Option"),
    ]
    assert "Pixels not examined" in dataset.DeidentificationMethod[-1]


@pytest.mark.parametrize("said", ["YES", "NO", None])
def test_burned_in_text_is_what_the_source_says_and_never_our_claim(pseudonym, said):
    of = image() | (elements({"BurnedInAnnotation": said}) if said else {})
    assert new_dataset(of, pseudonym).get("BurnedInAnnotation") == said


@pytest.mark.parametrize("code", ["", " C1", "C1 ", "A^B", "Müller", "a\\b", "x" * 65, "C1\n"])
def test_a_case_code_that_would_not_fit_is_refused(code):
    with pytest.raises(ValueError, match="case code"):
        Pseudonym(KEY, code)


def test_a_short_key_is_refused():
    with pytest.raises(ValueError, match="15 bytes; use at least 16"):
        Pseudonym(b"x" * 15, "C001")


def test_words_that_tell_contrast_and_subtraction_survive(pseudonym):
    dataset = new_dataset(
        image(raw_dicom.XA)
        | elements(
            {
                "SeriesDescription": "Mr. Smith, DSA ICA left (w/o contrast) 12.3.2001",
                "ProtocolName": "Dr. Jones' protocol",
                "DerivationDescription": "SUBTRACTED by Jones",
                "ContrastBolusAgent": "Ultravist 300, Mr. Smith",
                "Manufacturer": "Philips Medical Systems",
            }
        ),
        pseudonym,
    )
    assert dataset.SeriesDescription == "DSA ICA LEFT W/O CONTRAST"
    assert "ProtocolName" not in dataset
    assert dataset.DerivationDescription == "SUBTRACTED"
    assert dataset.ContrastBolusAgent == "CONTRAST AGENT"
    assert dataset.Manufacturer == "Philips"


def test_coded_terms_keep_their_code_and_get_the_words_of_the_table(pseudonym):
    biplane = elements(
        {
            "CodeValue": "121314",
            "CodingSchemeDesignator": "DCM",
            "CodeMeaning": "other plane, Mr. Smith",
        }
    )
    unknown = elements(
        {"CodeValue": "99", "CodingSchemeDesignator": "SMITH", "CodeMeaning": "Smith"}
    )
    reference = elements(
        {
            "ReferencedSOPClassUID": raw_dicom.XA,
            "ReferencedSOPInstanceUID": "1.2.3",
            "PurposeOfReferenceCodeSequence": [biplane, unknown],
        }
    )
    frame = elements({"FrameAnatomySequence": [elements({"AnatomicRegionSequence": [unknown]})]})
    dataset = new_dataset(
        image(raw_dicom.ENHANCED_XA)
        | elements(
            {
                "ReferencedImageSequence": [reference],
                "PerFrameFunctionalGroupsSequence": [frame, {}],
            }
        ),
        pseudonym,
    )
    (purpose,) = dataset.ReferencedImageSequence[0].PurposeOfReferenceCodeSequence
    assert (purpose.CodeValue, purpose.CodeMeaning) == ("121314", "Other image of biplane pair")
    groups = dataset.PerFrameFunctionalGroupsSequence
    assert len(groups) == 2  # an emptied item keeps its place: there is one for each frame
    (region,) = groups[0].FrameAnatomySequence[0].AnatomicRegionSequence
    assert region.CodeMeaning == "Entire body"
