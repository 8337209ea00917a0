"""The measures by what must hold of them: known shapes, empty masks, symmetries."""

import numpy as np
import pytest

from inference.evaluation.measures import (
    UndefinedMeasure,
    betti_errors,
    betti_numbers,
    centre_line,
    centre_line_recall,
    cl_dice,
    dice,
    precision,
    recall,
    surface_dice,
    surface_distances,
    volume_error_ml,
    volume_error_percent,
)
from tests.inference.evaluation.tubes import EMPTY, SEEDS, SPACING, awkward_pairs, tube_pair

FULL = np.ones_like(EMPTY)
VOXEL = awkward_pairs()["one voxel against full"].predicted
SOME_SEEDS = [seed for seed in SEEDS[:25] if tube_pair(seed).predicted.any()]


def _all_measures(predicted, truth, spacing):
    distances = surface_distances(predicted, truth, spacing)
    return {
        "dice": dice(predicted, truth),
        "hd95": distances.hausdorff(95),
        "average": distances.average(),
        "nsd": distances.share_within(1.0),
        "betti": betti_errors(predicted, truth),
        "volume": volume_error_ml(predicted, truth, spacing),
        "percent": volume_error_percent(predicted, truth),
        "recall": recall(predicted, truth),
        "precision": precision(predicted, truth),
    }


@pytest.mark.parametrize("mask", [FULL, VOXEL], ids=["full", "one voxel"])
def test_a_perfect_segmentation_is_perfect_by_every_measure(mask):
    assert _all_measures(mask, mask, SPACING) == {
        "dice": 1,
        "hd95": 0,
        "average": 0,
        "nsd": 1,
        "betti": (0, 0),
        "volume": 0,
        "percent": 0,
        "recall": 1,
        "precision": 1,
    }
    assert cl_dice(mask, mask) == centre_line_recall(mask, mask) == 1


@pytest.mark.parametrize("measure", [dice, cl_dice, recall, precision, centre_line_recall])
def test_overlap_of_two_empty_masks_is_undefined(measure):
    with pytest.raises(UndefinedMeasure, match=r"empty|no centre line|neither"):
        measure(EMPTY, EMPTY)


@pytest.mark.parametrize(
    ("predicted", "truth", "reason"),
    [
        (EMPTY, EMPTY, "both masks are empty"),
        (EMPTY, VOXEL, "the predicted mask is empty"),
        (VOXEL, EMPTY, "the true mask is empty"),
    ],
)
def test_there_is_no_distance_to_a_surface_that_is_not_there(predicted, truth, reason):
    with pytest.raises(UndefinedMeasure, match=reason):
        surface_distances(predicted, truth, SPACING)


def test_overlap_with_one_empty_mask_is_nothing():
    for measure in (dice, cl_dice, lambda a, b: surface_dice(a, b, SPACING, 1.0)):
        assert measure(EMPTY, VOXEL) == measure(VOXEL, EMPTY) == 0
    assert recall(EMPTY, VOXEL) == centre_line_recall(EMPTY, VOXEL) == precision(VOXEL, EMPTY) == 0


def test_volume_errors_and_topology_of_empty_masks():
    voxel_ml = 1.0 * 0.45 * 0.6 / 1000
    assert volume_error_ml(EMPTY, EMPTY, SPACING) == 0
    assert volume_error_ml(VOXEL, EMPTY, SPACING) == pytest.approx(voxel_ml)
    assert volume_error_ml(EMPTY, FULL, SPACING) == pytest.approx(-FULL.size * voxel_ml)
    assert volume_error_percent(EMPTY, VOXEL) == -100
    with pytest.raises(UndefinedMeasure, match="the true mask is empty"):
        volume_error_percent(VOXEL, EMPTY)
    assert betti_numbers(EMPTY) == (0, 0)
    assert betti_errors(EMPTY, VOXEL) == (1, 0)


def test_masks_of_different_shapes_are_refused_even_if_they_would_broadcast():
    with pytest.raises(ValueError, match="shapes"):
        dice(FULL, FULL[:1])


def test_labels_count_as_foreground():
    labels = FULL.astype(np.uint8) * 7
    assert dice(labels, FULL) == 1


def _ring(closed=True):
    ring = np.zeros((3, 7, 7), np.bool_)
    ring[1, 1:6, 1:6] = True
    ring[1, 2:5, 2:5] = False
    if not closed:
        ring[1, 1, 3] = False
    return ring


def test_betti_numbers_of_known_shapes():
    assert betti_numbers(FULL) == (1, 0)
    assert betti_numbers(_ring()) == (1, 1)
    assert betti_numbers(_ring(closed=False)) == (1, 0)
    two = np.zeros((5, 5, 5), np.bool_)
    two[0, 0, 0] = two[1, 1, 1] = True
    assert betti_numbers(two) == (1, 0)  # voxels that share a corner are one part
    two[4, 4, 4] = True
    assert betti_numbers(two) == (2, 0)
    assert betti_numbers(awkward_pairs()["a hollow box against full"].predicted) == (1, 0)
    window = FULL.copy()
    window[:, 4, 4] = False  # a hole from border to border is a loop too
    assert betti_numbers(window) == (1, 1)


