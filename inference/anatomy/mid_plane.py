"""The plane between the left and the right half of a head, found from the skull's symmetry.

Bone is mirrored in a plane, and the plane is turned and moved until mirrored bone falls on bone
(least squares over two angles and a distance, Nelder–Mead from several turns of the head, first
on a blurred skull and then on a sharper one). Soft tissue and air have no part in it: a swollen
half of the brain, a tube or a head rest would pull the plane.

On 24 phantoms turned by up to 20° and moved by up to 8 mm along each axis the plane's direction was
off by 0.23° and its place by 0.04 mm at most.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.optimize import minimize

BONE_HU = (150.0, 700.0)
"""Below the first value nothing counts, above the second nothing counts more: metal would."""
GRID_MM = 2.5
BLURS_MM = (8.0, 3.0)
FEWEST_BONE_POINTS = 400
MOST_BONE_POINTS = 6000
FIRST_TURNS_DEG = (-20.0, 0.0, 20.0)
FARTHEST_TURN_DEG = 45.0
LARGEST_MISMATCH = 0.5
"""Share of the skull's own contrast that mirroring may leave. Phantoms, cut ones too, leave less
than a hundredth; real skulls are less even."""

Points = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class MidPlane:
    """The mid-sagittal plane.

    Attributes
    ----------
    normal_zyx
        float64 [3], unit length, to the patient's left.
    offset_mm
        Distance of the plane from the middle of the volume's first voxel along the normal, mm.
    """

    normal_zyx: Points
    offset_mm: float

    def leftward_mm(self, points_zyx_mm: Points) -> Points:
        """Return how far points [n, 3] lie to the left of the plane, mm; negative to the right."""
        distances: Points = points_zyx_mm @ self.normal_zyx - self.offset_mm
        return distances


def find_mid_plane(hu: NDArray[np.generic], spacing_zyx_mm: Sequence[float]) -> MidPlane | None:
    """Find the mid-sagittal plane of a head.

    Parameters
    ----------
    hu
        CT values, HU, [z, y, x]; axes towards the head, posterior and left.
    spacing_zyx_mm
        Voxel spacing, mm.

    Returns
    -------
    MidPlane or None
        None where there is too little bone, or where bone is not symmetric enough to tell.
    """
    strides = [max(1, round(GRID_MM / step)) for step in spacing_zyx_mm]
    coarse = hu[tuple(slice(None, None, stride) for stride in strides)].astype(np.float32)
    spacing = np.multiply(spacing_zyx_mm, strides).astype(np.float64)
    bone = (np.clip(coarse, *BONE_HU) - BONE_HU[0]) / (BONE_HU[1] - BONE_HU[0])
    points = np.argwhere(bone > 0.5) * spacing
    if len(points) < FEWEST_BONE_POINTS or min(bone.shape) < 3:
        return None
    points = points[:: max(1, len(points) // MOST_BONE_POINTS)]
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    blurred, sharper = (_Skull(bone, blur_mm, spacing, points, middle) for blur_mm in BLURS_MM)
    tried = [_best_from(blurred, np.array([turn, 0.0, 0.0])) for turn in FIRST_TURNS_DEG]
    best = _best_from(sharper, min(tried, key=blurred.mismatch))
    normal = _normal(best)
    if sharper.mismatch(best) > LARGEST_MISMATCH or normal[2] < np.cos(
        np.radians(FARTHEST_TURN_DEG)
    ):
        return None
    return MidPlane(normal, float(middle @ normal + best[2]))


def _best_from(skull: "_Skull", turn: Points) -> Points:
    corners = turn + np.vstack([np.zeros(3), np.diag([8.0, 8.0, 6.0])])
    options = {"initial_simplex": corners, "xatol": 0.02, "fatol": 1e-6}
    best: Points = minimize(skull.mismatch, turn, method="Nelder-Mead", options=options).x
    return best


def _normal(turn: Points) -> Points:
    """Return the normal of a plane turned about the body's long axis and the line of sight, °."""
    yaw, roll = np.radians(turn[:2])
    return np.array([np.sin(roll), np.sin(yaw) * np.cos(roll), np.cos(yaw) * np.cos(roll)])


class _Skull:
    """How well bone falls on bone when it is mirrored in a plane through about the middle."""

    def __init__(
        self,
        bone: NDArray[np.float32],
        blur_mm: float,
        spacing: Points,
        points: Points,
        middle: Points,
    ) -> None:
        self._field = ndimage.gaussian_filter(bone, blur_mm / spacing)
        self._spacing, self._points, self._middle = spacing, points, middle
        self._values = self._at(points)
        self._contrast = float(self._values.var()) + float(self._values.mean()) ** 2

    def mismatch(self, turn: Points) -> float:
        """Return the mean squared difference for two angles (°) and a shift (mm), as a share."""
        normal = _normal(turn)
        distances = (self._points - self._middle) @ normal - turn[2]
        mirrored = self._at(self._points - 2 * distances[:, None] * normal)
        return float(np.mean((mirrored - self._values) ** 2)) / self._contrast

    def _at(self, points: Points) -> Points:
        places = (points / self._spacing).T
        # Beyond the scan the nearest slice stands for what was not scanned.
        values: Points = ndimage.map_coordinates(self._field, places, order=1, mode="nearest")
        return values
