"""Geometry of a C-arm: from a point in the patient to a pixel of the detector.

Angles follow DICOM PS3.3, C.8.7.5: the primary angle is 0 with the detector in front of the
chest, positive towards the patient's left (LAO); the secondary is positive towards the head
(cranial). All vectors are LPS. The source lies at isocentre - SOD * d and the detector plane at
isocentre + (SID - SOD) * d, where d is the detector direction; the image is seen from the
detector's side, so that at 0°/0° the patient's left is on the right of the image.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def detector_direction(primary_deg: float, secondary_deg: float) -> Floats:
    """Unit vector from the isocentre to the detector, LPS."""
    alpha, beta = np.radians(primary_deg), np.radians(secondary_deg)
    return np.array([np.sin(alpha) * np.cos(beta), -np.cos(alpha) * np.cos(beta), np.sin(beta)])


def detector_up(primary_deg: float, secondary_deg: float) -> Floats:
    """Unit vector (LPS) that points up on the image."""
    alpha, beta = np.radians(primary_deg), np.radians(secondary_deg)
    return np.array([-np.sin(alpha) * np.sin(beta), np.cos(alpha) * np.sin(beta), np.cos(beta)])


def detector_right(primary_deg: float, secondary_deg: float) -> Floats:
    """Unit vector (LPS) that points right on the image: up × direction."""
    return np.cross(
        detector_up(primary_deg, secondary_deg), detector_direction(primary_deg, secondary_deg)
    )


@dataclass(frozen=True)
class CArmView:
    """One position of a C-arm and its detector.

    Attributes
    ----------
    primary_deg, secondary_deg
        Positioner angles, degrees.
    sid_mm, sod_mm
        Distance from the source to the detector and to the isocentre, mm.
    pixel_spacing_mm
        (between rows, between columns) at the detector: ImagerPixelSpacing (0018,1164).
    rows, columns
        Size of the image. Its centre is pixel ((columns - 1) / 2, (rows - 1) / 2).
    isocentre_lps_mm
        The point that the C-arm turns about, LPS mm.
    """

    primary_deg: float
    secondary_deg: float
    sid_mm: float
    sod_mm: float
    pixel_spacing_mm: tuple[float, float]
    rows: int
    columns: int
    isocentre_lps_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def source_lps_mm(self) -> Floats:
        """Position of the X-ray source, LPS mm."""
        direction = detector_direction(self.primary_deg, self.secondary_deg)
        return np.asarray(self.isocentre_lps_mm) - self.sod_mm * direction

    def projection_matrix(self) -> Floats:
        """Return the 3 × 4 matrix P with P · (x, y, z, 1) = w · (column, row, 1).

        (x, y, z) is LPS in mm; w is the depth from the source along the detector direction, mm,
        and positive in front of the source.
        """
        angles = self.primary_deg, self.secondary_deg
        right, down = detector_right(*angles), -detector_up(*angles)
        axes = np.stack([right, down, detector_direction(*angles)])
        extrinsic = np.column_stack([axes, -axes @ self.source_lps_mm()])
        row_spacing, column_spacing = self.pixel_spacing_mm
        intrinsic = np.array(
            [
                [self.sid_mm / column_spacing, 0, (self.columns - 1) / 2],
                [0, self.sid_mm / row_spacing, (self.rows - 1) / 2],
                [0, 0, 1],
            ]
        )
        return intrinsic @ extrinsic

    def project(self, points_lps_mm: ArrayLike) -> Floats:
        """Project points.

        Parameters
        ----------
        points_lps_mm
            [point, 3], LPS mm.

        Returns
        -------
        ndarray
            [point, 2]: column and row, in pixels, not rounded.
        """
        points = np.atleast_2d(np.asarray(points_lps_mm, np.float64))
        homogeneous = np.column_stack([points, np.ones(len(points))]) @ self.projection_matrix().T
        return np.asarray(homogeneous[:, :2] / homogeneous[:, 2:])
