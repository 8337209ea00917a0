"""The phantom: head, arteries, clot and noise put together into one CT volume."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.phantom.clot import Occlusion, clot_of_seed
from inference.phantom.grid import label_volume, vessel_voxels
from inference.phantom.head import HeadPainter
from inference.phantom.labels import Side
from inference.phantom.randomness import stream
from inference.phantom.scanner import Scanner, noise_hu, scanned
from inference.phantom.tree import ArteryTree, grow_artery_tree

CLINICAL_SHAPE_ZYX = (120, 512, 512)
CLINICAL_SPACING_ZYX_MM = (1.2, 0.45, 0.45)


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
    scanner = Scanner("usual dose", shape_zyx, spacing_zyx_mm, noise_hu(spacing_zyx_mm))
    return scan_phantom(seed, scanner, occlusion=occlusion)


def scan_phantom(seed: int, scanner: Scanner, *, occlusion: Occlusion | None = None) -> Phantom:
    """Take the non-contrast CT of a phantom on a scanner.

    Parameters
    ----------
    seed, occlusion
        See `make_phantom`.
    scanner : Scanner
        The scanner; neither head, arteries nor clot depend on it.
    """
    grid = scanner.grid
    tree = grow_artery_tree(seed)
    clot = clot_of_seed(seed, occlusion)
    vessels = vessel_voxels(tree, grid, clot.lumen_hu(tree))
    painter = HeadPainter(seed, grid, clot.infarct_side)
    return Phantom(
        hu=scanned(scanner, painter, vessels, stream(seed, "noise")),
        labels=label_volume(tree, grid, vessels),
        spacing_zyx_mm=grid.spacing_zyx_mm,
        origin_lps_mm=grid.origin_lps_mm,
        tree=tree,
        occluded_side=clot.side,
        occlusion=clot.shown,
        seed=seed,
    )
