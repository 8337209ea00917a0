"""Resample inclined, sheared or unevenly spaced slices to an upright, regular grid."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .pixels import AIR_HU
from .slice_stack import Floats, SliceStack

_COORDINATE_DECIMALS = 5


@dataclass(frozen=True)
class Grid:
    """A regular grid along the patient axes.

    Attributes
    ----------
    shape_zyx
        Number of points.
    spacing_zyx_mm
        Distances between points, mm.
    origin_lps_mm
        (x, y, z) of the first point.
    """

    shape_zyx: tuple[int, int, int]
    spacing_zyx_mm: tuple[float, float, float]
    origin_lps_mm: tuple[float, float, float]

    def axis(self, index: int) -> Floats:
        """Coordinates (mm) along x (0), y (1) or z (2)."""
        count, step = self.shape_zyx[2 - index], self.spacing_zyx_mm[2 - index]
        return self.origin_lps_mm[index] + step * np.arange(count, dtype=np.float64)


def resample(stack: SliceStack, grid: Grid) -> NDArray[np.int16]:
    """Interpolate the stack at the points of a grid.

    Each point is projected along the normal on the slice below and the slice above it, at their
    true positions; the value is bilinear in each and linear between the two. Points outside the
    stack are air (-1024 HU).

    Returns
    -------
    ndarray
        HU, int16 [z, y, x].
    """
    x, y = grid.axis(0)[None, :], grid.axis(1)[:, None]
    return np.stack([_resample_plane(stack, x, y, float(z)) for z in grid.axis(2)])


def _resample_plane(stack: SliceStack, x: Floats, y: Floats, z: float) -> NDArray[np.int16]:
    """Interpolate the stack on one axial plane; x is [1, column], y is [row, 1], mm."""
    heights = stack.heights_mm
    height = np.round(_dot(stack.normal, x, y, z), _COORDINATE_DECIMALS)
    below = np.clip(np.searchsorted(heights, height, side="right") - 1, 0, len(heights) - 2)
    upper_weight = (height - heights[below]) / (heights[below + 1] - heights[below])
    tolerance = 10.0**-_COORDINATE_DECIMALS
    covered = (upper_weight > -tolerance) & (upper_weight < 1 + tolerance)
    upper_weight = np.clip(upper_weight, 0, 1)
    plane = np.zeros(np.broadcast_shapes(x.shape, y.shape), np.float32)
    for index, weight in ((below, 1 - upper_weight), (below + 1, upper_weight)):
        values, inside = _sample_slices(stack, index, x, y, z)
        plane += weight.astype(np.float32) * values
        covered = covered & (inside | (weight == 0))
    plane[~np.broadcast_to(covered, plane.shape)] = AIR_HU
    return np.rint(plane).astype(np.int16)


def _sample_slices(
    stack: SliceStack, index: NDArray[np.intp], x: Floats, y: Floats, z: float
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Interpolate bilinearly in the slice that `index` names for each point."""
    _, rows, columns = stack.hu.shape
    dy, dx = stack.spacing_yx_mm
    ox, oy, oz = (stack.origins[index, axis] for axis in range(3))
    i = _dot(stack.row_direction, x - ox, y - oy, z - oz) / dx
    j = _dot(stack.column_direction, x - ox, y - oy, z - oz) / dy
    i, j = np.round(i, _COORDINATE_DECIMALS), np.round(j, _COORDINATE_DECIMALS)
    inside = (i >= 0) & (i <= columns - 1) & (j >= 0) & (j <= rows - 1)
    i0 = np.clip(np.floor(i).astype(np.intp), 0, columns - 1)
    j0 = np.clip(np.floor(j).astype(np.intp), 0, rows - 1)
    fi, fj = (i - i0).astype(np.float32), (j - j0).astype(np.float32)
    i1, j1 = np.minimum(i0 + 1, columns - 1), np.minimum(j0 + 1, rows - 1)
    values = np.zeros(np.broadcast_shapes(i.shape, j.shape), np.float32)
    for row, row_weight in ((j0, 1 - fj), (j1, fj)):
        for column, column_weight in ((i0, 1 - fi), (i1, fi)):
            if column_weight.any() and row_weight.any():
                values += (row_weight * column_weight) * stack.hu[index, row, column]
    return values, inside


def _dot(direction: Floats, x: Floats, y: Floats, z: Floats | float) -> Floats:
    """Scalar product; a zero component is skipped, so that the result stays one-dimensional."""
    total: Floats = np.zeros((1, 1))
    for component, coordinate in zip(direction, (x, y, z), strict=True):
        if component:
            total = total + component * coordinate
    return total
