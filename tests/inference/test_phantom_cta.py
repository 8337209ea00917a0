"""The phantom's CT angiography: contrast stops at the clot, the truth goes on; scanners differ."""

import numpy as np
import pytest
from scipy import ndimage

from inference.phantom import (
    ARTERY_LABELS,
    PhantomCTA,
    Scanner,
    make_phantom,
    rigid_motion,
    scan_cta,
    scan_phantom,
)
from inference.phantom.grid import VoxelGrid
from inference.phantom.labels import Side, artery_label, labels_beyond_m1

CTA = Scanner("test CTA", (110, 140, 130), (1.4, 1.4, 1.4), noise_hu=8.0)
SHARP = Scanner("sharp", (60, 128, 128), (2.0, 1.5, 1.5), noise_hu=6.0)
SMOOTH = Scanner("smooth", (60, 128, 128), (2.0, 1.5, 1.5), noise_hu=3.0, blur_mm=1.5)
STILL = rigid_motion((0.0, 0.0, 0.0), (0.0, 0.0, 0.0))
OTHER: dict[str, Side] = {"left": "right", "right": "left"}


@pytest.fixture(scope="module")
def occluded() -> tuple[PhantomCTA, str]:
    side = make_phantom(7, occlusion="hyperdense", shape_zyx=(9, 9, 9)).occluded_side
    assert side is not None
    return scan_cta(7, CTA, occlusion="hyperdense"), side


def bright_share(cta: PhantomCTA, labels: frozenset[int]) -> float:
    """Share of the centre line's wider neighbourhood that shows contrast, by artery."""
    inside = np.isin(cta.labels, sorted(labels))
    return float((cta.hu[inside] > 100).mean())


def test_contrast_stops_at_the_clot_while_the_truth_goes_on(occluded):
    cta, side = occluded
    beyond, spared = labels_beyond_m1(side), labels_beyond_m1(OTHER[side])
    assert bright_share(cta, beyond) < 0.01
    assert bright_share(cta, spared) > 0.4
    assert (
        np.isin(cta.labels, sorted(beyond)).sum() > 0.7 * np.isin(cta.labels, sorted(spared)).sum()
    )
    assert not np.isin(cta.opacified, sorted(beyond)).any()


def test_the_part_of_m1_before_the_clot_is_opacified(occluded):
    cta, side = occluded
    m1 = artery_label(side, "M1")
    drawn, whole = (cta.opacified == m1).sum(), (cta.labels == m1).sum()
    assert 0 < drawn < whole


def test_everything_else_is_drawn_as_it_is(occluded):
    cta, side = occluded
    blocked = labels_beyond_m1(side) | {artery_label(side, "M1")}
    others = sorted(set(ARTERY_LABELS.values()) - blocked)
    open_ = np.isin(cta.labels, others)
    np.testing.assert_array_equal(cta.opacified[open_], cta.labels[open_])


def test_without_a_clot_all_arteries_are_opacified():
    cta = scan_cta(7, CTA, occlusion="none")
    np.testing.assert_array_equal(cta.labels, cta.opacified)
    assert bright_share(cta, frozenset(ARTERY_LABELS.values())) > 0.4


@pytest.mark.parametrize(
    ("turns", "shift"), [((0, 0, 0), (6, -4, 3)), ((5, 0, 0), (0, 0, 0)), ((3, -4, 5), (-5, 2, 4))]
)
def test_the_head_moved_as_the_transform_says(turns, shift):
    moved = scan_cta(3, CTA, occlusion="none", moved_lps=rigid_motion(turns, shift))
    still = scan_cta(3, CTA, occlusion="none", moved_lps=STILL)
    back = pulled_back(moved, moved.moved_lps)
    brain = (still.hu > -100) & (still.hu < 90) & (back > -100) & (back < 90)
    assert brain.mean() > 0.1, "both show a head"
    bone = ndimage.binary_erosion(still.hu > 400)
    assert (back[bone] > 300).mean() > 0.97
    assert (pulled_back(moved, STILL)[bone] > 300).mean() < 0.95, "it did move"
    bright = (still.labels > 0) & (still.hu > 280)
    assert (back[bright] > 150).mean() > 0.9, "arteries moved with the head"


