"""Small loose parts of a mask go, the tree stays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from inference.anatomy.components import labelled_box, remove_small_components

SPACING = (1.0, 0.5, 0.5)
VOXEL_MM3 = 0.25


def removed_by_scipy(mask, smallest_mm3):
    """The same by other means: scipy's labels, part by part."""
    parts, count = ndimage.label(mask > 0, structure=np.ones((3, 3, 3)))
    kept = mask.copy()
    for part in range(1, count + 1):
        if (parts == part).sum() * VOXEL_MM3 < smallest_mm3:
            kept[parts == part] = 0
    return kept


@given(
    arrays(np.uint8, (5, 6, 7), elements=st.sampled_from([0, 0, 0, 0, 1, 2])),
    st.sampled_from([0.0, 0.25, 0.3, 0.5, 1.0, 100.0]),
)
def test_what_is_removed_agrees_with_scipys_labels(mask, smallest_mm3):
    before = mask.copy()
    cleaned = remove_small_components(mask, SPACING, smallest_mm3)
    np.testing.assert_array_equal(cleaned, removed_by_scipy(mask, smallest_mm3))
    np.testing.assert_array_equal(mask, before)
    assert cleaned.dtype == np.uint8


def test_an_artery_that_is_short_but_part_of_the_tree_stays():
    mask = np.zeros((20, 20, 20), np.uint8)
    mask[:15, 5, 5] = 1
    mask[15, 6, 6] = 2  # touches by a corner only
    mask[2, 15, 15] = 2
    cleaned = remove_small_components(mask, SPACING, 1.0)
    assert cleaned[15, 6, 6] == 2
    assert cleaned[2, 15, 15] == 0


def test_a_part_of_exactly_the_smallest_volume_stays():
    mask = np.zeros((5, 5, 5), np.uint8)
    mask[1, 1, 1:4] = 1
    assert remove_small_components(mask, (0.3, 0.7, 0.1), 3 * 0.3 * 0.7 * 0.1).sum() == 3


@pytest.mark.parametrize("shape", [(4, 5, 6), (1, 1, 1), (0, 5, 5)])
def test_an_empty_mask_stays_empty(shape):
    empty = np.zeros(shape, np.uint8)
    assert not remove_small_components(empty, SPACING, 10.0).any()
    assert labelled_box(empty) is None


def test_more_than_65535_parts_are_told_apart():
    mask = np.zeros((82, 82, 82), np.uint8)
    mask[::2, ::2, ::2] = 1  # 41³ = 68 921 parts of one voxel
    mask[0, 0, 1] = 1
    cleaned = remove_small_components(mask, SPACING, 2 * VOXEL_MM3)
    assert cleaned.sum() == 3  # the first part now holds two points of the lattice


def test_parts_one_voxel_apart_in_a_narrow_box_are_numbered():
    mask = np.zeros((3, 1, 1), np.uint8)
    mask[[0, 2]] = 1
    assert remove_small_components(mask, SPACING, VOXEL_MM3).sum() == 2
