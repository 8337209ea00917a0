"""The C-arm: where a point of the patient falls on the detector.

Angles follow DICOM C.8.7.5: primary 0 looks from the front, +90 from the patient's left (LAO), -90
from the right; secondary positive is cranial. The detector stands in direction d from the
isocentre, the source opposite; image rows run down against u, columns along u x d, so that at
(0, 0) the patient's left is on the image's right.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def _along(points: Values, direction: Values) -> Values:
    """Return the points' coordinates along a direction, summed in a fixed order."""
    x, y, z = points.T
    return np.asarray(x * direction[0] + y * direction[1] + z * direction[2])


@dataclass(frozen=True)
class CArm:
    """Geometry of one projection; the isocentre is LPS (0, 0, 0).

    Attributes
    ----------
    primary_deg, secondary_deg : float
        Positioner angles.
    sid_mm, sod_mm : float
        Distance of the source to the detector and to the isocentre.
    pixel_spacing_mm : float
        Distance of pixel centres on the detector, along rows and columns.
    size : int
        Rows and columns of the image; its middle is the foot of the central ray.
    """

    primary_deg: float
    secondary_deg: float
    sid_mm: float
    sod_mm: float
    pixel_spacing_mm: float
    size: int

    @property
    def detector_direction(self) -> Values:
        """Unit vector d from the isocentre to the detector, LPS."""
        alpha, beta = np.deg2rad(self.primary_deg), np.deg2rad(self.secondary_deg)
        return np.array([np.sin(alpha) * np.cos(beta), -np.cos(alpha) * np.cos(beta), np.sin(beta)])

    @property
    def up_direction(self) -> Values:
        """Unit vector u that points up in the image, LPS."""
        alpha, beta = np.deg2rad(self.primary_deg), np.deg2rad(self.secondary_deg)
        return np.array([-np.sin(alpha) * np.sin(beta), np.cos(alpha) * np.sin(beta), np.cos(beta)])

    @property
    def right_direction(self) -> Values:
        """Unit vector u x d that points right in the image, LPS."""
        return np.cross(self.up_direction, self.detector_direction)

    def magnification(self, points_lps_mm: Values) -> Values:
        """Return how much larger each point's surroundings [n, 3] appear on the detector."""
        along = _along(points_lps_mm, self.detector_direction)
        return np.asarray(self.sid_mm / (self.sod_mm + along))

    def project(self, points_lps_mm: Values) -> Values:
        """Return where points [n, 3] fall: (row, column) [n, 2], in pixels, fractional."""
        scale = self.magnification(points_lps_mm) / self.pixel_spacing_mm
        middle = (self.size - 1) / 2
        rows = middle - _along(points_lps_mm, self.up_direction) * scale
        columns = middle + _along(points_lps_mm, self.right_direction) * scale
        return np.stack([rows, columns], axis=1)
