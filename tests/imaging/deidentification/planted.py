"""A CT, an XA run and an enhanced CT with words planted wherever a word can stand."""

import struct
from dataclasses import dataclass, field

from pydicom.datadict import dictionary_VR

from tests.imaging.deidentification import raw_dicom
from tests.imaging.deidentification.raw_dicom import Elements, element, elements, tag

IDENTIFYING = """
PatientName PatientID PatientAddress OtherPatientNames OtherPatientIDs PatientMotherBirthName
PatientBirthName PatientTelephoneNumbers StudyID AccessionNumber InstitutionName
InstitutionAddress InstitutionalDepartmentName ReferringPhysicianName PerformingPhysicianName
OperatorsName NameOfPhysiciansReadingStudy PhysiciansOfRecord RequestingPhysician StationName
StudyDescription SeriesDescription ProtocolName ImageComments PatientComments
AdditionalPatientHistory DeviceSerialNumber RequestedProcedureDescription DerivationDescription
AcquisitionProtocolDescription ContrastBolusAgent DetectorID AdmissionID CurrentPatientLocation
MilitaryRank EthnicGroup Occupation RetrieveAETitle PerformedStationName ScheduledStationName
AcquisitionComments FrameComments UserContentLabel ContentCreatorName ClinicalTrialSubjectID
ClinicalTrialSiteName ManufacturerModelName Manufacturer DeviceLabel BodyPartExamined ScanOptions
ConvolutionKernel PositionReferenceIndicator RescaleType WindowCenterWidthExplanation ImageType
SoftwareVersions FilterType PatientState Allergies MedicalAlerts IssuerOfPatientID
PerformedProcedureStepID RequestedProcedureID DocumentTitle
PatientOrientation LossyImageCompressionMethod PatientPosition SpecificCharacterSet
"""
OF_EVERY_VR = {
    0x00741044: "AE", 0x00101010: "AS", 0x00720026: "AT", 0x00200060: "CS", 0x00100032: "TM",
    0x00101030: "DS", 0x0040A13A: "DT", 0x00189073: "FD", 0x00089459: "FL", 0x00201200: "IS",
    0x00324000: "LT", 0x00420011: "OB", 0x7FE00009: "OD", 0x00640009: "OF", 0x00660040: "OL",
    0x7FE00001: "OV", 0x00282000: "OB", 0x00281201: "OW", 0x00081049: "PN", 0x00080094: "SH",
    0x00720074: "SL", 0x00189219: "SS", 0x00400280: "ST", 0x00720082: "SV", 0x00080119: "UC",
    0x00083002: "UI", 0x00720078: "UL", 0x0040A0B0: "US", 0x00080120: "UR", 0x0040A160: "UT",
    0x00720083: "UV", 0x00100030: "DA",
}  # fmt: skip


@dataclass
class Tokens:
    """Words that stand nowhere else, and where each was planted."""

    places: dict[str, str] = field(default_factory=dict)

    def new(self, place: str) -> str:
        token = f"QZ{len(self.places) + 1:03d}"
        self.places[token] = place
        return token

    def found_in(self, data: bytes) -> dict[str, str]:
        """The tokens that are left in some bytes, in one of the usual codings."""
        return {
            token: place
            for token, place in self.places.items()
            if any(token.encode(c) in data for c in ("latin-1", "utf-16-le", "utf-16-be"))
        }


def plant(of: Elements, tokens: Tokens) -> Elements:
    """Plant words in elements of every kind beside those of the image itself."""
    planted = dict(of)
    for keyword in IDENTIFYING.split():
        number = tag(keyword)
        planted[number] = (dictionary_VR(number), tokens.new(keyword).encode())
    for number, vr in OF_EVERY_VR.items():
        value = tokens.new(f"VR {vr}").encode()
        size = {"AT": 4, "FL": 4, "FD": 8, "OD": 8, "OF": 4, "OL": 4, "OV": 8, "OW": 2, "SL": 4,
                "SS": 2, "SV": 8, "UL": 4, "US": 2, "UV": 8}.get(vr, 1)  # fmt: skip
        planted.setdefault(number, (vr, value + b"Q" * (-len(value) % size)))
    planted |= _nested(tokens) | _private(tokens) | _overlays_and_curves(tokens)
    return planted


