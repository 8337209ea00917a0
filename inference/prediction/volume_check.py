"""Reject volumes that cannot be segmented, before any computing starts."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inference.errors import VolumeError
from inference.volumes import LARGEST_VOXELS

SMALLEST_SLICES = 3
SMALLEST_EXTENT_MM = 20.0
AIR_BELOW_HU = -300


def check_volume(
    hu: NDArray[np.generic], spacing_zyx_mm: Sequence[float], grid_spacing_zyx_mm: Sequence[float]
) -> None:
    """Check that a CT volume can be segmented.

    Parameters
    ----------
    hu
        CT values, HU, [z, y, x].
    spacing_zyx_mm
        Voxel spacing, mm.
    grid_spacing_zyx_mm
        Spacing of the grid to which the model resamples, mm.

    Raises
    ------
    VolumeError
        Saying what is wrong with the volume.
    """
    if hu.ndim != 3:
        raise VolumeError(f"A CT volume has 3 axes (z, y, x); this one has the shape {hu.shape}")
    if hu.size == 0:
        raise VolumeError(f"The CT volume is empty: its shape is {hu.shape}")
    if not np.issubdtype(hu.dtype, np.integer) and not np.issubdtype(hu.dtype, np.floating):
        raise VolumeError(f"CT values must be numbers, not {hu.dtype}")
    _check_spacing(spacing_zyx_mm)
    _check_size(hu.shape, spacing_zyx_mm, grid_spacing_zyx_mm)
    if np.issubdtype(hu.dtype, np.floating) and not np.isfinite(hu).all():
        bad = int((~np.isfinite(hu)).sum())
        raise VolumeError(f"{bad} of {hu.size} CT values are not finite (NaN or infinite)")
    highest = hu.max()
    if hu.min() == highest:
        raise VolumeError(f"The CT volume is blank: every voxel is {highest} HU")
    if highest < AIR_BELOW_HU:
        raise VolumeError(
            f"The CT volume shows nothing but air: no voxel is above {highest} HU. "
            "Are its values Hounsfield units?"
        )


def _check_spacing(spacing_zyx_mm: Sequence[float]) -> None:
    if len(spacing_zyx_mm) != 3 or not all(0.05 <= step <= 20 for step in spacing_zyx_mm):
        raise VolumeError(
            "The voxel spacing must be three lengths (z, y, x) between 0.05 and 20 mm, "
            f"not {tuple(spacing_zyx_mm)}"
        )


def _check_size(
    shape: tuple[int, ...], spacing_zyx_mm: Sequence[float], grid_spacing_zyx_mm: Sequence[float]
) -> None:
    extent_mm = [length * step for length, step in zip(shape, spacing_zyx_mm, strict=True)]
    if shape[0] < SMALLEST_SLICES or min(extent_mm) < SMALLEST_EXTENT_MM:
        size = " × ".join(f"{length:.0f}" for length in extent_mm)
        raise VolumeError(
            f"The CT volume is too small for a head: {shape[0]} slices, {size} mm (z, y, x); "
            f"at least {SMALLEST_SLICES} slices and {SMALLEST_EXTENT_MM:.0f} mm are needed"
        )
    grid_voxels = np.prod(np.divide(extent_mm, grid_spacing_zyx_mm))
    if max(grid_voxels, np.prod(shape, dtype=np.float64)) > LARGEST_VOXELS:
        raise VolumeError(
            f"The CT volume is too large: {shape} voxels, {grid_voxels:.0f} on the model's grid, "
            f"where {LARGEST_VOXELS} are the limit"
        )
