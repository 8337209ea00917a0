"""Put CT slices in order and describe how they lie in the patient."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from .begin import Begin, read_all
from .enhanced import classic_frames, is_enhanced
from .errors import ImagingError
from .gates import Gate, SeriesRefusedError, Verdict
from .header_values import uid
from .pixels import hounsfield, read_frames
from .series import CTSeries, CTSlice

DUPLICATES = "duplicates"
MAX_VOXELS = 2**29
SAME_POSITION_MM = 0.01
MAX_CONFLICTING_SHARE = 0.1
MISSING_SLICE_FACTOR = 1.8

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SliceStack:
    """Slices sorted from feet to head, turned by whole quarter turns and flips only.

    Attributes
    ----------
    hu
        int16 [slice, row, column]; columns run mainly to the patient's left, rows mainly to
        posterior.
    origins
        [slice, 3] LPS mm, centre of the first pixel of each slice.
    row_direction, column_direction
        Unit vectors (LPS) along increasing column index (x) and row index (y).
    spacing_yx_mm
        Between rows, between columns.
    gates
        What was found while the slices were read.
    """

    hu: NDArray[np.int16]
    origins: Floats
    row_direction: Floats
    column_direction: Floats
    spacing_yx_mm: tuple[float, float]
    gates: tuple[Gate, ...]

    @cached_property
    def normal(self) -> Floats:
        """Unit vector across the slices, towards the head."""
        return np.cross(self.row_direction, self.column_direction)

    @cached_property
    def heights_mm(self) -> Floats:
        """Position of each slice along the normal, mm, increasing."""
        return np.asarray(self.origins @ self.normal)

    @cached_property
    def steps_mm(self) -> Floats:
        """Distance between the origins of neighbouring slices, mm, measured along the table."""
        return np.asarray(np.linalg.norm(np.diff(self.origins, axis=0), axis=1))

    @property
    def shear_deg(self) -> float:
        """Angle between the way from slice to slice and the slices' normal: the gantry tilt."""
        way = self.origins[-1] - self.origins[0]
        return float(np.degrees(np.arccos(np.clip(way @ self.normal / np.linalg.norm(way), -1, 1))))

    @property
    def inclination_deg(self) -> float:
        """Largest angle between a slice axis and the patient axis it runs along."""
        smallest = min(self.row_direction[0], self.column_direction[1], self.normal[2])
        return float(np.degrees(np.arccos(np.clip(smallest, -1, 1))))

    @property
    def missing_slices(self) -> list[float]:
        """Sizes (mm) of the gaps that are far wider than the steps beside them."""
        return [float(gap) for gap in self.steps_mm[self._is_gap]]

    @property
    def steps_without_gaps_mm(self) -> Floats:
        """Steps between slices (mm) where none is missing."""
        return self.steps_mm[~self._is_gap]

    @cached_property
    def _is_gap(self) -> NDArray[np.bool_]:
        padded = np.concatenate([[0.0], self.steps_mm, [0.0]])
        beside = np.maximum(padded[:-2], padded[2:])
        return np.asarray(self.steps_mm >= MISSING_SLICE_FACTOR * beside)

    def corners(self) -> Floats:
        """Centres of the four corner pixels of every slice, [slice, 4, 3] LPS mm."""
        _, rows, columns = self.hu.shape
        along_row: Floats = self.row_direction * self.spacing_yx_mm[1] * (columns - 1)
        along_column: Floats = self.column_direction * self.spacing_yx_mm[0] * (rows - 1)
        ends = np.stack([0 * along_row, along_row, along_column, along_row + along_column])
        corners: Floats = self.origins[:, None, :] + ends[None, :, :]
        return corners


def read_stack(series: CTSeries, begin: Begin = read_all) -> SliceStack:
    """Decode and order the slices of a series.

    Order is the projection of ImagePositionPatient on the slice normal; the instance number is
    not trusted. Repeated slices are dropped.

    Parameters
    ----------
    begin
        Called with the name of each file before it is read.

    Raises
    ------
    ImagingError
        If a slice cannot be decoded, or two different images are at the same place throughout.
    """
    row, column = np.array(series.row_direction), np.array(series.column_direction)
    normal = np.cross(row, column)
    ordered = sorted(series.slices, key=lambda s: (s.position_lps_mm @ normal, s.instance_number))
    refuse_outsize((len(ordered), series.rows, series.columns))
    hu = np.empty((len(ordered), series.rows, series.columns), np.int16)
    gates: dict[str, Gate] = {}
    for indices in _indices_by_file(ordered):
        for index, (slice_hu, found) in zip(
            indices, _read_slices([ordered[i] for i in indices], series, begin), strict=True
        ):
            hu[index] = slice_hu
            for gate in found:
                gates.setdefault(gate.name, gate)
    origins = np.array([ct_slice.position_lps_mm for ct_slice in ordered])
    kept, duplicates = _without_duplicates(hu, origins @ normal)
    return _turned_to_patient_axes(
        SliceStack(
            hu=hu if len(kept) == len(hu) else hu[kept],
            origins=origins[kept],
            row_direction=row,
            column_direction=column,
            spacing_yx_mm=series.pixel_spacing_mm,
            gates=(duplicates, *gates.values()),
        )
    )


