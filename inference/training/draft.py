"""A draft of the arteries where nobody has drawn them: what the CTA adds to the NCCT.

Bone and calcium cancel in the difference of the registered CTA and the NCCT; contrast medium stays,
in veins too. The draft is for a person to correct.
"""

from typing import Any

import cc3d
import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray
from scipy import ndimage

from inference.training.head import brain_mask, head_mask

SURE_HU = 120.0
POSSIBLE_HU = 60.0
SURE_TUBE = 0.3
POSSIBLE_TUBE = 0.05
MISREGISTERED_MM = 0.5
SMALLEST_MM3 = 20.0

_SHARE_OF_LOCAL_PEAK = 0.5
_PEAK_WIDTH_MM = 3.0
_EDGE_SCALE_MM = 0.6
_TUBE_SCALES_MM = (0.7, 1.2)
_TUBE_GRID_MM = 0.7
_BRIGHTEST_HU = 300.0
_BONE_WINDOW_HU = (-200.0, 2000.0)
# Frangi's alpha, beta and gamma: tube against plate, tube against ball, HU/mm² against noise.
_ALPHA, _BETA, _GAMMA = 0.5, 0.5, 10.0


def difference(ncct: sitk.Image, moved_cta: sitk.Image) -> sitk.Image:
    """Return the registered CTA minus the NCCT, HU, int16.

    Parameters
    ----------
    ncct, moved_cta
        CT volumes on one grid, HU.
    """
    signed = sitk.Cast(moved_cta, sitk.sitkFloat32) - sitk.Cast(ncct, sitk.sitkFloat32)
    limited = sitk.Clamp(signed, sitk.sitkFloat32, -4096, 4096)
    rounded: sitk.Image = sitk.Cast(sitk.Round(limited), sitk.sitkInt16)
    return rounded


def draft_label(ncct: sitk.Image, moved_cta: sitk.Image) -> sitk.Image:
    """Draft the arteries inside the skull.

    1. From the difference, 0.5 mm times the NCCT's slope (HU/mm) is taken off: so much an edge
       shows in it if the registration errs by 0.5 mm.
    2. Its vesselness is computed at two scales (Frangi et al., "Multiscale vessel enhancement
       filtering", MICCAI 1998, as in ITK's objectness measure).
    3. Voxels above 60 HU with a vesselness above 0.05 are kept where they are connected to one
       above 120 HU with a vesselness above 0.3.
    4. Borders are where the difference falls to half of its peak within 1.5 mm, so that arteries
       are no thicker for more contrast medium.
    5. Parts below 20 mm³ are removed.

    Parameters
    ----------
    ncct, moved_cta
        CT volumes on one grid, HU.

    Returns
    -------
    sitk.Image
        uint8 on the same grid, 1 in arteries.

    Raises
    ------
    VolumeError
        If there is no head in the NCCT.
    """
    head = head_mask(ncct)
    brain = sitk.Resample(
        brain_mask(ncct, head), ncct, sitk.Transform(), sitk.sitkNearestNeighbor, 0
    )
    inside = sitk.GetArrayFromImage(brain).astype(bool)
    draft = np.zeros(inside.shape, np.uint8)
    if inside.any():
        box = _bounding_box(inside)
        draft[box] = _arteries(_cut(ncct, box), _cut(moved_cta, box), inside[box])
    image = sitk.GetImageFromArray(draft)
    image.CopyInformation(ncct)
    return image


def _arteries(
    ncct: sitk.Image, moved_cta: sitk.Image, inside: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    added = sitk.GetArrayFromImage(difference(ncct, moved_cta)).astype(np.float32)
    low, high = _BONE_WINDOW_HU
    bone_window = sitk.Clamp(ncct, sitk.sitkFloat32, low, high)
    slope = sitk.GradientMagnitudeRecursiveGaussian(bone_window, _EDGE_SCALE_MM)
    certain = added - MISREGISTERED_MM * sitk.GetArrayFromImage(slope)
    certain[~inside] = 0.0
    tubes = _vesselness(certain, ncct)
    spacing_zyx = ncct.GetSpacing()[::-1]
    width = [2 * int(_PEAK_WIDTH_MM / 2 / step) + 1 for step in spacing_zyx]
    peak = ndimage.maximum_filter(added, size=width)
    possible = (certain > POSSIBLE_HU) & (tubes > POSSIBLE_TUBE)
    possible &= added > _SHARE_OF_LOCAL_PEAK * peak
    sure = possible & (certain > SURE_HU) & (tubes > SURE_TUBE)
    return _connected_to(sure, possible, SMALLEST_MM3 / float(np.prod(spacing_zyx)))


def _vesselness(values: NDArray[np.floating[Any]], like: sitk.Image) -> NDArray[np.float32]:
    image = sitk.GetImageFromArray(np.clip(values, 0.0, _BRIGHTEST_HU))
    image.CopyInformation(like)
    grid = _fine_grid(like)
    fine = sitk.Resample(image, grid, sitk.Transform(), sitk.sitkLinear, 0.0)
    strongest = sitk.Image(grid.GetSize(), sitk.sitkFloat32)
    strongest.CopyInformation(grid)
    for scale_mm in _TUBE_SCALES_MM:
        smooth = sitk.SmoothingRecursiveGaussian(fine, scale_mm)
        tubes = sitk.ObjectnessMeasure(smooth, _ALPHA, _BETA, _GAMMA, False, 1, True)
        strongest = sitk.Maximum(strongest, tubes)
    return sitk.GetArrayFromImage(sitk.Resample(strongest, like, sitk.Transform(), sitk.sitkLinear))


def _fine_grid(like: sitk.Image) -> sitk.Image:
    spacing_mm = max(_TUBE_GRID_MM, *like.GetSpacing()[:2])
    extent_mm = np.multiply(like.GetSize(), like.GetSpacing())
    size = [max(1, int(length)) for length in extent_mm / spacing_mm]
    grid = sitk.Image(size, sitk.sitkFloat32)
    grid.SetSpacing([spacing_mm] * 3)
    grid.SetOrigin(like.GetOrigin())
    grid.SetDirection(like.GetDirection())
    return grid


def _connected_to(
    sure: NDArray[np.bool_], possible: NDArray[np.bool_], smallest_voxels: float
) -> NDArray[np.bool_]:
    parts = cc3d.connected_components(possible, connectivity=26)
    sizes = np.bincount(parts.ravel())
    kept = np.zeros(len(sizes), bool)
    kept[np.unique(parts[sure])] = True
    kept &= sizes >= smallest_voxels
    kept[0] = False
    return np.asarray(kept[parts])


def _bounding_box(inside: NDArray[np.bool_]) -> tuple[slice, slice, slice]:
    z, y, x = ndimage.find_objects(inside.astype(np.uint8))[0]
    return z, y, x


def _cut(image: sitk.Image, box: tuple[slice, slice, slice]) -> sitk.Image:
    z, y, x = box
    cut: sitk.Image = image[x, y, z]
    return cut
