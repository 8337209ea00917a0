"""The phantom's CT: grid, tissue and artery densities, clot, noise, labels."""

import hashlib

import numpy as np
import pytest
from scipy import ndimage

from inference.phantom import ARTERY_LABELS, Phantom, make_phantom
from inference.phantom.clot import clot_of_seed
from inference.phantom.grid import VoxelGrid
from inference.phantom.labels import Side, artery_label

ISOTROPIC = ((100, 132, 112), (1.5, 1.5, 1.5))


def small(seed: int, occlusion=None) -> Phantom:
    shape, spacing = ISOTROPIC
    return make_phantom(seed, occlusion=occlusion, shape_zyx=shape, spacing_zyx_mm=spacing)


@pytest.fixture(scope="module")
def clinical() -> Phantom:
    return make_phantom(7, occlusion="hyperdense")


def region(phantom: Phantom, centre_xyz, half_mm: float) -> np.ndarray:
    grid = VoxelGrid(phantom.hu.shape, phantom.spacing_zyx_mm)
    near = [np.abs(grid.axis_mm(axis) - centre_xyz[2 - axis]) <= half_mm for axis in range(3)]
    return phantom.hu[np.ix_(*near)].astype(float)


def lumen_hu(phantom: Phantom, *labels: int) -> float:
    """Mean HU well inside the lumen, above the bone of the skull base."""
    inside = ndimage.binary_erosion(np.isin(phantom.labels, labels), np.ones((1, 3, 3)))
    grid = VoxelGrid(phantom.hu.shape, phantom.spacing_zyx_mm)
    inside &= grid.axis_mm(0)[:, None, None] > -24.0
    assert inside.sum() > 30
    return float(phantom.hu[inside].mean())


def other_side(phantom: Phantom) -> Side:
    return "left" if phantom.occluded_side == "right" else "right"


def clot_side(phantom: Phantom) -> Side:
    assert phantom.occluded_side is not None
    return phantom.occluded_side


def brain_hu(phantom: Phantom) -> float:
    return float(np.mean([region(phantom, (side * 26, -2, -15), 4).mean() for side in (-1, 1)]))


def test_phantom_of_seed_7_is_pinned():
    phantom = small(7)
    digest = hashlib.sha256(phantom.hu.astype("<i2").tobytes() + phantom.labels.tobytes())
    assert digest.hexdigest() == "bd9e9ae4e84e4e001e05e94f0c72a20f347f5142e2aed14bd10940d3fbeda935"


def test_default_is_a_clinical_thin_slice_series(clinical):
    assert clinical.hu.shape == clinical.labels.shape == (120, 512, 512)
    assert clinical.hu.dtype == np.int16
    assert clinical.labels.dtype == np.uint8
    assert clinical.spacing_zyx_mm == (1.2, 0.45, 0.45)
    middle = np.array(clinical.origin_lps_mm) + 0.5 * 0.45 * 511 * np.array([1, 1, 0])
    np.testing.assert_allclose(middle[:2], 0.0, atol=1e-9)


def test_the_tree_does_not_depend_on_the_grid_or_the_clot(clinical):
    for other in (small(7), small(7, "none"), make_phantom(7, shape_zyx=(9, 9, 9))):
        np.testing.assert_array_equal(other.tree.points_lps_mm, clinical.tree.points_lps_mm)
        np.testing.assert_array_equal(other.tree.labels, clinical.tree.labels)


def test_arteries_are_10_to_25_hu_above_brain(clinical):
    above = lumen_hu(clinical, artery_label(other_side(clinical), "M1")) - brain_hu(clinical)
    assert 10 <= above <= 25


def test_a_hyperdense_clot_is_denser_than_blood(clinical):
    blood = lumen_hu(clinical, artery_label(other_side(clinical), "M1"))
    assert lumen_hu(clinical, artery_label(clot_side(clinical), "M1")) > blood + 5
    assert lumen_hu(clinical, artery_label(clot_side(clinical), "M1")) > brain_hu(clinical) + 25


def test_an_absent_clot_is_as_dense_as_brain():
    phantom = make_phantom(7, occlusion="absent", shape_zyx=(60, 200, 320))
    blood = lumen_hu(phantom, artery_label(other_side(phantom), "M1"))
    assert lumen_hu(phantom, artery_label(clot_side(phantom), "M1")) < blood - 8


def test_noise_above_the_skull_base_is_4_to_6_hu(clinical):
    deviations = [region(clinical, (side * 26, -20, 40), 4).std() for side in (-1, 1)]
    assert 3.5 <= np.mean(deviations) <= 6.0


def test_the_head_lies_the_right_way_round(clinical):
    assert region(clinical, (31, -48, -30), 2).mean() < -40, "orbital fat lies in front"
    assert region(clinical, (9, -24, 9), 2).mean() < 15, "frontal horn"
    grid = VoxelGrid(clinical.hu.shape, clinical.spacing_zyx_mm)
    x = grid.axis_mm(2)
    left = np.isin(clinical.labels, [v for n, v in ARTERY_LABELS.items() if n == "L-M3"])
    assert x[np.flatnonzero(left.any(axis=(0, 1)))].min() > 20
    corner = clinical.hu[:, 0, 0]
    assert (corner == -1024).all()


@pytest.mark.parametrize(
    ("shape", "spacing"),
    [ISOTROPIC, ((58, 128, 128), (2.5, 1.8, 1.8)), ((150, 210, 170), (1.0, 0.8, 0.8))],
)
def test_labels_keep_every_branch_in_one_piece(shape, spacing):
    phantom = make_phantom(3, shape_zyx=shape, spacing_zyx_mm=spacing)
    _, pieces = ndimage.label(phantom.labels > 0, np.ones((3, 3, 3)))
    assert pieces <= 3, "left carotid, right carotid and vertebrobasilar system"


def test_thick_arteries_fill_their_volume(clinical):
    tree = clinical.tree
    label = artery_label("left", "M1")
    own = tree.segments[tree.labels[tree.segments] == label]
    steps = np.sqrt(((tree.points_lps_mm[own + 1] - tree.points_lps_mm[own]) ** 2).sum(axis=1))
    expected = (np.pi * tree.radii_mm[own] ** 2 * steps).sum()
    measured = (clinical.labels == label).sum() * np.prod(clinical.spacing_zyx_mm)
    assert measured == pytest.approx(expected, rel=0.15)


def test_a_phantom_without_clot_has_no_side():
    phantom = small(7, "none")
    assert phantom.occluded_side is None
    assert phantom.occlusion == "none"


def test_seeds_draw_both_sides_and_both_looks_of_the_clot():
    drawn = [clot_of_seed(seed) for seed in range(30)]
    assert {clot.side for clot in drawn} == {"left", "right"}
    assert {clot.shown for clot in drawn} == {"hyperdense", "absent"}


@pytest.mark.parametrize(("shape", "spacing"), [((0, 8, 8), (1, 1, 1)), ((8, 8, 8), (1, 0, 1))])
def test_an_empty_grid_is_refused(shape, spacing):
    with pytest.raises(ValueError, match="positive shape and spacing"):
        make_phantom(1, shape_zyx=shape, spacing_zyx_mm=spacing)
