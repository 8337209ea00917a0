"""Where the head, its bone and the brain are in a CT volume, by thresholds and connected parts.

Everything here works on SimpleITK images: positions are LPS, mm.
"""

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray
from scipy import ndimage

from inference.errors import VolumeError

BODY_HU = -300.0
BONE_HU = 400.0
"""Above the arteries of a CTA on a 2 mm grid, below the skull."""
HEAD_HEIGHT_MM = 150.0
"""From the vertex to the skull base: below, jaw and neck move by themselves."""

_GRID_MM = 3.0
_VERTEX_AREA_MM2 = 1500.0
_SMALLEST_HEAD_MM3 = 300_000.0
_SOFT_TISSUE_HU = (-20.0, 110.0)
_BRIDGE_MM = 6.0


def on_coarser_grid(image: sitk.Image, spacing_mm: float, air_hu: float = -1024.0) -> sitk.Image:
    """Return an image on an upright isotropic grid around it, averaged before it is sampled.

    Parameters
    ----------
    image
        CT volume, HU.
    spacing_mm
        Spacing of the grid.
    air_hu
        What voxels outside the image get.
    """
    factors = [max(1, int(spacing_mm / step)) for step in image.GetSpacing()]
    averaged = sitk.BinShrink(image, factors) if max(factors) > 1 else image
    corners = np.array(
        [
            image.TransformContinuousIndexToPhysicalPoint(
                [place * (size - 1) for place, size in zip(corner, image.GetSize(), strict=True)]
            )
            for corner in np.ndindex(2, 2, 2)
        ]
    )
    origin, extent = corners.min(axis=0), np.ptp(corners, axis=0)
    size = [int(length / spacing_mm) + 1 for length in extent]
    return sitk.Resample(
        averaged,
        size,
        sitk.Transform(),
        sitk.sitkLinear,
        origin.tolist(),
        [spacing_mm] * 3,
        np.eye(3).ravel().tolist(),
        air_hu,
        sitk.sitkFloat32,
    )


def head_mask(image: sitk.Image) -> sitk.Image:
    """Find the head: the largest body, without the head rest, down to 150 mm below the vertex.

    Parameters
    ----------
    image
        CT volume, HU.

    Returns
    -------
    sitk.Image
        uint8 on a 3 mm grid.

    Raises
    ------
    VolumeError
        If there is nothing of a head's size.
    """
    body = on_coarser_grid(image, _GRID_MM) > BODY_HU
    # The head rest touches the hair; a thin shell does not survive the opening.
    opened = sitk.BinaryMorphologicalOpening(body, [2, 2, 2])
    largest = sitk.RelabelComponent(sitk.ConnectedComponent(opened)) == 1
    filled = _holes_filled(sitk.GetArrayFromImage(largest).astype(bool))
    areas_mm2 = filled.sum(axis=(1, 2)) * _GRID_MM**2
    broad = np.flatnonzero(areas_mm2 > _VERTEX_AREA_MM2)
    if filled.sum() * _GRID_MM**3 < _SMALLEST_HEAD_MM3 or not len(broad):
        raise VolumeError(
            "There is no head in this CT volume: its largest body has "
            f"{filled.sum() * _GRID_MM**3 / 1000:.0f} ml"
        )
    filled[: max(0, int(broad[-1]) - int(HEAD_HEIGHT_MM / _GRID_MM))] = False
    return _like(filled, largest)


def brain_mask(image: sitk.Image, head: sitk.Image) -> sitk.Image:
    """Find what the skull encloses: brain, CSF and the arteries on it.

    Soft tissue is cut off from what lies outside the skull by an erosion that closes the skull's
    openings; the largest part that is left is grown back.

    Parameters
    ----------
    image
        NCCT, HU.
    head
        See `head_mask`.

    Returns
    -------
    sitk.Image
        uint8 on the grid of `head`.
    """
    coarse = sitk.Resample(image, head, sitk.Transform(), sitk.sitkLinear, -1024.0)
    low, high = _SOFT_TISSUE_HU
    smooth = sitk.Median(coarse, [1, 1, 1])
    soft = sitk.And(sitk.And(smooth > low, smooth < high), head)
    radius = [round(_BRIDGE_MM / step) for step in head.GetSpacing()]
    core = sitk.BinaryErode(soft, radius)
    core = sitk.RelabelComponent(sitk.ConnectedComponent(core)) == 1
    grown = sitk.BinaryDilate(core, [size + 1 for size in radius])
    closed = sitk.BinaryMorphologicalClosing(grown, [5, 5, 5])
    inside: sitk.Image = sitk.And(closed, head)
    return inside


def centroid(mask: sitk.Image) -> tuple[float, float, float]:
    """Return the centre of a mask, LPS mm."""
    measured = sitk.LabelShapeStatisticsImageFilter()
    measured.Execute(mask)
    x, y, z = measured.GetCentroid(1)
    return x, y, z


def surface_points(mask: sitk.Image, number: int) -> list[tuple[float, float, float]]:
    """Return points spread evenly over the surface of a mask, LPS mm.

    Directions are those of a Fibonacci sphere around the centroid, the points the last voxels of
    the mask along them.
    """
    centre = np.array(centroid(mask))
    index = np.arange(number) + 0.5
    height = 1 - 2 * index / number
    turn = np.pi * (1 + np.sqrt(5)) * index
    flat = np.sqrt(1 - height**2)
    directions = np.stack([flat * np.cos(turn), flat * np.sin(turn), height], axis=1)
    steps = np.arange(0.0, 200.0, min(mask.GetSpacing()))
    inside = sitk.GetArrayViewFromImage(mask)
    origin, spacing = np.array(mask.GetOrigin()), np.array(mask.GetSpacing())
    points = []
    for direction in directions:
        ray = centre + steps[:, None] * direction
        voxels = np.rint((ray - origin) / spacing).astype(int)
        valid = np.all((voxels >= 0) & (voxels < mask.GetSize()), axis=1)
        x, y, z = voxels[valid].T
        hits = np.flatnonzero(inside[z, y, x])
        x_mm, y_mm, z_mm = ray[valid][hits[-1]] if len(hits) else centre
        points.append((float(x_mm), float(y_mm), float(z_mm)))
    return points


def _holes_filled(body: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.stack([ndimage.binary_fill_holes(plane) for plane in body])


def _like(array: NDArray[np.bool_], image: sitk.Image) -> sitk.Image:
    mask = sitk.GetImageFromArray(array.astype(np.uint8))
    mask.CopyInformation(image)
    return mask
