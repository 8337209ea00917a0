"""Gather CT images that form one stack: same patient, series, size, orientation and spacing."""

import numpy as np
from pydicom.dataset import Dataset

from .contrast_hints import mentions_contrast
from .header_values import acquisition_time, float_or_none, floats, integer, text
from .instance import Instance
from .series import CTSeries, CTSlice

_SAME_GEOMETRY_TOLERANCE = 1e-3


def missing_ct_geometry(dataset: Dataset) -> str:
    """Name what a CT image lacks to be placed in space; empty where nothing is missing."""
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


def ct_groups(images: list[Instance]) -> list[list[Instance]]:
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


def ct_series(group: list[Instance]) -> CTSeries:
    """Describe one group of images as a series."""
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
        nominal_tilt_deg=float_or_none(first, "GantryDetectorTilt"),
        mentions_contrast=mentions_contrast(first),
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
        frame=instance.frame,
    )
