"""The frame that all parts of the phantom share: the inside of the skull, in LPS mm."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.phantom.randomness import stream

Points = NDArray[np.float64]

REFERENCE_HALF_AXES_MM = (68.0, 84.0, 68.0)
_LOW_HALF_AXIS_FACTOR = 1.6


@dataclass(frozen=True)
class Skull:
    """Inner surface of the skull: an ellipsoid around LPS (0, 0, 0), drawn out below z = 0.

    Attributes
    ----------
    scale_xyz : tuple of float
        Size relative to the reference head, along x, y, z.
    """

    scale_xyz: tuple[float, float, float]

    @property
    def half_axes_mm(self) -> tuple[float, float, float, float]:
        """Half axes along x, y, z above 0 and z below 0, mm."""
        a, b, c = (
            half * scale for half, scale in zip(REFERENCE_HALF_AXES_MM, self.scale_xyz, strict=True)
        )
        return a, b, c, c * _LOW_HALF_AXIS_FACTOR

    def relative_radius(self, points_lps_mm: Points) -> Points:
        """Return the radius of points [n, 3] relative to the inner surface (1 on it)."""
        a, b, up, down = self.half_axes_mm
        x, y, z = points_lps_mm.T
        half_z = np.where(z >= 0, up, down)
        return np.asarray(np.sqrt((x / a) ** 2 + (y / b) ** 2 + (z / half_z) ** 2))


def skull_of_seed(seed: int) -> Skull:
    """Draw the head size of a phantom: within ±4 % of the reference along each axis."""
    x, y, z = stream(seed, "head").uniform(0.96, 1.04, 3)
    return Skull((float(x), float(y), float(z)))
