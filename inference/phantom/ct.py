"""The phantom: head, arteries, clot and noise put together into one CT volume."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.phantom.clot import Occlusion, clot_of_seed
from inference.phantom.fields import Plane, blurred, grain
from inference.phantom.grid import VesselVoxels, VoxelGrid, label_volume, vessel_voxels
from inference.phantom.head import HeadPainter
from inference.phantom.labels import Side
from inference.phantom.randomness import stream
from inference.phantom.tree import ArteryTree, grow_artery_tree

CLINICAL_SHAPE_ZYX = (120, 512, 512)
CLINICAL_SPACING_ZYX_MM = (1.2, 0.45, 0.45)

_NOISE_HU = 4.5
_NOISE_VOXEL_MM3 = 1.2 * 0.45 * 0.45
_FIELD_OF_VIEW_MM = 115.0
_OUTSIDE_FIELD_OF_VIEW_HU = -1024.0


@dataclass(frozen=True, eq=False)
class Phantom:
    """A synthetic head with its ground truth. Not a patient, not for clinical use.

    Attributes
    ----------
    hu : ndarray [z, y, x] of int16
        Non-contrast CT, HU; x to the patient's left, y to the back, z to the head.
    labels : ndarray [z, y, x] of uint8
        Artery labels (`ARTERY_LABELS`), 0 elsewhere. A clot is labelled as the artery it blocks.
    spacing_zyx_mm : tuple of float
        Voxel spacing, mm.
    origin_lps_mm : tuple of float
        LPS position (x, y, z) of voxel [0, 0, 0]. The C-arm's isocentre is LPS (0, 0, 0).
    tree : ArteryTree
        The arteries as centre lines; the same for every grid.
    occluded_side : "left", "right" or None
        Side of the clot in M1.
    occlusion : "hyperdense", "absent" or "none"
        How the clot shows: denser than blood, or no denser than brain.
    seed : int
        Seed of the phantom.
    """

    hu: NDArray[np.int16]
    labels: NDArray[np.uint8]
    spacing_zyx_mm: tuple[float, float, float]
    origin_lps_mm: tuple[float, float, float]
    tree: ArteryTree
    occluded_side: Side | None
    occlusion: Occlusion
    seed: int


def make_phantom(
    seed: int,
    *,
    occlusion: Occlusion | None = None,
    shape_zyx: tuple[int, int, int] = CLINICAL_SHAPE_ZYX,
    spacing_zyx_mm: tuple[float, float, float] = CLINICAL_SPACING_ZYX_MM,
) -> Phantom:
    """Make the phantom of a seed; it is the same on every machine.

    Parameters
    ----------
    seed : int
        0 or more.
    occlusion : str, optional
        How the clot in one M1 shows, "none" for no clot; drawn from the seed by default (two thirds
        hyperdense, one third absent). Head and tree do not depend on it.
    shape_zyx, spacing_zyx_mm : tuple
        Voxel grid around the middle of the head, by default a clinical thin-slice series.

    Raises
    ------
    ValueError
        If the seed is negative, or a size or spacing is not positive.
    """
    if min(shape_zyx) < 1 or min(spacing_zyx_mm) <= 0:
        raise ValueError(
            f"A phantom needs a positive shape and spacing, not {shape_zyx} and {spacing_zyx_mm}."
        )
    grid = VoxelGrid(shape_zyx, spacing_zyx_mm)
    tree = grow_artery_tree(seed)
    clot = clot_of_seed(seed, occlusion)
    vessels = vessel_voxels(tree, grid, clot.lumen_hu(tree))
    painter = HeadPainter(seed, grid, clot.infarct_side)
    return Phantom(
        hu=_scanned(seed, grid, painter, vessels),
        labels=label_volume(tree, grid, vessels),
        spacing_zyx_mm=grid.spacing_zyx_mm,
        origin_lps_mm=grid.origin_lps_mm,
        tree=tree,
        occluded_side=clot.side,
        occlusion=clot.shown,
        seed=seed,
    )


def _scanned(
    seed: int, grid: VoxelGrid, painter: HeadPainter, vessels: VesselVoxels
) -> NDArray[np.int16]:
    """Paint all slices with arteries, and add noise."""
    nz, ny, nx = grid.shape_zyx
    rng = stream(seed, "noise")
    deviation = noise_hu(grid.spacing_zyx_mm)
    seen = (grid.axis_mm(2)[None, :] ** 2 + grid.axis_mm(1)[:, None] ** 2) < _FIELD_OF_VIEW_MM**2
    bounds = np.searchsorted(vessels.voxels, np.arange(nz + 1) * ny * nx)
    hu = np.empty(grid.shape_zyx, dtype=np.int16)
    before = _noise(rng, (ny, nx), 0.0)
    for index in range(nz):
        plane = painter.slice_hu(index)
        own = slice(bounds[index], bounds[index + 1])
        flat = plane.reshape(-1)
        pixels = vessels.voxels[own] - index * ny * nx
        share = vessels.coverage[own].astype(np.float32)
        flat[pixels] += share * (vessels.lumen_hu[own].astype(np.float32) - flat[pixels])
        base = painter.base_weight(index)
        fresh = _noise(rng, (ny, nx), base)
        mixed = (np.float32(2.0) * fresh + before) * np.float32(1 / 2.2360679)
        before = fresh
        plane = plane + np.float32(deviation * (1.0 + 0.4 * base)) * mixed
        plane = np.where(seen, plane, np.float32(_OUTSIDE_FIELD_OF_VIEW_HU))
        hu[index] = np.rint(np.clip(plane, -1024, 3071)).astype(np.int16)
    return hu


def noise_hu(spacing_zyx_mm: tuple[float, float, float]) -> float:
    """Return the noise's standard deviation above the skull base, HU.

    4.5 HU in clinical voxels. Averaging over larger voxels lowers it with the fourth root of the
    volume, not the square root, because CT noise is correlated between neighbours.
    """
    volume = float(np.prod(spacing_zyx_mm))
    return float(np.sqrt(np.sqrt(_NOISE_VOXEL_MM3 / volume))) * _NOISE_HU


def _noise(rng: np.random.Generator, shape: tuple[int, int], base_weight: float) -> Plane:
    """Return noise of deviation 1: fine grain and, near the skull base, streaks across."""
    fine = blurred(grain(rng, shape)) * np.float32(8 / 3)
    if base_weight <= 0.0:
        return fine
    rows = grain(rng, shape)
    for reach in (1, 2, 4, 8, 16):
        rows = (rows + np.roll(rows, reach, axis=1)) * np.float32(0.70710678)
    weight = np.float32(0.45 * base_weight)
    return (fine + weight * rows) * np.float32(1 / np.sqrt(1 + float(weight) ** 2))
