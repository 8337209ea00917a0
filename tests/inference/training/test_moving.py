"""Labels moved from the CTA onto the NCCT keep their volume, their place and their values."""

import numpy as np
import pytest
import SimpleITK as sitk

from inference.training.moving import labels_on_ncct


def image(values: np.ndarray, spacing_xyz, origin=(0.0, 0.0, 0.0)) -> sitk.Image:
    made = sitk.GetImageFromArray(values)
    made.SetSpacing(spacing_xyz)
    made.SetOrigin(origin)
    return made


def tube(radius_mm: float, shape, spacing_mm: float) -> np.ndarray:
    """A tube along a slanted line through the middle."""
    z, y, x = (np.arange(count) * spacing_mm for count in shape)
    middle = [axis.mean() for axis in (y, x)]
    across_y = y[None, :, None] - middle[0] - 0.3 * (z[:, None, None] - z.mean())
    across_x = x[None, None, :] - middle[1] - 0.2 * (z[:, None, None] - z.mean())
    return (across_y**2 + across_x**2 < radius_mm**2).astype(np.uint8)


@pytest.mark.parametrize("radius_mm", [0.4, 0.6, 1.5])
def test_arteries_thinner_than_a_voxel_keep_their_volume(radius_mm):
    labels = image(tube(radius_mm, (80, 60, 60), 0.5), (0.5, 0.5, 0.5))
    ncct = image(np.zeros((30, 60, 60), np.int16), (0.45, 0.45, 1.2), (1.3, 1.4, 1.5))
    shift = sitk.TranslationTransform(3, (0.21, 0.17, 0.3))
    moved = sitk.GetArrayFromImage(labels_on_ncct(labels, ncct, shift))
    # The same piece of space, cut finely.
    fine = image(np.zeros((360, 270, 270), np.float32), (0.1, 0.1, 0.1), (1.125, 1.225, 0.95))
    shares = sitk.Cast(labels, sitk.sitkFloat32)
    drawn = sitk.Resample(shares, fine, shift, sitk.sitkLinear, 0.0)
    expected = float(sitk.GetArrayViewFromImage(drawn).sum(dtype=np.float64)) * 0.1**3
    assert moved.sum() * 0.45**2 * 1.2 == pytest.approx(expected, rel=0.06)


def test_on_its_own_grid_nothing_changes():
    values = tube(1.2, (20, 24, 24), 0.5)
    values[:10] *= 2
    labels = image(values, (0.5, 0.5, 0.5))
    moved = labels_on_ncct(labels, sitk.Cast(labels, sitk.sitkInt16), sitk.Transform())
    np.testing.assert_array_equal(sitk.GetArrayViewFromImage(moved), values)


def test_where_nothing_was_drawn_nothing_arrives():
    empty = image(np.zeros((8, 8, 8), np.uint8), (1.0, 1.0, 1.0))
    moved = labels_on_ncct(empty, sitk.Cast(empty, sitk.sitkInt16), sitk.Transform())
    assert not sitk.GetArrayViewFromImage(moved).any()