def _nested(tokens: Tokens) -> Elements:
    deep = elements(
        {
            "PatientName": tokens.new("two sequences deep"),
            "ReferencedSOPInstanceUID": "1.2.840.99.777.10",
            "StudyDate": "19991231",
        }
    )
    request = elements(
        {
            "PatientID": tokens.new("RequestAttributesSequence"),
            "ScheduledProcedureStepDescription": tokens.new("RequestAttributesSequence"),
            "ReferencedImageSequence": [deep],
        }
    )
    reference = elements(
        {
            "ReferencedSOPClassUID": raw_dicom.CT,
            "ReferencedSOPInstanceUID": "1.2.840.99.777.1",
            "PatientName": tokens.new("ReferencedImageSequence"),
            "PurposeOfReferenceCodeSequence": [
                elements({"CodeMeaning": tokens.new("a code of a reference")})
            ],
        }
    )
    unknown_reference = elements(
        {
            "ReferencedSOPClassUID": tokens.new("ReferencedSOPClassUID"),
            "ReferencedSOPInstanceUID": tokens.new("ReferencedSOPInstanceUID"),
            "ReferencedFrameNumber": tokens.new("ReferencedFrameNumber"),
        }
    )
    region = elements(
        {
            "CodeValue": "69536005",
            "CodingSchemeDesignator": "SCT",
            "CodeMeaning": tokens.new("meaning of a good code"),
            "CodingSchemeVersion": tokens.new("version of a good code"),
        }
    )
    unknown_region = elements(
        {
            "CodeValue": tokens.new("CodeValue"),
            "CodingSchemeDesignator": tokens.new("CodingSchemeDesignator"),
            "CodeMeaning": tokens.new("CodeMeaning"),
        }
    )
    icon = elements({"PixelData": tokens.new("pixels of an icon"), "Rows": 1})
    content = elements({"TextValue": tokens.new("TextValue"), "PersonName": tokens.new("PNAME")})
    return elements(
        {
            "RequestAttributesSequence": [request],
            "ReferencedImageSequence": [reference, unknown_reference],
            "AnatomicRegionSequence": [region, unknown_region],
            "IconImageSequence": [icon],
            "ContentSequence": [content],
        }
    )


def _private(tokens: Tokens) -> Elements:
    inside = elements({"PatientName": tokens.new("sequence of a private element")})
    return {
        0x00090010: ("LO", tokens.new("private creator").encode()),
        0x00091001: ("LO", tokens.new("private LO").encode()),
        0x00091002: ("SQ", [inside]),
        0x00091003: ("UN", tokens.new("private UN").encode()),
        0x00091004: ("UI", b"1.2.840.99.777.11"),
        0x00111001: ("LO", tokens.new("private without creator").encode()),
        0x00091005: ("UT", tokens.new("private in UTF-16").encode("utf-16-le")),
        0x00080001: ("UL", tokens.new("group length").encode()[:4]),
    }


def _overlays_and_curves(tokens: Tokens) -> Elements:
    return {
        0x60000022: ("LO", tokens.new("overlay description").encode()),
        0x60004000: ("LT", tokens.new("overlay comments").encode()),
        0x60003000: ("OW", tokens.new("overlay data").encode() + b"Q"),
        0x601E3000: ("OB", tokens.new("last overlay").encode()),
        0x50000030: ("SH", tokens.new("curve units").encode()),
        0x50003000: ("OW", tokens.new("curve data").encode() + b"Q"),
    }


def after_the_pixels(tokens: Tokens) -> bytes:
    """Trailing padding, a signature, and bytes that belong to nothing."""
    padding = element(0xFFFCFFFC, "OB", tokens.new("trailing padding").encode())
    signed: Elements = {0x04000120: ("OB", tokens.new("signature").encode())}
    signature = elements({"DigitalSignaturesSequence": [signed]})
    garbage = tokens.new("bytes after the end").encode()
    return raw_dicom.encode(signature) + padding + garbage


def meta(tokens: Tokens) -> Elements:
    """File meta information that names people and machines."""
    return elements(
        {
            "SourceApplicationEntityTitle": tokens.new("SourceApplicationEntityTitle"),
            "SendingApplicationEntityTitle": tokens.new("SendingApplicationEntityTitle"),
            "ImplementationVersionName": tokens.new("ImplementationVersionName"),
            "PrivateInformationCreatorUID": "1.2.840.99.777.12",
            "PrivateInformation": tokens.new("PrivateInformation"),
        }
    )


def pixels_with_hidden_bits(word: str, count: int) -> bytes:
    """12-bit pixels that spell a word in the four bits above, one half byte a pixel."""
    halves = [half for byte in word.encode() for half in (byte >> 4, byte & 15)]
    values = [(i * 37) % 2048 | halves[i % len(halves)] << 12 for i in range(count)]
    return struct.pack(f"<{count}H", *values)
