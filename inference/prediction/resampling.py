"""nnU-Net's resampling, exactly, as one matrix an axis.

nnU-Net resamples with ``skimage.transform.resize``: splines along each axis, which is a linear map
of each axis by itself. The map's matrix is what the same function of SciPy makes of unit vectors,
and multiplying by it is some ten times as fast, on the CPU or on a GPU. Where slices are thick,
nnU-Net resamples within the slices and then across them ("separate z"); that is two such maps.
"""

# mypy: disallow-untyped-calls=False

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from nnunetv2.preprocessing.resampling.default_resampling import (
    determine_do_sep_z_and_axis,
    resample_data_or_seg_to_shape,
)
from scipy import ndimage

SLAB_VOXELS_ON_CPU = 4_000_000
SLAB_VOXELS_ON_GPU = 64_000_000

Shape = tuple[int, int, int]


@dataclass(frozen=True)
class Resampling:
    """How nnU-Net takes a volume from one grid to another.

    Attributes
    ----------
    old_shape, new_shape
        Voxels along the three axes.
    old_spacing_mm, new_spacing_mm
        Distances between voxels; they decide nothing but whether an axis is treated apart.
    arguments
        The plans' arguments of ``resample_data_or_seg_to_shape``.
    """

    old_shape: Shape
    new_shape: Shape
    old_spacing_mm: tuple[float, ...]
    new_spacing_mm: tuple[float, ...]
    arguments: dict[str, Any]

    @property
    def separate_axis(self) -> int | None:
        """The axis across thick slices, if it is treated apart."""
        separate, axis = determine_do_sep_z_and_axis(
            self.arguments["force_separate_z"], self.old_spacing_mm, self.new_spacing_mm
        )
        return int(axis) if separate else None

    def matrix(self, axis: int) -> torch.Tensor | None:
        """Return the map of one axis, [new, old] float32 on the CPU; None where nothing changes."""
        old, new = self.old_shape[axis], self.new_shape[axis]
        if old == new:
            return None
        if axis == self.separate_axis:
            return _matrix_across_slices(old, new, self.arguments["order_z"])
        return _matrix(old, new, self.arguments["order"])


def resample_image(
    volume: torch.Tensor,
    resampling: Resampling,
    normalise: Callable[[torch.Tensor], torch.Tensor] = torch.Tensor.float,
) -> torch.Tensor:
    """Normalise a volume and resample it as nnU-Net does.

    Parameters
    ----------
    volume
        [channel, axis 0, axis 1, axis 2], in any number format, on any device.
    resampling
        From the volume's grid to another.
    normalise
        Makes float32 of a part of the volume, voxel by voxel.

    Returns
    -------
    Tensor
        float32 on the same device. It differs from nnU-Net's by rounding in float32, 2e-6 of the
        image's range.
    """
    if resampling.old_shape == resampling.new_shape:
        return normalise(volume)
    if resampling.arguments["is_seg"]:
        return torch.from_numpy(by_nnunet(normalise(volume), resampling)).to(volume.device)
    across = resampling.separate_axis
    resampled, lowest, highest = _resampled_in_slabs(volume, resampling, normalise)
    if across != 0:
        resampled = _along(resampled, 0, resampling.matrix(0))
        lowest, highest = lowest.amin(1, keepdim=True), highest.amax(1, keepdim=True)
    # Splines overshoot at edges; skimage clips to the range of what it was given: the volume, or
    # each slice.
    resampled = torch.minimum(torch.maximum(resampled, lowest), highest)
    if across is not None:
        resampled = _along(resampled, across, resampling.matrix(across))
    return resampled


def _resampled_in_slabs(
    volume: torch.Tensor,
    resampling: Resampling,
    normalise: Callable[[torch.Tensor], torch.Tensor],
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Normalise, and resample along axes 1 and 2 unless treated apart, in slabs of axis 0.

    A slab stays in a processor's cache, and the normalised volume never lies in memory as a whole.

    Returns
    -------
    tuple
        What was resampled; the lowest and the highest values before, as what is clipped at once.
    """
    across = resampling.separate_axis
    # The axis that shrinks most goes first, so that the other has less to do.
    axes = sorted(
        {1, 2} - {across}, key=lambda axis: resampling.new_shape[axis] / resampling.old_shape[axis]
    )
    clipped_at_once = tuple(axis + 1 for axis in range(3) if axis != across)
    slab_voxels = SLAB_VOXELS_ON_CPU if volume.device.type == "cpu" else SLAB_VOXELS_ON_GPU
    thickness = max(1, slab_voxels // math.prod(resampling.old_shape[1:]))
    slabs, lowest, highest = [], [], []
    for raw in volume.split(thickness, dim=1):
        slab = normalise(raw)
        lowest.append(slab.amin(clipped_at_once, keepdim=True))
        highest.append(slab.amax(clipped_at_once, keepdim=True))
        for axis in axes:
            slab = _along(slab, axis, resampling.matrix(axis))
        slabs.append(slab)
    return torch.cat(slabs, 1), torch.cat(lowest, 1), torch.cat(highest, 1)


def along_all(volume: torch.Tensor, matrices: Sequence[torch.Tensor | None]) -> torch.Tensor:
    """Apply the maps of the three axes to [channel, 0, 1, 2]; None changes nothing."""
    for axis, matrix in enumerate(matrices):
        volume = _along(volume, axis, matrix)
    return volume


def _along(volume: torch.Tensor, axis: int, matrix: torch.Tensor | None) -> torch.Tensor:
    """Apply a matrix [new, old] to one of the last three axes of [channel, 0, 1, 2]."""
    if matrix is None:
        return volume
    matrix = matrix.to(volume.device)
    if axis == 2:
        return volume @ matrix.T
    if axis == 1:
        return torch.matmul(matrix, volume)
    channels, _, rows, columns = volume.shape
    flat = volume.reshape(channels, volume.shape[1], rows * columns)
    return torch.matmul(matrix, flat).reshape(channels, len(matrix), rows, columns)


@lru_cache(maxsize=64)
def _matrix(old: int, new: int, order: int) -> torch.Tensor:
    """The map of one axis in ``skimage.transform.resize`` with mode "edge", no anti-aliasing."""
    columns = [
        ndimage.zoom(unit, new / old, order=order, mode="nearest", grid_mode=True)
        for unit in np.eye(old)
    ]
    return torch.from_numpy(np.stack(columns, axis=1).astype(np.float32))


@lru_cache(maxsize=64)
def _matrix_across_slices(old: int, new: int, order: int) -> torch.Tensor:
    """The map across slices in nnU-Net's ``resample_data_or_seg`` with separate z."""
    positions = old / new * (np.arange(new) + 0.5) - 0.5
    columns = [
        ndimage.map_coordinates(unit, positions[np.newaxis], order=order, mode="nearest")
        for unit in np.eye(old)
    ]
    return torch.from_numpy(np.stack(columns, axis=1).astype(np.float32))


def by_nnunet(volume: torch.Tensor, resampling: Resampling) -> np.ndarray[Any, np.dtype[Any]]:
    """Resample by nnU-Net's own function; for what plans may ask for but its planner never does."""
    resampled: np.ndarray[Any, np.dtype[Any]] = resample_data_or_seg_to_shape(
        volume.cpu().numpy(),
        resampling.new_shape,
        resampling.old_spacing_mm,
        resampling.new_spacing_mm,
        **resampling.arguments,
    )
    return resampled
