"""Read the header of one file that calls itself DICOM, at a bounded cost, and check its pixels."""

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import BinaryIO

from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset, FileDataset
from pydicom.filereader import read_partial
from pydicom.tag import BaseTag
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    MediaStorageDirectoryStorage,
)

from .deflated import inflated
from .errors import ImagingError
from .file_kinds import has_dicom_mark
from .header_values import integer, uid
from .sizes import size_in_words
from .structure import meta_end_and_syntax, refuse_costly_structure

MAX_FRAGMENTS = 200_000
MAX_FILE_BYTES = 2 * 10**9
_FIRST_BYTES = 512
_DICOM_UID_ROOT = b"1.2.840.10008."
_NOT_DICOM = "not a DICOM file; export the series as DICOM"
_BEGINNING_LOST = "a DICOM file whose beginning is lost or damaged; export it again"
_DAMAGED = "a DICOM file that is damaged or cut short; export it again"
_NAMELESS = "a DICOM file that does not say what it holds (no SOP class); export it again"
_PIXEL_DATA = 0x7FE00010
_ITEM, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE0DD
_UNDEFINED_LENGTH = 0xFFFFFFFF
_UNCOMPRESSED = {ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian}

_KEYWORDS = (
    "SOPClassUID", "SOPInstanceUID", "Modality", "ImageType", "PatientID", "StudyInstanceUID",
    "SeriesInstanceUID", "SeriesDescription", "ProtocolName", "DerivationDescription",
    "FrameOfReferenceUID", "InstanceNumber", "AcquisitionDateTime", "AcquisitionDate",
    "AcquisitionTime", "ContentDate", "ContentTime", "SeriesDate", "SeriesTime", "StudyDate",
    "StudyTime", "ContrastBolusAgent",
    # pixels
    "Rows", "Columns", "NumberOfFrames", "SamplesPerPixel", "BitsAllocated", "BitsStored",
    "HighBit", "PixelRepresentation", "PhotometricInterpretation", "PlanarConfiguration",
    "PixelPaddingValue", "PixelPaddingRangeLimit", "RescaleSlope", "RescaleIntercept",
    # CT
    "ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "SliceThickness",
    "GantryDetectorTilt",
    # enhanced objects
    "SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence",
    "ContrastBolusAgentSequence",
    # XA
    "FrameIncrementPointer", "FrameTime", "FrameTimeVector", "CineRate",
    "RecommendedDisplayFrameRate", "MaskSubtractionSequence", "PixelIntensityRelationship",
    "PositionerMotion", "PositionerPrimaryAngle", "PositionerSecondaryAngle",
    "PositionerPrimaryAngleIncrement", "PositionerSecondaryAngleIncrement",
    "DistanceSourceToDetector", "DistanceSourceToPatient",
    "ImagerPixelSpacing", "ShutterShape", "ShutterLeftVerticalEdge", "ShutterRightVerticalEdge",
    "ShutterUpperHorizontalEdge", "ShutterLowerHorizontalEdge",
    # an index of a CD
    "DirectoryRecordSequence",
)  # fmt: skip
_HEADER_TAGS: list[BaseTag | int] = [
    tag for keyword in _KEYWORDS if (tag := tag_for_keyword(keyword)) is not None
]


class NotDicomError(ImagingError):
    """The file is not DICOM at all."""


@dataclass(frozen=True)
class Header:
    """The elements of a DICOM file that this package uses, and whether it has pixels.

    Attributes
    ----------
    transfer_syntax_uid
        As declared, or as recognised where the file meta information is missing.
    """

    dataset: Dataset
    transfer_syntax_uid: str
    has_pixels: bool


def read_header(path: Path) -> Header:
    """Read the header of a DICOM file and check that its pixel data is all there.

    Raises
    ------
    NotDicomError
        If the file is not DICOM.
    ImagingError
        If the file is damaged or cut short, or would cost too much to read.
    """
    with _opened(path) as file:
        start = file.read(_FIRST_BYTES)
        has_mark = has_dicom_mark(start)
        file.seek(0)
        try:
            dataset = _read_before(file, _HEADER_TAGS, stop_at=_PIXEL_DATA)
        except ImagingError as error:
            if has_mark:
                raise
            raise _not_dicom(start) from error
        if dataset.file_meta.get("MediaStorageSOPClassUID") == MediaStorageDirectoryStorage:
            return Header(dataset, "", has_pixels=False)
        if "SOPClassUID" not in dataset or "SOPInstanceUID" not in dataset:
            raise ImagingError(_NAMELESS) if has_mark else _not_dicom(start)
        syntax = _transfer_syntax(dataset)
        return Header(dataset, syntax, has_pixels=_has_whole_pixel_data(file, dataset, syntax))


def _not_dicom(start: bytes) -> ImagingError:
    if _DICOM_UID_ROOT in start:
        return ImagingError(_BEGINNING_LOST)
    return NotDicomError(_NOT_DICOM)


