"""A CT scanner as far as its images show it: grid, noise, sharpness; and its taking of an image."""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from inference.phantom.fields import Plane, blurred, grain
from inference.phantom.grid import VesselVoxels, VoxelGrid

_NOISE_HU = 4.5
_NOISE_VOXEL_MM3 = 1.2 * 0.45 * 0.45
_FIELD_OF_VIEW_MM = 115.0
_OUTSIDE_FIELD_OF_VIEW_HU = -1024.0


@dataclass(frozen=True)
class Scanner:
    """A scanner with one of its protocols.

    Attributes
    ----------
    name : str
        Name for people.
    shape_zyx : tuple of int
        Voxels of its volumes.
    spacing_zyx_mm : tuple of float
        Distance of their centres, mm.
    noise_hu : float
        Standard deviation of the noise in brain above the skull base, HU.
    blur_mm : float
        Standard deviation of the point spread within a slice, mm: 0 for the sharpest kernel. What
        is written is the nearest that repeated averaging over neighbours reaches, see
        `blurring_passes`.
    """

    name: str
    shape_zyx: tuple[int, int, int]
    spacing_zyx_mm: tuple[float, float, float]
    noise_hu: float
    blur_mm: float = 0.0

    @property
    def grid(self) -> VoxelGrid:
        """Return the grid of its volumes, centred on the head."""
        return VoxelGrid(self.shape_zyx, self.spacing_zyx_mm)

    @property
    def blurring_passes(self) -> int:
        """Return how often neighbours are averaged (1, 2, 1) / 4; each adds variance 1/2 pixel²."""
        return round(2.0 * (self.blur_mm / self.spacing_zyx_mm[2]) ** 2)


class Background(Protocol):
    """What is scanned, without arteries and noise."""

    def slice_hu(self, index: int) -> Plane:
        """Return slice `index` [rows, columns], HU."""

    def base_weight(self, index: int) -> float:
        """Return how much a slice suffers from beam hardening at the skull base, 0 to 1."""


def noise_hu(spacing_zyx_mm: tuple[float, float, float]) -> float:
    """Return the noise's standard deviation above the skull base at a usual dose, HU.

    4.5 HU in clinical voxels. Averaging over larger voxels lowers it with the fourth root of the
    volume, not the square root, because CT noise is correlated between neighbours.
    """
    volume = float(np.prod(spacing_zyx_mm))
    return float(np.sqrt(np.sqrt(_NOISE_VOXEL_MM3 / volume))) * _NOISE_HU


def scanned(
    scanner: Scanner, background: Background, vessels: VesselVoxels, rng: np.random.Generator
) -> NDArray[np.int16]:
    """Lay the arteries on all slices of a background, blur, and add noise.

    Parameters
    ----------
    scanner : Scanner
        Its grid is the background's and the vessels'.
    background : Background
        What lies around the arteries.
    vessels : VesselVoxels
        The arteries' share in the voxels.
    rng : numpy.random.Generator
        Random stream of the noise.

    Returns
    -------
    ndarray [z, y, x] of int16
        HU.
    """
    grid, passes = scanner.grid, scanner.blurring_passes
    nz, ny, nx = grid.shape_zyx
    seen = (grid.axis_mm(2)[None, :] ** 2 + grid.axis_mm(1)[:, None] ** 2) < _FIELD_OF_VIEW_MM**2
    bounds = np.searchsorted(vessels.voxels, np.arange(nz + 1) * ny * nx)
    hu = np.empty(grid.shape_zyx, dtype=np.int16)
    before = _noise(rng, (ny, nx), 0.0, passes)
    for index in range(nz):
        plane = background.slice_hu(index)
        own = slice(bounds[index], bounds[index + 1])
        flat = plane.reshape(-1)
        pixels = vessels.voxels[own] - index * ny * nx
        share = vessels.coverage[own].astype(np.float32)
        flat[pixels] += share * (vessels.lumen_hu[own].astype(np.float32) - flat[pixels])
        plane = blurred(plane, passes)
        base = background.base_weight(index)
        fresh = _noise(rng, (ny, nx), base, passes)
        mixed = (np.float32(2.0) * fresh + before) * np.float32(1 / 2.2360679)
        before = fresh
        plane = plane + np.float32(scanner.noise_hu * (1.0 + 0.4 * base)) * mixed
        plane = np.where(seen, plane, np.float32(_OUTSIDE_FIELD_OF_VIEW_HU))
        hu[index] = np.rint(np.clip(plane, -1024, 3071)).astype(np.int16)
    return hu


def _noise(
    rng: np.random.Generator, shape: tuple[int, int], base_weight: float, blurring_passes: int
) -> Plane:
    """Return noise of deviation 1: grain, coarser the smoother the kernel, and base streaks."""
    passes = 1 + blurring_passes
    # Variance that averaging leaves along an axis: the squared binomial weights' sum.
    left = math.comb(4 * passes, 2 * passes) / 16**passes
    fine = blurred(grain(rng, shape), passes) * np.float32(1 / left)
    if base_weight <= 0.0:
        return fine
    rows = grain(rng, shape)
    for reach in (1, 2, 4, 8, 16):
        rows = (rows + np.roll(rows, reach, axis=1)) * np.float32(0.70710678)
    weight = np.float32(0.45 * base_weight)
    return (fine + weight * rows) * np.float32(1 / np.sqrt(1 + float(weight) ** 2))
