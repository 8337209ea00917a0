"""Decide for every image whether it belongs to a non-contrast CT, a DSA run, or to neither."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import (
    CTImageStorage,
    EnhancedCTImageStorage,
    EnhancedXAImageStorage,
    XRayAngiographicImageStorage,
    XRayRadiofluoroscopicImageStorage,
)

from .header_values import (
    acquisition_time,
    float_or_none,
    floats,
    image_type,
    integer,
    text,
    uid,
)
from .headers import Header
from .series import CTSeries, CTSlice, XARunFile

MIN_SLICES = 3
MAX_TILT_FROM_AXIAL_DEG = 40.0
_SCOUT_MAX_SLICES = 4
_SAME_GEOMETRY_TOLERANCE = 1e-3
_REFORMAT_WORDS = {"REFORMATTED", "MPR", "MIP", "MINIP", "VRT", "AVERAGE", "PROJECTION IMAGE"}
_NO_AGENT = {"", "NO", "NONE", "N", "0", "NON", "WITHOUT", "W/O", "OHNE", "NO CONTRAST"}
_NATIVE_WORDS = re.compile(r"NON[ -]?CON|NCCT|WITHOUT|W/O|\bWO\b|NO CONTRAST|NATIV|UNENHANCED|\bC-")
_CONTRAST_WORDS = re.compile(
    r"\bCTA\b|ANGIO|\bCTP\b|PERFUSION|\bC\+|\+C\b|CONTRAST|\bPOST\b|VENOUS|ARTERIAL|\bCE\b|\bKM\b"
)


@dataclass(frozen=True)
class Instance:
    """One DICOM object of an upload."""

    path: Path
    name: str
    header: Header


@dataclass(frozen=True)
class LeftOut:
    """One sound object that the study does not need, with the reason."""

    name: str
    reason: str


@dataclass(frozen=True)
class Classified:
    """Instances sorted into what the study reads and what it leaves out."""

    ct_series: tuple[CTSeries, ...]
    xa_runs: tuple[XARunFile, ...]
    left_out: tuple[LeftOut, ...]


def classify(instances: list[Instance]) -> Classified:
    """Sort DICOM objects into non-contrast CT series, angiography runs and the rest."""
    ct_images: list[Instance] = []
    runs: list[XARunFile] = []
    left_out: list[LeftOut] = []
    for instance in instances:
        reason = _reason_against_instance(instance.header)
        if reason:
            left_out.append(LeftOut(instance.name, reason))
        elif uid(instance.header.dataset, "SOPClassUID") == CTImageStorage:
            ct_images.append(instance)
        else:
            runs.append(_xa_run(instance))
    series: list[CTSeries] = []
    for group in _ct_groups(ct_images):
        candidate = _ct_series(group)
        reason = _reason_against_series(candidate)
        if reason:
            left_out.extend(LeftOut(instance.name, reason) for instance in group)
        else:
            series.append(candidate)
    return Classified(tuple(series), tuple(sorted(runs, key=_run_order)), tuple(left_out))


def _run_order(run: XARunFile) -> tuple[datetime, str]:
    return run.acquired_at or datetime.max, run.name  # noqa: DTZ901 - headers carry no zone


def _reason_against_instance(header: Header) -> str:
    dataset = header.dataset
    sop_class = uid(dataset, "SOPClassUID")
    if sop_class == CTImageStorage:
        return _reason_against_ct(dataset)
    if sop_class in (XRayAngiographicImageStorage, XRayRadiofluoroscopicImageStorage):
        return _reason_against_xa(dataset)
    if sop_class in (EnhancedCTImageStorage, EnhancedXAImageStorage):
        return "an enhanced multi-frame object; export it as classic CT or XA"
    if not header.has_pixels:
        return f"no image ({sop_class.name}); it is not needed"
    return f"neither CT nor angiography ({sop_class.name})"


def _reason_against_ct(dataset: Dataset) -> str:
    kinds = image_type(dataset)
    missing = _missing_ct_geometry(dataset)
    if "LOCALIZER" in kinds:
        reason = "a localizer (scout view), not part of the volume"
    elif kinds & _REFORMAT_WORDS:
        reason = "a reformat, not the acquired slices"
    elif kinds and text(dataset, "ImageType").startswith("DERIVED"):
        reason = "a derived image, not the acquired slices"
    elif _has_contrast(dataset):
        reason = "a CT with contrast agent; the study reads non-contrast CT"
    elif integer(dataset, "SamplesPerPixel", 1) != 1:
        reason = "a colour picture, not a CT slice"
    elif missing:
        reason = f"a CT image without {missing}; it cannot be placed in space"
    else:
        reason = ""
    return reason


def _missing_ct_geometry(dataset: Dataset) -> str:
    orientation = floats(dataset, "ImageOrientationPatient")
    spacing = floats(dataset, "PixelSpacing")
    if len(floats(dataset, "ImagePositionPatient")) != 3:
        return "a position"
    if len(orientation) != 6 or not _is_orthonormal(orientation):
        return "a valid orientation"
    if len(spacing) != 2 or min(spacing) <= 0:
        return "a pixel spacing"
    return ""


def _is_orthonormal(orientation: list[float]) -> bool:
    row, column = np.array(orientation[:3]), np.array(orientation[3:])
    lengths = np.linalg.norm(row), np.linalg.norm(column)
    return bool(np.allclose(lengths, 1, atol=0.01) and abs(row @ column) < 0.01)


def _has_contrast(dataset: Dataset) -> bool:
    if text(dataset, "ContrastBolusAgent").upper() not in _NO_AGENT:
        return True
    words = f"{text(dataset, 'SeriesDescription')} {text(dataset, 'ProtocolName')}".upper()
    return bool(_CONTRAST_WORDS.search(words)) and not _NATIVE_WORDS.search(words)


def _reason_against_xa(dataset: Dataset) -> str:
    if integer(dataset, "NumberOfFrames", 1) < 2:
        return "a single angiography picture, not a run"
    if integer(dataset, "SamplesPerPixel", 1) != 1:
        return "a colour recording, not an angiography run"
    return ""


def _ct_groups(images: list[Instance]) -> list[list[Instance]]:
    """Group images by patient, series and size, and by orientation and spacing within rounding."""
    groups_of: dict[tuple[object, ...], list[list[Instance]]] = {}
    for image in images:
        dataset = image.header.dataset
        key = (
            text(dataset, "PatientID"),
            text(dataset, "SeriesInstanceUID"),
            integer(dataset, "Rows", 0),
            integer(dataset, "Columns", 0),
        )
        groups = groups_of.setdefault(key, [])
        for group in groups:
            if np.allclose(
                _plane(dataset), _plane(group[0].header.dataset), atol=_SAME_GEOMETRY_TOLERANCE
            ):
                group.append(image)
                break
        else:
            groups.append([image])
    return [group for groups in groups_of.values() for group in groups]


def _plane(dataset: Dataset) -> list[float]:
    return floats(dataset, "ImageOrientationPatient") + floats(dataset, "PixelSpacing")


def _ct_series(group: list[Instance]) -> CTSeries:
    first = group[0].header.dataset
    row, column = _unit_vectors(floats(first, "ImageOrientationPatient"))
    spacing = floats(first, "PixelSpacing")
    times = [time for i in group if (time := acquisition_time(i.header.dataset))]
    return CTSeries(
        patient_id=text(first, "PatientID"),
        study_uid=text(first, "StudyInstanceUID"),
        series_uid=text(first, "SeriesInstanceUID"),
        frame_of_reference_uid=text(first, "FrameOfReferenceUID"),
        description=text(first, "SeriesDescription"),
        acquired_at=min(times, default=None),
        rows=integer(first, "Rows", 0),
        columns=integer(first, "Columns", 0),
        row_direction=row,
        column_direction=column,
        pixel_spacing_mm=(spacing[0], spacing[1]),
        slices=tuple(_ct_slice(instance) for instance in group),
    )


def _unit_vectors(
    orientation: list[float],
) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Remove the rounding of the header's cosines: unit length, at right angles."""
    row = np.array(orientation[:3]) / np.linalg.norm(orientation[:3])
    column = np.array(orientation[3:]) - (np.array(orientation[3:]) @ row) * row
    column /= np.linalg.norm(column)
    return (
        (float(row[0]), float(row[1]), float(row[2])),
        (float(column[0]), float(column[1]), float(column[2])),
    )


