"""Labels keep their shape and their neighbours when they are moved."""

import numpy as np
import pytest
import SimpleITK as sitk

from inference.evaluation.measures import dice
from inference.training.moving import AIR_HU, cta_on_ncct, labels_on_ncct

SIZE = 40


def image_of(values, spacing_mm=1.0, origin=(0.0, 0.0, 0.0)):
    return image_with(values, (spacing_mm,) * 3, origin)


def image_with(values, spacing_xyz, origin=(0.0, 0.0, 0.0)):
    image = sitk.GetImageFromArray(values)
    image.SetSpacing(spacing_xyz)
    image.SetOrigin(origin)
    return image


def ball(centre_xyz, radius_mm, spacing_mm=1.0, size=SIZE):
    z, y, x = np.indices((size,) * 3) * spacing_mm
    cx, cy, cz = centre_xyz
    return (x - cx) ** 2 + (y - cy) ** 2 + (z - cz) ** 2 <= radius_mm**2


def test_labels_stay_as_they_are_where_nothing_moved():
    values = np.random.default_rng(0).integers(0, 5, (12, 12, 12)).astype(np.uint8)
    image = image_of(values)
    moved = labels_on_ncct(image, image, sitk.Transform())
    assert np.array_equal(sitk.GetArrayFromImage(moved), values)


def test_a_label_goes_where_the_transform_says():
    drawn = image_of(ball((24.3, 18.0, 15.0), 7.0).astype(np.uint8))
    finer = image_of(np.zeros((80, 80, 80), np.int16), spacing_mm=0.5)
    to_cta = sitk.TranslationTransform(3, (4.3, -2.0, -5.0))
    moved = sitk.GetArrayFromImage(labels_on_ncct(drawn, finer, to_cta))
    assert dice(moved, ball((20.0, 20.0, 20.0), 7.0, 0.5, 80)) > 0.97


def test_labels_that_touch_leave_no_gap_between_them():
    values = np.zeros((SIZE,) * 3, np.uint8)
    values[10:30, 10:30, 10:20], values[10:30, 10:30, 20:30] = 1, 2
    image = image_of(values)
    shift = sitk.TranslationTransform(3, (0.5, 0.0, 0.0))
    moved = sitk.GetArrayFromImage(labels_on_ncct(image, image, shift))
    assert (moved[15, 15, 11:28] > 0).all()
    assert moved[15, 15, 12] == 1
    assert moved[15, 15, 27] == 2


def test_there_is_air_where_the_cta_does_not_reach():
    cta = image_of(np.full((20, 20, 20), 60, np.int16))
    ncct = image_of(np.zeros((SIZE,) * 3, np.int16))
    moved = sitk.GetArrayFromImage(cta_on_ncct(cta, ncct, sitk.Transform()))
    assert (moved[:20, :20, :20] == 60).all()
    assert (moved[21:] == AIR_HU).all()


def tube(radius_mm: float, shape, spacing_mm: float) -> np.ndarray:
    """A tube along a slanted line through the middle."""
    z, y, x = (np.arange(count) * spacing_mm for count in shape)
    middle = [axis.mean() for axis in (y, x)]
    across_y = y[None, :, None] - middle[0] - 0.3 * (z[:, None, None] - z.mean())
    across_x = x[None, None, :] - middle[1] - 0.2 * (z[:, None, None] - z.mean())
    return (across_y**2 + across_x**2 < radius_mm**2).astype(np.uint8)


@pytest.mark.parametrize("radius_mm", [0.4, 0.6, 1.5])
def test_arteries_thinner_than_a_voxel_keep_their_volume(radius_mm):
    labels = image_with(tube(radius_mm, (80, 60, 60), 0.5), (0.5, 0.5, 0.5))
    ncct = image_with(np.zeros((30, 60, 60), np.int16), (0.45, 0.45, 1.2), (1.3, 1.4, 1.5))
    shift = sitk.TranslationTransform(3, (0.21, 0.17, 0.3))
    moved = sitk.GetArrayFromImage(labels_on_ncct(labels, ncct, shift))
    # The same piece of space, cut finely.
    fine = image_with(np.zeros((360, 270, 270), np.float32), (0.1, 0.1, 0.1), (1.125, 1.225, 0.95))
    shares = sitk.Cast(labels, sitk.sitkFloat32)
    drawn = sitk.Resample(shares, fine, shift, sitk.sitkLinear, 0.0)
    expected = float(sitk.GetArrayViewFromImage(drawn).sum(dtype=np.float64)) * 0.1**3
    assert moved.sum() * 0.45**2 * 1.2 == pytest.approx(expected, rel=0.06)


def test_where_nothing_was_drawn_nothing_arrives():
    empty = image_with(np.zeros((8, 8, 8), np.uint8), (1.0, 1.0, 1.0))
    moved = labels_on_ncct(empty, sitk.Cast(empty, sitk.sitkInt16), sitk.Transform())
    assert not sitk.GetArrayViewFromImage(moved).any()
