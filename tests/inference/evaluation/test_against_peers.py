"""The measures agree with other people's implementations on 200 random tubes and awkward masks.

Where another package defines a measure otherwise, the test says so and bounds the difference.
"""

import importlib
import warnings

import gudhi
import numpy as np
import pytest
import torch
from scipy import ndimage
from scipy.spatial.distance import cdist
from skimage.morphology import skeletonize

from inference.evaluation.centre_lines import cl_dice_of_lines
from inference.evaluation.masks import bounding_box
from inference.evaluation.measures import (
    UndefinedMeasure,
    betti_numbers,
    centre_line,
    cl_dice,
    dice,
    surface_dice,
    surface_distances,
)
from inference.evaluation.surfaces import element_areas
from tests.inference.evaluation.tubes import SEEDS, awkward_pairs, tube_pair

# In one worker, so that what the tests share is made once.
pytestmark = pytest.mark.xdist_group("peers of the evaluation")

ROUNDING = 1e-5


@pytest.fixture(scope="module")
def deepmind():
    """DeepMind's surface-distance, which still asks NumPy and SciPy for names they dropped."""
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        patch.setattr(np, "Inf", np.inf, raising=False)
        patch.setattr(ndimage, "filters", ndimage, raising=False)
        patch.setattr(ndimage, "morphology", ndimage, raising=False)
        yield importlib.import_module("surface_distance.metrics")


@pytest.fixture(scope="module")
def all_pairs():
    return {f"tubes {seed}": tube_pair(seed) for seed in SEEDS} | awkward_pairs()


@pytest.fixture(scope="module")
def pairs(all_pairs):
    """The pairs with two surfaces to measure between."""
    return {
        name: pair for name, pair in all_pairs.items() if pair.predicted.any() and pair.truth.any()
    }


@pytest.fixture(scope="module")
def pairs_with_an_empty_mask(all_pairs, pairs):
    return {name: pair for name, pair in all_pairs.items() if name not in pairs}


@pytest.fixture(scope="module")
def distances(pairs):
    return {
        name: surface_distances(pair.predicted, pair.truth, pair.spacing_zyx_mm)
        for name, pair in pairs.items()
    }


@pytest.fixture(scope="module")
def lines(pairs):
    return {
        name: (centre_line(pair.predicted), centre_line(pair.truth)) for name, pair in pairs.items()
    }


def _batch(mask):
    """Make MONAI's array of a mask, padded: it leaves surfaces open at the border of the grid."""
    return torch.from_numpy(np.pad(mask, 1)[None, None].astype(np.float32))


def test_few_of_the_random_tubes_are_empty_after_their_flaws(pairs):
    assert sum(name.startswith("tubes") for name in pairs) > 180


def test_dice_is_monai_s(pairs):
    from monai.metrics.meandice import compute_dice

    for name, pair in pairs.items():
        expected = float(compute_dice(_batch(pair.predicted), _batch(pair.truth)))
        assert dice(pair.predicted, pair.truth) == pytest.approx(expected, abs=ROUNDING), name


def test_areas_of_surface_elements_are_deepmind_s(deepmind):
    tables = deepmind.lookup_tables
    bits = tables.ENCODE_NEIGHBOURHOOD_3D_KERNEL.ravel()
    corners = (np.arange(256)[:, None] >> np.arange(8)) & 1
    for spacing in ((1.0, 1.0, 1.0), (1.0, 0.45, 0.45), (0.5, 0.7, 1.3)):
        areas = tables.create_table_neighbour_code_to_surface_area(spacing)
        assert element_areas(spacing) == pytest.approx(areas[corners @ bits], abs=1e-6)


