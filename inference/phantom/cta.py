"""CT angiography of a phantom: contrast in the arteries, and the head moved since the other CT.

Simplified: the contrast is the same in all arteries (thin ones lose it to partial volume alone), no
veins are opacified, and nothing reaches the arteries beyond a clot through collaterals.
"""

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.phantom.clot import Clot, Occlusion, clot_of_seed
from inference.phantom.fields import Plane
from inference.phantom.grid import HEAD_CENTRE_LPS_MM, VoxelGrid, label_volume, vessel_voxels
from inference.phantom.head import HeadPainter
from inference.phantom.labels import ARTERY_LABELS
from inference.phantom.randomness import stream
from inference.phantom.scanner import Scanner, scanned
from inference.phantom.tree import ArteryTree, grow_artery_tree

Transform = NDArray[np.float64]

CONTRAST_HU = (300.0, 420.0)
LARGEST_TURN_DEG = 5.0
LARGEST_SHIFT_MM = 6.0
_MARGIN_MM = 20.0
_UNREACHED = len(ARTERY_LABELS)
"""Added to the labels of arteries that contrast does not reach, while they are put on the grid."""


@dataclass(frozen=True, eq=False)
class PhantomCTA:
    """CT angiography of a phantom with its ground truth. Not a patient, not for clinical use.

    Attributes
    ----------
    hu : ndarray [z, y, x] of int16
        The CT angiography, HU; axes as in `inference.phantom.Phantom`.
    labels : ndarray [z, y, x] of uint8
        Artery labels of the whole tree, beyond a clot too, where the arteries lie in this image.
    opacified : ndarray [z, y, x] of uint8
        The same without what contrast does not reach: what can be drawn on this image.
    spacing_zyx_mm, origin_lps_mm : tuple of float
        Voxel spacing, mm, and LPS position (x, y, z) of voxel [0, 0, 0].
    moved_lps : ndarray [4, 4] of float64
        How the head moved: takes LPS positions of tissue in the non-contrast CT to LPS positions
        of the same tissue in this image, mm.
    """

    hu: NDArray[np.int16]
    labels: NDArray[np.uint8]
    opacified: NDArray[np.uint8]
    spacing_zyx_mm: tuple[float, float, float]
    origin_lps_mm: tuple[float, float, float]
    moved_lps: Transform


def rigid_motion(turns_deg: tuple[float, float, float], shift_mm: tuple[float, ...]) -> Transform:
    """Return the 4 × 4 matrix that turns around the head's middle and then shifts.

    Parameters
    ----------
    turns_deg : tuple of float
        Turns around the axes x, then y, then z (LPS), degrees.
    shift_mm : tuple of float
        Shift along x, y, z, mm.
    """
    turned = np.eye(3)
    for axis, angle in enumerate(np.deg2rad(turns_deg)):
        one, other = (axis + 1) % 3, (axis + 2) % 3
        turn = np.eye(3)
        turn[one, one] = turn[other, other] = np.cos(angle)
        turn[other, one], turn[one, other] = np.sin(angle), -np.sin(angle)
        turned = turn @ turned
    centre = np.array(HEAD_CENTRE_LPS_MM)
    matrix = np.eye(4)
    matrix[:3, :3] = turned
    matrix[:3, 3] = centre - turned @ centre + np.array(shift_mm)
    return matrix


def motion_of_seed(seed: int) -> Transform:
    """Draw how a phantom's head moved between its two scans: some degrees and millimetres."""
    rng = stream(seed, "motion")
    x, y, z = rng.uniform(-LARGEST_TURN_DEG, LARGEST_TURN_DEG, 3)
    return rigid_motion((x, y, z), tuple(rng.uniform(-LARGEST_SHIFT_MM, LARGEST_SHIFT_MM, 3)))


