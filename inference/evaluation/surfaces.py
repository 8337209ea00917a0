"""Distances between the surfaces of two masks, weighted by surface area.

After Nikolov et al., "Clinically applicable segmentation of head and neck anatomy for
radiotherapy", J Med Internet Res 2021 (arXiv:1809.04430): a surface element sits at every corner of
the voxel grid whose eight voxels are neither all in nor all out of the mask. Its area is that of
the piece of marching cubes' surface (Lorensen and Cline, SIGGRAPH 1987) in the cell between the
eight voxels' centres. A distance is that of an element to the nearest element of the other surface.
"""

# mypy: disallow-untyped-calls=False

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.evaluation.masks import (
    Mask,
    UndefinedMeasure,
    bounding_box,
    foregrounds,
    why_empty,
)

Floats = NDArray[np.float64]

# Five steps of 0.2 mm are 1 mm, whatever the arithmetic makes of them.
_ROUNDING_MM = 1e-6


@dataclass(frozen=True)
class SurfaceDistances:
    """The distances of all surface elements to the other surface.

    Attributes
    ----------
    predicted_to_truth, truth_to_predicted
        Distance of each element of one surface to the nearest of the other, mm.
    predicted_areas, true_areas
        Area of each element, mm².
    """

    predicted_to_truth: Floats
    predicted_areas: Floats
    truth_to_predicted: Floats
    true_areas: Floats

    def hausdorff(self, percent: float) -> float:
        """Return the larger of both directions' percentiles of the distance, mm.

        A direction's percentile is the smallest distance within which `percent` of the surface's
        area lies. 95 gives HD95.
        """
        return max(
            _percentile(self.predicted_to_truth, self.predicted_areas, percent),
            _percentile(self.truth_to_predicted, self.true_areas, percent),
        )

    def average(self) -> float:
        """Return the mean distance over the area of both surfaces together, mm."""
        weighted = (
            self.predicted_to_truth @ self.predicted_areas
            + self.truth_to_predicted @ self.true_areas
        )
        return float(weighted / (self.predicted_areas.sum() + self.true_areas.sum()))

    def share_within(self, tolerance_mm: float) -> float:
        """Return the share of both surfaces' area that is within a distance of the other.

        At a tolerance of 1 mm this is NSD at 1 mm. What lies at the tolerance is within.
        """
        tolerance_mm += _ROUNDING_MM
        near = (
            self.predicted_areas[self.predicted_to_truth <= tolerance_mm].sum()
            + self.true_areas[self.truth_to_predicted <= tolerance_mm].sum()
        )
        return float(near / (self.predicted_areas.sum() + self.true_areas.sum()))


def surface_distances(
    predicted: NDArray[Any], truth: NDArray[Any], spacing_zyx_mm: Sequence[float]
) -> SurfaceDistances:
    """Measure how far the surfaces of two masks are from each other.

    Parameters
    ----------
    predicted, truth
        Masks of one grid; booleans, or labels with background 0; [z, y, x].
    spacing_zyx_mm
        Voxel spacing, mm.

    Raises
    ------
    UndefinedMeasure
        If a mask is empty: there is no surface to measure to.
    """
    from scipy.spatial import KDTree

    p, t = foregrounds(predicted, truth)
    reason = why_empty(not p.any(), not t.any())
    if reason:
        raise UndefinedMeasure(reason)
    box = bounding_box(p, t, margin=0)
    predicted_points, predicted_areas = _surface_elements(p[box], spacing_zyx_mm)
    true_points, true_areas = _surface_elements(t[box], spacing_zyx_mm)
    # Trees of points instead of distance maps: the elements of vessels are few in their large box.
    to_truth, _ = KDTree(true_points).query(predicted_points)
    to_predicted, _ = KDTree(predicted_points).query(true_points)
    return SurfaceDistances(to_truth, predicted_areas, to_predicted, true_areas)


def surface_dice(
    predicted: NDArray[Any],
    truth: NDArray[Any],
    spacing_zyx_mm: Sequence[float],
    tolerance_mm: float,
) -> float:
    """Normalised surface Dice (NSD): share of both surfaces within a tolerance of each other.

    0 if one mask is empty.

    Raises
    ------
    UndefinedMeasure
        If both masks are empty.
    """
    p, t = foregrounds(predicted, truth)
    if p.any() != t.any():
        return 0.0
    return surface_distances(p, t, spacing_zyx_mm).share_within(tolerance_mm)


def element_areas(spacing_zyx_mm: Sequence[float]) -> Floats:
    """Area of marching cubes' surface in a cell, for each of the 256 patterns of its corners.

    Where a pattern is ambiguous the side with fewer corners is cut off in separate pieces, as in
    the table of 1987.

    Parameters
    ----------
    spacing_zyx_mm
        Voxel spacing, mm.

    Returns
    -------
    ndarray of float64, [256]
        mm². Bit 4 z + 2 y + x of a pattern is the corner (z, y, x), each 0 or 1.
    """
    return _element_areas(*(float(step) for step in spacing_zyx_mm))


@functools.lru_cache(maxsize=64)
def _element_areas(*spacing_zyx_mm: float) -> Floats:
    areas = np.zeros(256)
    for pattern in range(1, 255):
        corners = ((pattern >> np.arange(8)) & 1).astype(np.bool_).reshape(2, 2, 2)
        fewer = ~corners if corners.sum() > 4 else corners
        areas[pattern] = sum(_cut_off_area(piece, spacing_zyx_mm) for piece in _pieces(fewer))
    areas.setflags(write=False)
    return areas


def _pieces(corners: Mask) -> list[Mask]:
    from scipy.ndimage import label

    pieces, count = label(corners)
    return [pieces == number for number in range(1, count + 1)]


def _cut_off_area(corners: Mask, spacing_zyx_mm: tuple[float, ...]) -> float:
    from skimage.measure import marching_cubes, mesh_surface_area

    vertices, triangles, _, _ = marching_cubes(
        corners.astype(np.float32), 0.5, spacing=spacing_zyx_mm, method="lorensen"
    )
    return float(mesh_surface_area(vertices, triangles))


def _surface_elements(mask: Mask, spacing_zyx_mm: Sequence[float]) -> tuple[Floats, Floats]:
    """Return the points (mm, [elements, zyx]) and areas (mm²) of a mask's surface elements."""
    # What lies beyond the grid is background, so that a mask at its border has a surface there.
    voxels = np.pad(mask, 1).view(np.uint8)
    pattern = voxels[:, :, :-1] | voxels[:, :, 1:] << 1
    pattern = pattern[:, :-1] | pattern[:, 1:] << 2
    pattern = pattern[:-1] | pattern[1:] << 4
    flat = np.flatnonzero((pattern > 0) & (pattern < 255))
    points = np.column_stack(np.unravel_index(flat, pattern.shape)) * np.asarray(spacing_zyx_mm)
    return points, element_areas(spacing_zyx_mm)[pattern.ravel()[flat]]


def _percentile(distances: Floats, areas: Floats, percent: float) -> float:
    order = np.argsort(distances)
    share = np.cumsum(areas[order]) / areas.sum()
    place = int(np.searchsorted(share, percent / 100))
    return float(distances[order[min(place, len(order) - 1)]])