def test_surface_measures_are_deepmind_s(deepmind, pairs, distances):
    for name, pair in pairs.items():
        theirs = deepmind.compute_surface_distances(pair.truth, pair.predicted, pair.spacing_zyx_mm)
        ours = distances[name]
        for percent in (50, 95, 100):
            expected = deepmind.compute_robust_hausdorff(theirs, percent)
            assert ours.hausdorff(percent) == pytest.approx(expected, abs=ROUNDING), name
        for tolerance_mm in (0.5, 1.0, 2.0):
            # What lies at the tolerance is within, for us also after rounding.
            expected = deepmind.compute_surface_dice_at_tolerance(theirs, tolerance_mm + 1e-6)
            assert ours.share_within(tolerance_mm) == pytest.approx(expected, abs=ROUNDING), name
        # DeepMind's package gives a mean for each direction; ours is of both surfaces' whole area.
        means = deepmind.compute_average_surface_distance(theirs)
        areas = theirs["surfel_areas_gt"].sum(), theirs["surfel_areas_pred"].sum()
        expected = np.average(means, weights=areas)
        assert ours.average() == pytest.approx(expected, abs=ROUNDING), name


def test_surface_dice_is_monai_s_on_subvoxels(pairs, distances):
    from monai.metrics.surface_dice import compute_surface_dice

    for name, pair in pairs.items():
        expected = compute_surface_dice(
            _batch(pair.predicted),
            _batch(pair.truth),
            class_thresholds=[1.0 + 1e-6],
            include_background=True,
            spacing=pair.spacing_zyx_mm,
            use_subvoxels=True,
        )
        assert distances[name].share_within(1.0) == pytest.approx(float(expected), abs=1e-4), name


def test_the_hausdorff_distance_is_monai_s_within_a_voxel_s_diagonal(pairs, distances):
    """MONAI measures between centres of surface voxels, we between their corners.

    A corner is half a diagonal from its voxel's centre, on either surface.
    """
    from monai.metrics.hausdorff_distance import compute_hausdorff_distance

    for name, pair in pairs.items():
        theirs = compute_hausdorff_distance(
            _batch(pair.predicted),
            _batch(pair.truth),
            include_background=True,
            spacing=pair.spacing_zyx_mm,
        )
        difference = abs(distances[name].hausdorff(100) - float(theirs))
        assert difference <= pair.voxel_diagonal_mm + ROUNDING, name


def test_hd95_and_average_distance_are_close_to_monai_s(pairs, distances):
    """MONAI counts surface voxels where we weigh areas, and interpolates percentiles.

    So a few pairs differ more at the 95th percentile; on average there is no difference to see.
    """
    from monai.metrics.hausdorff_distance import compute_hausdorff_distance
    from monai.metrics.surface_distance import compute_average_surface_distance

    hd95, averages = [], []
    for name, pair in pairs.items():
        masks = _batch(pair.predicted), _batch(pair.truth)
        options = {"include_background": True, "spacing": pair.spacing_zyx_mm}
        theirs = compute_hausdorff_distance(*masks, percentile=95, **options)
        hd95.append((distances[name].hausdorff(95) - float(theirs)) / pair.voxel_diagonal_mm)
        theirs = compute_average_surface_distance(*masks, symmetric=True, **options)
        averages.append((distances[name].average() - float(theirs)) / pair.voxel_diagonal_mm)
    assert np.quantile(np.abs(hd95), 0.95) < 1
    assert abs(np.mean(hd95)) < 0.2
    assert np.abs(averages).max() < 1
    assert abs(np.mean(averages)) < 0.2


def test_betti_numbers_are_gudhi_s(all_pairs):
    """Voxels as the top cells of gudhi's complex are closed: corners connect the foreground."""
    for name, pair in all_pairs.items():
        for mask in (pair.predicted, pair.truth):
            cropped = np.pad(mask[bounding_box(mask, margin=0)], 1)
            cells = gudhi.CubicalComplex(top_dimensional_cells=np.where(cropped, 0.0, 1.0))
            cells.compute_persistence()
            expected = cells.persistent_betti_numbers(0.5, 0.5)[:2]
            assert list(betti_numbers(mask)) == expected, name


