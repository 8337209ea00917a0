"""Lengths, radii and ends of tubes and trees that are known beforehand."""

import numpy as np
import pytest

from inference.anatomy.branches import skeleton_graph
from inference.anatomy.centre_line import centre_line
from inference.errors import InferenceError
from inference.phantom import ARTERY_LABELS, make_phantom
from tests.inference.tubes import ring, tube

CLINICAL = (1.0, 0.45, 0.45)
EVEN = (0.5, 0.5, 0.5)
LENGTH_MM = 40.0


def random_tubes(spacing, count):
    rng = np.random.default_rng(5)
    for _ in range(count):
        direction = rng.normal(size=3)
        direction *= LENGTH_MM / 2 / np.linalg.norm(direction)
        radius, middle = rng.uniform(0.8, 2.5), 23 + rng.uniform(0, 1, 3)
        yield radius, tube(spacing, middle - direction, middle + direction, radius, [47.0] * 3)


def test_straight_tubes_at_any_angle_have_their_length_within_two_percent():
    errors = [
        centre_line(mask, EVEN).lengths_mm.sum() / LENGTH_MM - 1
        for _, mask in random_tubes(EVEN, 10)
    ]
    assert np.abs(errors).max() < 0.02


def test_so_they_have_nearly_always_through_thick_slices_and_the_mean_is_not_off():
    errors = np.array(
        [
            centre_line(mask, CLINICAL).lengths_mm.sum() / LENGTH_MM - 1
            for _, mask in random_tubes(CLINICAL, 20)
        ]
    )
    assert np.abs(errors).max() < 0.035
    assert np.quantile(np.abs(errors), 0.9) < 0.02
    assert abs(errors.mean()) < 0.01


@pytest.mark.parametrize("ring_radius_mm", [4.0, 6.0, 10.0])
@pytest.mark.parametrize("normal", [(1, 0, 0), (0.3, -0.5, 0.9)])
def test_rings_have_their_length_and_no_end(ring_radius_mm, normal):
    line = centre_line(ring(EVEN, ring_radius_mm, 1.3, normal), EVEN)
    assert line.lengths_mm.sum() == pytest.approx(2 * np.pi * ring_radius_mm, rel=0.03)
    assert not line.ends.any()


def test_a_tube_ends_twice_where_it_ends():
    start, end = np.array([5.0, 6.0, 7.0]), np.array([35.0, 18.0, 22.0])
    line = centre_line(tube(EVEN, start, end, 1.5, (42.0, 30.0, 30.0)), EVEN)
    ends = line.points_zyx_mm[line.ends]
    assert len(ends) == 2
    near = np.linalg.norm(ends[:, None] - [start, end], axis=-1).min(axis=0)
    assert near.max() < 3.0


def test_the_line_runs_in_the_middle_of_the_tube():
    radius, mask = next(random_tubes(EVEN, 1))
    voxels = np.argwhere(mask) * EVEN
    middle = voxels.mean(axis=0)
    direction = np.linalg.svd(voxels - middle, full_matrices=False)[2][0]
    line = centre_line(mask, EVEN)
    away = line.points_zyx_mm - middle
    aside = np.linalg.norm(away - (away @ direction)[:, None] * direction, axis=1)
    assert np.median(aside) < 0.35
    assert np.median(line.radii_mm) == pytest.approx(radius, abs=0.5)


def test_three_arms_end_three_times_and_their_lengths_add_up():
    size, radius = (40.0, 40.0, 40.0), 1.2
    tips = [(36.0, 20.0, 20.0), (6.0, 32.0, 20.0), (6.0, 8.0, 22.0)]
    fork = np.array([20.0, 20.0, 20.0])
    arms = [tube(EVEN, fork, tip, radius, size) for tip in tips]
    line = centre_line(np.maximum.reduce(arms), EVEN)
    assert line.ends.sum() == 3
    whole = sum(np.linalg.norm(np.subtract(tip, fork)) for tip in tips)
    assert line.lengths_mm.sum() == pytest.approx(whole, rel=0.04)


def test_each_label_gets_its_own_piece_of_the_length():
    mask = tube(EVEN, (5.0, 10.0, 10.0), (45.0, 10.0, 10.0), 1.5, (50.0, 20.0, 20.0))
    mask[60:] *= 2
    line = centre_line(mask, EVEN)
    assert line.lengths_mm[line.labels == 1].sum() == pytest.approx(24.75, abs=0.8)
    assert line.lengths_mm[line.labels == 2].sum() == pytest.approx(15.25, abs=0.8)


def test_the_length_of_a_large_artery_in_a_phantom_is_that_of_the_tree_it_was_painted_from():
    phantom = make_phantom(3, shape_zyx=(160, 256, 256), spacing_zyx_mm=(1.0, 0.8, 0.8))
    line = centre_line(phantom.labels, phantom.spacing_zyx_mm)
    for side in "RL":
        carotid = ARTERY_LABELS[f"{side}-ICA"]
        found = line.lengths_mm[line.labels == carotid].sum()
        assert found == pytest.approx(phantom.tree.length_mm(frozenset({carotid})), rel=0.1)


@pytest.mark.parametrize("place", [(0, 0, 0), (2, 3, 1), (4, 4, 4)])
def test_one_voxel_is_a_line_that_ends_on_both_sides(place):
    mask = np.zeros((5, 5, 5), np.uint8)
    mask[place] = 7
    line = centre_line(mask, CLINICAL)
    assert line.points_zyx_mm.tolist() == [list(np.multiply(place, CLINICAL))]
    assert line.lengths_mm.tolist() == [pytest.approx(0.45)]
    assert line.labels.tolist() == [7]


@pytest.mark.parametrize("shape", [(0, 5, 5), (1, 1, 1), (3, 4, 5)])
def test_an_empty_mask_has_no_line(shape):
    line = centre_line(np.zeros(shape, np.uint8), CLINICAL)
    assert (len(line.points_zyx_mm), line.lengths_mm.sum()) == (0, 0.0)


def test_a_full_volume_and_random_dust_are_measured_without_complaint():
    rng = np.random.default_rng(0)
    for mask in (np.ones((9, 8, 7), np.uint8), (rng.random((20, 20, 20)) < 0.3).astype(np.uint8)):
        assert np.isfinite(centre_line(mask, CLINICAL).lengths_mm).all()


def test_a_line_of_voxels_is_one_branch_and_a_square_of_them_a_loop():
    line = np.array([[0, 0, number] for number in range(6)])
    (branch,) = skeleton_graph(line).branches
    assert (len(branch.voxels), branch.free) == (6, (True, True))
    loop = np.array([[0, 0, 1], [0, 1, 2], [0, 2, 3], [0, 3, 2], [0, 4, 1], [0, 3, 0], [0, 2, -1]])
    loop = np.vstack([loop, [[0, 1, 0]]])
    (branch,) = skeleton_graph(loop).branches
    assert (len(set(branch.voxels)), branch.free) == (8, (False, False))
    assert branch.voxels[0] == branch.voxels[-1]


def test_a_mask_that_fills_the_head_is_refused_before_it_is_thinned(monkeypatch):
    monkeypatch.setattr("inference.anatomy.centre_line.skeletonize", lambda _: pytest.fail("slow"))
    with pytest.raises(InferenceError, match="holds 510 ml, too much to be the arteries"):
        centre_line(np.ones((51, 100, 100), np.uint8), (1.0, 1.0, 1.0))