def scan_cta(
    seed: int,
    scanner: Scanner,
    *,
    occlusion: Occlusion | None = None,
    moved_lps: Transform | None = None,
) -> PhantomCTA:
    """Take the CT angiography of a phantom.

    Parameters
    ----------
    seed, occlusion
        See `inference.phantom.make_phantom`; the same seed has the same head, arteries and clot.
    scanner : Scanner
        The scanner.
    moved_lps : ndarray [4, 4], optional
        See `PhantomCTA`; drawn from the seed by default.
    """
    moved = motion_of_seed(seed) if moved_lps is None else moved_lps
    clot = clot_of_seed(seed, occlusion)
    rng = stream(seed, "cta")
    tree, lumen_hu = _opacified_tree(seed, clot, float(rng.uniform(*CONTRAST_HU)), moved)
    grid = scanner.grid
    vessels = vessel_voxels(tree, grid, lumen_hu)
    marked = label_volume(tree, grid, vessels)
    unreached = marked > _UNREACHED
    labels = np.where(unreached, marked - _UNREACHED, marked)
    return PhantomCTA(
        hu=scanned(scanner, _MovedHead(seed, clot, grid, moved), vessels, rng),
        labels=labels,
        opacified=np.where(unreached, np.uint8(0), labels),
        spacing_zyx_mm=grid.spacing_zyx_mm,
        origin_lps_mm=grid.origin_lps_mm,
        moved_lps=moved,
    )


def _opacified_tree(
    seed: int, clot: Clot, contrast_hu: float, moved_lps: Transform
) -> tuple[ArteryTree, NDArray[np.float64]]:
    """Return the moved tree, labelled by what contrast reaches, and its lumen's HU."""
    tree = grow_artery_tree(seed)
    unreached = clot.unreached(tree)
    lumen_hu = np.where(unreached, clot.lumen_hu(tree), contrast_hu)
    points = tree.points_lps_mm @ moved_lps[:3, :3].T + moved_lps[:3, 3]
    labels = tree.labels + np.where(unreached, _UNREACHED, 0).astype(np.uint8)
    return dataclasses.replace(tree, points_lps_mm=points, labels=labels), lumen_hu


class _MovedHead:
    """The head without arteries, moved: painted where it was and interpolated linearly."""

    def __init__(self, seed: int, clot: Clot, grid: VoxelGrid, moved_lps: Transform) -> None:
        from scipy import ndimage

        margin = [int(np.ceil(_MARGIN_MM / step)) for step in grid.spacing_zyx_mm]
        shape = tuple(np.add(grid.shape_zyx, np.multiply(2, margin)).tolist())
        around = VoxelGrid(shape, grid.spacing_zyx_mm)
        painter = HeadPainter(seed, around, clot.infarct_side)
        painted = np.stack([painter.slice_hu(index) for index in range(shape[0])])
        to_painted = np.linalg.inv(_voxels_to_lps(around)) @ np.linalg.inv(moved_lps)
        matrix = (to_painted @ _voxels_to_lps(grid))[:3]
        self._hu = ndimage.affine_transform(
            painted,
            matrix[::-1, 2::-1],
            matrix[::-1, 3],
            output_shape=grid.shape_zyx,
            order=1,
            mode="nearest",
        )
        self._painter = painter
        self._first_slice = margin[0]

    def slice_hu(self, index: int) -> Plane:
        """Return slice `index` [rows, columns], HU, without arteries and noise."""
        return np.array(self._hu[index], dtype=np.float32)

    def base_weight(self, index: int) -> float:
        """Return how much a slice suffers from beam hardening; small turns are left out."""
        return self._painter.base_weight(index + self._first_slice)


def _voxels_to_lps(grid: VoxelGrid) -> Transform:
    """Return the 4 × 4 matrix from voxel indices (x, y, z) to LPS positions, mm."""
    matrix = np.diag([*grid.spacing_zyx_mm[::-1], 1.0])
    matrix[:3, 3] = grid.origin_lps_mm
    return matrix