def refuse_outsize(shape: tuple[int, int, int]) -> None:
    """Refuse a volume that no head CT comes near, before memory is taken for it.

    Raises
    ------
    SeriesRefusedError
        If the volume is of more than `MAX_VOXELS`.
    """
    if math.prod(shape) > MAX_VOXELS:
        size = " × ".join(map(str, reversed(shape)))
        sentence = f"a volume of {size} voxels is more than a head CT has; export it again"
        raise SeriesRefusedError([Gate("field of view", Verdict.REFUSED, sentence)])


def _indices_by_file(ordered: list[CTSlice]) -> Iterable[list[int]]:
    indices: dict[Path, list[int]] = {}
    for index, ct_slice in enumerate(ordered):
        indices.setdefault(ct_slice.path, []).append(index)
    return indices.values()


def _read_slices(
    slices: list[CTSlice], series: CTSeries, begin: Begin
) -> Iterator[tuple[NDArray[np.int16], list[Gate]]]:
    """Decode the slices of one file: one of a classic file, many of an enhanced one."""
    name = slices[0].name
    begin(name)
    numbers = [ct_slice.frame for ct_slice in slices]
    frames: list[Dataset] | None = None
    for number, (dataset, stored) in zip(
        numbers, read_frames(slices[0].path, name, numbers), strict=True
    ):
        if stored.shape != (series.rows, series.columns):
            raise ImagingError(
                f"{name}: decodes to {' × '.join(map(str, stored.shape))} pixels instead of "
                f"{series.rows} × {series.columns}; export the series again"
            )
        if is_enhanced(uid(dataset, "SOPClassUID")):
            frames = frames or classic_frames(dataset)
            yield hounsfield(stored, frames[number])
        else:
            yield hounsfield(stored, dataset)


def _without_duplicates(hu: NDArray[np.int16], heights_mm: Floats) -> tuple[list[int], Gate]:
    """Return the indices to keep, and what to say about the others."""
    kept = [0]
    identical = conflicting = 0
    for index in range(1, len(heights_mm)):
        if heights_mm[index] - heights_mm[kept[-1]] > SAME_POSITION_MM:
            kept.append(index)
        elif np.array_equal(hu[index], hu[kept[-1]]):
            identical += 1
        else:
            conflicting += 1
    if conflicting > MAX_CONFLICTING_SHARE * len(kept):
        sentence = (
            f"{conflicting} of {len(heights_mm)} slices lie where another, different slice lies: "
            "the series mixes several reconstructions; export one of them"
        )
        raise SeriesRefusedError([Gate(DUPLICATES, Verdict.REFUSED, sentence)])
    if conflicting:
        sentence = f"Different slices at one position, first kept: {conflicting}"
        sentence += f"; repeated slices dropped: {identical}" if identical else ""
        return kept, Gate(DUPLICATES, Verdict.FLAGGED, sentence)
    if identical:
        sentence = f"Repeated slices dropped: {identical}"
        return kept, Gate(DUPLICATES, Verdict.CORRECTED, sentence)
    return kept, Gate(DUPLICATES, Verdict.PASS, "No slice occurs twice")


def _turned_to_patient_axes(stack: SliceStack) -> SliceStack:
    """Transpose and flip so that columns run to the left, rows to posterior, slices to the head."""
    hu, origins = stack.hu, stack.origins
    row, column = stack.row_direction, stack.column_direction
    dy, dx = stack.spacing_yx_mm
    if abs(row[1]) > abs(row[0]):
        hu, row, column, dy, dx = hu.transpose(0, 2, 1), column, row, dx, dy
    if row[0] < 0:
        origins = origins + row * dx * (hu.shape[2] - 1)
        hu, row = hu[:, :, ::-1], -row
    if column[1] < 0:
        origins = origins + column * dy * (hu.shape[1] - 1)
        hu, column = hu[:, ::-1, :], -column
    if np.cross(row, column) @ (origins[-1] - origins[0]) < 0:
        hu, origins = hu[::-1], origins[::-1]
    turned: dict[str, Any] = {
        "hu": np.ascontiguousarray(hu),
        "origins": origins,
        "row_direction": row,
        "column_direction": column,
        "spacing_yx_mm": (dy, dx),
    }
    return SliceStack(**turned, gates=stack.gates)