def read_with_pixels(path: Path) -> FileDataset:
    """Read the header elements of this package and the pixel data, ready to decode."""
    with _opened(path) as file:
        dataset = _read_before(file, [*_HEADER_TAGS, _PIXEL_DATA], stop_at=_PIXEL_DATA + 1)
        if "TransferSyntaxUID" not in dataset.file_meta:
            dataset.file_meta.TransferSyntaxUID = UID(_transfer_syntax(dataset))
        return dataset


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file whose structure is sound enough for pydicom; a deflated one comes inflated."""
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        if len(data) > MAX_FILE_BYTES:
            raise ImagingError(
                f"a DICOM file of {size_in_words(len(data))}, more than "
                f"{size_in_words(MAX_FILE_BYTES)}; export a shorter series"
            )
        start, syntax = meta_end_and_syntax(data)
        if syntax == DeflatedExplicitVRLittleEndian:
            plain = inflated(data, start)
            with plain.getbuffer() as content:
                refuse_costly_structure(content, start, ExplicitVRLittleEndian)
            plain.seek(0)
            yield plain
        else:
            refuse_costly_structure(data, start, syntax)
            yield file


def _read_before(file: BinaryIO, tags: list[BaseTag | int], stop_at: int) -> FileDataset:
    """Read the given elements up to `stop_at`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset = read_partial(
                file, lambda tag, vr, length: int(tag) >= stop_at, force=True, specific_tags=tags
            )
            # Values are parsed on first access: a broken one must not surface later.
            list(dataset.file_meta.iterall())
            list(dataset.iterall())
            return dataset
    except Exception as error:
        # pydicom raises almost any type on damaged input, MemoryError where a length is damaged;
        # to the uploader all mean the same.
        raise ImagingError(_DAMAGED) from error


def _transfer_syntax(dataset: FileDataset) -> str:
    declared = dataset.file_meta.get("TransferSyntaxUID")
    if declared:
        return str(declared)
    is_implicit, is_little_endian = dataset.original_encoding
    if is_implicit:
        return ImplicitVRLittleEndian
    return ExplicitVRLittleEndian if is_little_endian else ExplicitVRBigEndian


def _has_whole_pixel_data(file: BinaryIO, dataset: FileDataset, syntax: str) -> bool:
    """Check the pixel data element that `file` stands at against the file's own size.

    Returns
    -------
    bool
        False where the object has no pixel data and claims none.

    Raises
    ------
    ImagingError
        If the pixel data is shorter than the header declares.
    """
    start = file.tell()
    file_size = file.seek(0, 2)
    file.seek(start)
    endian = ">" if syntax == ExplicitVRBigEndian else "<"
    head = file.read(12)
    claims_pixels = "Rows" in dataset or uid(dataset, "SOPClassUID").name.endswith("Image Storage")
    if len(head) < 8 or struct.unpack(f"{endian}HH", head[:4]) != (0x7FE0, 0x0010):
        if claims_pixels:
            raise ImagingError("a DICOM image without pixel data, perhaps cut short; copy it again")
        return False
    if dataset.original_encoding[0]:
        length, data_start = struct.unpack(f"{endian}I", head[4:8])[0], start + 8
    elif len(head) == 12:
        length, data_start = struct.unpack(f"{endian}I", head[8:12])[0], start + 12
    else:
        length, data_start = file_size, start
    if length == _UNDEFINED_LENGTH:
        complete = _fragments_are_whole(file, data_start, file_size)
    else:
        expected = _expected_bytes(dataset) if syntax in _UNCOMPRESSED else 0
        complete = data_start + length <= file_size and length >= expected
    if not complete:
        raise ImagingError(
            "a DICOM file that is cut short, with less pixel data than it declares; copy it again"
        )
    return True


def _expected_bytes(dataset: Dataset) -> int:
    pixels = integer(dataset, "Rows", 0) * integer(dataset, "Columns", 0)
    samples = integer(dataset, "SamplesPerPixel", 1)
    frames = integer(dataset, "NumberOfFrames", 1)
    return pixels * samples * frames * integer(dataset, "BitsAllocated", 0) // 8


def _fragments_are_whole(file: BinaryIO, start: int, file_size: int) -> bool:
    """Walk the items of encapsulated pixel data (PS3.5, A.4) to the delimiter."""
    position = start
    for _ in range(MAX_FRAGMENTS):
        if position + 8 > file_size:
            return False
        file.seek(position)
        group, element, length = struct.unpack("<HHI", file.read(8))
        tag = group << 16 | element
        if tag == _SEQUENCE_END:
            return True
        if tag != _ITEM or length == _UNDEFINED_LENGTH:
            return False
        position += 8 + length
    raise ImagingError(f"a DICOM file of more than {MAX_FRAGMENTS:,} pieces of pixels; refused")