def test_beside_an_empty_mask_peers_give_zero_infinity_or_nan_where_we_give_zero_or_a_reason(
    deepmind, pairs_with_an_empty_mask
):
    from monai.metrics.meandice import compute_dice

    assert len(pairs_with_an_empty_mask) > 10
    for name, pair in pairs_with_an_empty_mask.items():
        one_is_filled = pair.predicted.any() or pair.truth.any()
        theirs = deepmind.compute_surface_distances(pair.truth, pair.predicted, pair.spacing_zyx_mm)
        with np.errstate(invalid="ignore"):
            nsd = deepmind.compute_surface_dice_at_tolerance(theirs, 1.0)
        with pytest.raises(UndefinedMeasure):
            surface_distances(pair.predicted, pair.truth, pair.spacing_zyx_mm)
        if one_is_filled:
            masks = _batch(pair.predicted), _batch(pair.truth)
            assert float(compute_dice(*masks, ignore_empty=False)) == 0
            assert dice(pair.predicted, pair.truth) == 0
            assert deepmind.compute_robust_hausdorff(theirs, 95) == np.inf
            assert nsd == surface_dice(pair.predicted, pair.truth, pair.spacing_zyx_mm, 1.0) == 0
        else:
            assert np.isnan(nsd), name
            for undefined in (dice, cl_dice):
                with pytest.raises(UndefinedMeasure):
                    undefined(pair.predicted, pair.truth)


def _corners_of_surface(mask, spacing):
    """List the corners of the voxel grid whose eight voxels are neither all in nor all out."""
    padded = np.pad(mask, 1)
    corners = [
        corner
        for corner in np.ndindex(*np.subtract(padded.shape, 1))
        if 0 < padded[tuple(slice(place, place + 2) for place in corner)].sum() < 8
    ]
    return np.array(corners) * spacing


@pytest.mark.parametrize("seed", range(5))
def test_distances_are_those_of_all_pairs_of_elements(seed):
    pair = tube_pair(seed)
    predicted = _corners_of_surface(pair.predicted, pair.spacing_zyx_mm)
    true = _corners_of_surface(pair.truth, pair.spacing_zyx_mm)
    table = cdist(predicted, true)
    ours = surface_distances(pair.predicted, pair.truth, pair.spacing_zyx_mm)
    assert np.sort(ours.predicted_to_truth) == pytest.approx(np.sort(table.min(axis=1)))
    assert np.sort(ours.truth_to_predicted) == pytest.approx(np.sort(table.min(axis=0)))


def test_cl_dice_is_that_of_its_definition(pairs, lines):
    for name, pair in pairs.items():
        predicted, truth, predicted_line, true_line = (
            set(map(tuple, np.argwhere(mask)))
            for mask in (pair.predicted, pair.truth, *lines[name])
        )
        precision = len(predicted_line & truth) / len(predicted_line)
        sensitivity = len(true_line & predicted) / len(true_line)
        total = precision + sensitivity
        expected = 2 * precision * sensitivity / total if total else 0.0
        ours = cl_dice_of_lines(pair.predicted, lines[name][0], pair.truth, lines[name][1])
        assert ours == pytest.approx(expected), name


def test_centre_lines_are_close_to_scikit_image_s_where_that_lost_nothing(pairs, lines):
    """scikit-image's thinning loses whole vessels of even width; its rest lies along ours."""
    compared = near = voxels = 0
    for name, pair in pairs.items():
        theirs, (_, ours) = skeletonize(pair.truth, method="lee") > 0, lines[name]
        if betti_numbers(theirs) != betti_numbers(pair.truth):
            continue
        steps_from_ours = ndimage.distance_transform_cdt(~ours, metric="chessboard")
        near += int(np.count_nonzero(steps_from_ours[theirs] <= 2))
        voxels += int(np.count_nonzero(theirs))
        compared += 1
    assert compared > 100
    assert near / voxels > 0.98


def test_a_centre_line_lies_in_its_mask_and_keeps_its_parts_and_loops(pairs, lines):
    for name, pair in pairs.items():
        for mask, line in zip((pair.predicted, pair.truth), lines[name], strict=True):
            assert not (line & ~mask).any(), name
            assert betti_numbers(line) == betti_numbers(mask), name