def pulled_back(cta: PhantomCTA, moved_lps: np.ndarray) -> np.ndarray:
    """Sample the CTA at the places to which the transform takes every unmoved voxel."""
    grid = VoxelGrid(cta.hu.shape, cta.spacing_zyx_mm)
    z, y, x = np.meshgrid(*(grid.axis_mm(axis) for axis in range(3)), indexing="ij")
    points = np.stack([x, y, z], axis=-1) @ moved_lps[:3, :3].T + moved_lps[:3, 3]
    index = (points - np.array(cta.origin_lps_mm)) / np.array(cta.spacing_zyx_mm[::-1])
    return ndimage.map_coordinates(
        cta.hu.astype(np.float32), np.moveaxis(index[..., ::-1], -1, 0), order=1, cval=-1024
    )


def test_a_rigid_motion_keeps_distances_and_turns_about_the_head():
    matrix = rigid_motion((10.0, -20.0, 30.0), (1.0, 2.0, 3.0))
    np.testing.assert_allclose(matrix[:3, :3] @ matrix[:3, :3].T, np.eye(3), atol=1e-12)
    assert np.linalg.det(matrix[:3, :3]) == pytest.approx(1.0)
    np.testing.assert_allclose(matrix @ [0, 0, 13, 1], [1, 2, 16, 1], atol=1e-12)
    quarter = rigid_motion((0.0, 0.0, 90.0), (0.0, 0.0, 0.0))
    np.testing.assert_allclose(quarter @ [1, 0, 13, 1], [0, 1, 13, 1], atol=1e-12)


def test_motion_is_small_and_different_for_every_seed():
    turns = []
    for seed in (1, 2, 3):
        matrix = scan_cta(seed, Scanner("tiny", (9, 9, 9), (9.0, 9.0, 9.0), 1.0)).moved_lps
        angle = np.rad2deg(np.arccos((np.trace(matrix[:3, :3]) - 1) / 2))
        assert 0.1 < angle < 9
        turns.append(angle)
    assert len(set(turns)) == 3


def brain_patch(hu: np.ndarray, grid: VoxelGrid) -> np.ndarray:
    """A piece of white matter above the ventricles."""
    near = [
        np.abs(grid.axis_mm(axis) - centre) <= half
        for axis, centre, half in ((0, 40, 10), (1, -10, 16), (2, 26, 10))
    ]
    return hu[np.ix_(*near)].astype(float)


def test_two_scanners_differ_in_noise_and_sharpness_but_not_in_the_arteries():
    sharp, smooth = (scan_phantom(5, scanner, occlusion="none") for scanner in (SHARP, SMOOTH))
    np.testing.assert_array_equal(sharp.labels, smooth.labels)
    rough, even = (brain_patch(p.hu, SHARP.grid) for p in (sharp, smooth))
    assert rough.std() > 1.5 * even.std()
    edges = [np.abs(np.diff(p.hu.astype(float), axis=2)).max() for p in (sharp, smooth)]
    assert edges[0] > 1.2 * edges[1]


@pytest.mark.parametrize("scanner", [SHARP, SMOOTH])
def test_noise_is_as_strong_as_the_scanner_says(scanner):
    quiet = Scanner("quiet", scanner.shape_zyx, scanner.spacing_zyx_mm, 0.0, scanner.blur_mm)
    noise = scan_phantom(5, scanner).hu - scan_phantom(5, quiet).hu.astype(float)
    assert brain_patch(noise, scanner.grid).std() == pytest.approx(scanner.noise_hu, rel=0.1)


def test_a_smooth_kernel_spreads_a_point_by_what_it_says():
    scanner = Scanner("smooth", (3, 9, 9), (1.0, 0.5, 0.5), 0.0, blur_mm=0.5)
    assert scanner.blurring_passes == 2, "each pass adds half a pixel² of variance"