def _ct_slice(instance: Instance) -> CTSlice:
    dataset = instance.header.dataset
    x, y, z = floats(dataset, "ImagePositionPatient")
    return CTSlice(
        path=instance.path,
        name=instance.name,
        sop_instance_uid=text(dataset, "SOPInstanceUID"),
        instance_number=integer(dataset, "InstanceNumber", 0),
        position_lps_mm=(x, y, z),
        thickness_mm=float_or_none(dataset, "SliceThickness"),
    )


def _reason_against_series(series: CTSeries) -> str:
    normal = np.cross(series.row_direction, series.column_direction)
    from_axial_deg = float(np.degrees(np.arccos(min(abs(normal[2]), 1.0))))
    count = len(series.slices)
    if from_axial_deg > MAX_TILT_FROM_AXIAL_DEG:
        if count <= _SCOUT_MAX_SLICES:
            return "a localizer (scout view), not part of the volume"
        return "a coronal or sagittal reformat, not axial slices"
    if count < MIN_SLICES:
        slices = "1 slice" if count == 1 else f"{count} slices"
        return f"a CT series of {slices}; a volume needs at least {MIN_SLICES}"
    return ""


def _xa_run(instance: Instance) -> XARunFile:
    dataset = instance.header.dataset
    kinds = image_type(dataset)
    plane = next((kind[-1] for kind in ("BIPLANE A", "BIPLANE B") if kind in kinds), None)
    return XARunFile(
        patient_id=text(dataset, "PatientID"),
        study_uid=text(dataset, "StudyInstanceUID"),
        series_uid=text(dataset, "SeriesInstanceUID"),
        sop_instance_uid=text(dataset, "SOPInstanceUID"),
        frame_of_reference_uid=text(dataset, "FrameOfReferenceUID"),
        description=text(dataset, "SeriesDescription"),
        acquired_at=acquisition_time(dataset),
        plane=plane,
        frames=integer(dataset, "NumberOfFrames", 1),
        rows=integer(dataset, "Rows", 0),
        columns=integer(dataset, "Columns", 0),
        primary_deg=float_or_none(dataset, "PositionerPrimaryAngle"),
        secondary_deg=float_or_none(dataset, "PositionerSecondaryAngle"),
        path=instance.path,
        name=instance.name,
    )