def test_two_parts_a_voxel_apart_in_a_narrow_box_are_two():
    assert betti_numbers(np.array([1, 0, 1], np.bool_).reshape(3, 1, 1)) == (2, 0)


def test_a_shifted_ball_is_as_far_as_it_was_shifted():
    z, y, x = np.indices((40, 40, 40))
    ball = (z - 20) ** 2 + (y - 20) ** 2 + (x - 20) ** 2 <= 100
    shifted = np.roll(ball, 3, axis=0)
    distances = surface_distances(shifted, ball, (1.5, 1.0, 1.0))
    assert distances.hausdorff(100) == pytest.approx(4.5)
    assert 0 < distances.average() < 4.5
    assert distances.share_within(4.5) == 1


def test_a_distance_of_exactly_the_tolerance_is_within_it():
    a, b = np.zeros((2, 20, 3, 3), np.bool_)
    a[2] = b[7] = True
    assert surface_distances(a, b, (0.2, 50.0, 50.0)).share_within(1.0) == 1


def test_half_of_the_vessel_found_is_half_of_its_centre_line():
    vessel = np.zeros((5, 5, 41), np.bool_)
    vessel[1:4, 1:4] = True
    found = vessel.copy()
    found[:, :, 21:] = False
    assert centre_line_recall(found, vessel) == pytest.approx(0.5, abs=0.05)
    sensitivity = centre_line_recall(found, vessel)
    assert cl_dice(found, vessel) == pytest.approx(2 * sensitivity / (1 + sensitivity))


@pytest.mark.parametrize("width", range(1, 9))
def test_a_straight_vessel_of_any_width_has_a_centre_line_of_its_length(width):
    vessel = np.zeros((12, 12, 40), np.bool_)
    vessel[2 : 2 + width, 2 : 2 + width, 5:35] = True
    line = centre_line(vessel)
    assert 30 - width <= line.sum() <= 30
    assert betti_numbers(line) == (1, 0)


def test_a_centre_line_cannot_be_thinned_further():
    for seed in SOME_SEEDS:
        line = centre_line(tube_pair(seed).truth)
        assert np.array_equal(centre_line(line), line), seed


def test_predicted_and_true_may_change_places():
    for seed in SOME_SEEDS:
        pair = tube_pair(seed)
        one = surface_distances(pair.predicted, pair.truth, pair.spacing_zyx_mm)
        other = surface_distances(pair.truth, pair.predicted, pair.spacing_zyx_mm)
        assert dice(pair.predicted, pair.truth) == dice(pair.truth, pair.predicted)
        assert cl_dice(pair.predicted, pair.truth) == cl_dice(pair.truth, pair.predicted)
        assert one.hausdorff(95) == pytest.approx(other.hausdorff(95))
        assert one.average() == pytest.approx(other.average())
        assert one.share_within(1.0) == pytest.approx(other.share_within(1.0))


@pytest.mark.parametrize("axes", [(0, 2, 1), (1, 2, 0), (2, 1, 0)])
def test_the_order_of_the_axes_does_not_matter(axes):
    for seed in SOME_SEEDS:
        pair = tube_pair(seed)
        spacing = tuple(pair.spacing_zyx_mm[axis] for axis in axes)
        expected = _all_measures(pair.predicted, pair.truth, pair.spacing_zyx_mm)
        turned = _all_measures(pair.predicted.transpose(axes), pair.truth.transpose(axes), spacing)
        for name, value in expected.items():
            assert turned[name] == pytest.approx(value), (seed, name)


def test_the_place_in_the_volume_does_not_matter():
    for seed in SOME_SEEDS:
        pair = tube_pair(seed)
        expected = _all_measures(pair.predicted, pair.truth, pair.spacing_zyx_mm)
        room = ((3, 1), (0, 4), (2, 5))
        moved = _all_measures(
            np.pad(pair.predicted, room), np.pad(pair.truth, room), pair.spacing_zyx_mm
        )
        assert moved == pytest.approx(expected), seed


def test_twice_the_spacing_is_twice_the_distance_and_eight_times_the_volume():
    for seed in SOME_SEEDS:
        pair = tube_pair(seed)
        twice = tuple(2 * step for step in pair.spacing_zyx_mm)
        small = surface_distances(pair.predicted, pair.truth, pair.spacing_zyx_mm)
        large = surface_distances(pair.predicted, pair.truth, twice)
        assert large.hausdorff(95) == pytest.approx(2 * small.hausdorff(95))
        assert large.average() == pytest.approx(2 * small.average())
        assert large.share_within(2.0) == pytest.approx(small.share_within(1.0))
        assert volume_error_ml(pair.predicted, pair.truth, twice) == pytest.approx(
            8 * volume_error_ml(pair.predicted, pair.truth, pair.spacing_zyx_mm)
        )
