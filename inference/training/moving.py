"""CTA and labels, moved onto the NCCT's grid by a registration."""

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

AIR_HU = -1024


def cta_on_ncct(cta: sitk.Image, ncct: sitk.Image, transform: sitk.Transform) -> sitk.Image:
    """Resample a CTA onto the NCCT's grid by linear interpolation.

    Parameters
    ----------
    cta, ncct
        CT volumes, HU.
    transform
        Maps NCCT points to CTA points, LPS mm.

    Returns
    -------
    sitk.Image
        int16, HU; air where the CTA does not reach.
    """
    moved = sitk.Resample(cta, ncct, transform, sitk.sitkLinear, AIR_HU, sitk.sitkFloat32)
    rounded: sitk.Image = sitk.Cast(sitk.Round(moved), sitk.sitkInt16)
    return rounded


def labels_on_ncct(labels: sitk.Image, ncct: sitk.Image, transform: sitk.Transform) -> sitk.Image:
    """Move labels that were drawn on the CTA onto the NCCT's grid.

    Each label's share in a voxel is interpolated linearly. The voxels with the largest shares of
    all labels together become artery, so many that the arteries keep their volume, and each gets
    the label with the largest share. Nearest neighbours would fray thin arteries, a limit of half
    a voxel would take a sixth of their volume, and shares of one label alone would part them where
    labels meet.

    Parameters
    ----------
    labels
        Labels on the CTA's grid.
    ncct
        The image whose grid is wanted.
    transform
        Maps NCCT points to CTA points, LPS mm.

    Returns
    -------
    sitk.Image
        uint8 on the grid of `ncct`.
    """
    values = np.unique(sitk.GetArrayViewFromImage(labels))
    shape = ncct.GetSize()[::-1]
    total, largest = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    moved = np.zeros(shape, np.uint8)
    for value in values[values > 0]:
        own = sitk.Cast(labels == int(value), sitk.sitkFloat32)
        share = sitk.GetArrayFromImage(
            sitk.Resample(own, ncct, transform, sitk.sitkLinear, 0.0, sitk.sitkFloat32)
        )
        total += share
        leads = share > largest
        moved[leads], largest[leads] = value, share[leads]
    moved[total < _limit_that_keeps_volume(total)] = 0
    image = sitk.GetImageFromArray(moved)
    image.CopyInformation(ncct)
    return image


def _limit_that_keeps_volume(shares: NDArray[np.float32]) -> float:
    """Return the share from which as many voxels reach it as all shares sum up to."""
    positive = shares[shares > 0]
    wanted = round(float(positive.sum(dtype=np.float64)))
    if wanted == 0:
        return float("inf")
    place = max(len(positive) - wanted, 0)
    return float(np.partition(positive, place)[place])
