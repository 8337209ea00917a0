"""Scans and labels as SimpleITK images: positions LPS, mm, axes upright."""

from pathlib import Path

import numpy as np
import SimpleITK as sitk

from inference.errors import VolumeError
from inference.volumes import Volume, read_volume

SAME_PLACE_MM = 0.1
"""Grids whose corners lie nearer than this are one grid: files round their geometry."""

_SKEW = 1e-3


def read_scan(path: Path, *, contrast_agent: bool = False) -> sitk.Image:
    """Read a CT volume, HU, from NIfTI, a DICOM folder or a zip.

    Raises
    ------
    VolumeError
        If it cannot be read, or its axes are not at right angles.
    """
    return _image(read_volume(path, contrast_agent=contrast_agent), path)


def read_labels(path: Path) -> sitk.Image:
    """Read artery labels, uint8, from a NIfTI file.

    Raises
    ------
    VolumeError
        If it cannot be read or holds anything but whole numbers from 0 to 255.
    """
    image = _image(read_volume(path), path)
    values = sitk.GetArrayViewFromImage(image)
    if values.min() < 0 or values.max() > 255 or np.any(values != np.rint(values)):
        raise VolumeError(
            f"{path} holds values from {values.min()} to {values.max()}; labels are whole numbers "
            "from 0 to 255"
        )
    labels: sitk.Image = sitk.Cast(image, sitk.sitkUInt8)
    return labels


def on_same_grid(one: sitk.Image, other: sitk.Image) -> bool:
    """Tell whether two images have the same voxels: as many, and in the same places."""
    if one.GetSize() != other.GetSize():
        return False
    last = [size - 1 for size in one.GetSize()]
    corners = ([0, 0, 0], [last[0], 0, 0], [0, last[1], 0], [0, 0, last[2]])
    return all(
        np.linalg.norm(
            np.subtract(
                one.TransformIndexToPhysicalPoint(corner),
                other.TransformIndexToPhysicalPoint(corner),
            )
        )
        < SAME_PLACE_MM
        for corner in corners
    )


def _image(volume: Volume, path: Path) -> sitk.Image:
    spacing = np.array(volume.spacing_zyx_mm[::-1])
    direction = volume.affine_lps[:3, :3] / spacing
    if np.abs(direction.T @ direction - np.eye(3)).max() > _SKEW:
        raise VolumeError(
            f"{path} has axes that are not at right angles (a sheared affine); resample it first"
        )
    image = sitk.GetImageFromArray(volume.hu)
    image.SetSpacing(spacing.tolist())
    image.SetDirection(direction.ravel().tolist())
    image.SetOrigin(volume.affine_lps[:3, 3].tolist())
    return image
