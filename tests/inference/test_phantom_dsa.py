"""The C-arm's signs and flips, and what a DSA run shows."""

import numpy as np
import pytest
from scipy import ndimage

from inference.phantom import AngiographyRun, CArm, Phantom, make_phantom, opacified_pixels
from inference.phantom.dsa import project_dsa
from inference.phantom.labels import carotid_circulation

LEFT, BACK, UP = np.eye(3) * 30.0
ANGLES = [(0, 0), (90, 0), (-90, 0), (30, 20), (-45, -30)]


def arm(primary_deg: float = 0.0, secondary_deg: float = 0.0) -> CArm:
    return CArm(primary_deg, secondary_deg, 1100.0, 750.0, 0.3, 1024)


def place(c_arm: CArm, point: np.ndarray) -> tuple[float, float]:
    """Offset from the image's middle: down and to the right, in pixels."""
    row, column = c_arm.project(np.array([point]))[0] - (c_arm.size - 1) / 2
    return row, column


@pytest.fixture(scope="module")
def phantom() -> Phantom:
    return make_phantom(7, shape_zyx=(72, 100, 100), spacing_zyx_mm=(2.0, 2.0, 2.0))


@pytest.fixture(scope="module")
def run(phantom) -> AngiographyRun:
    return project_dsa(phantom, 0.0, 17.0, size=384)


def subtracted(run: AngiographyRun, frame: int) -> np.ndarray:
    grey = run.frames.astype(float) + 1.0
    return np.asarray(np.log(grey[frame]) - np.log(grey[0]))


@pytest.mark.parametrize(
    ("primary", "secondary", "direction"),
    [
        (0, 0, (0, -1, 0)),
        (90, 0, (1, 0, 0)),
        (0, 25, (0, -0.9063, 0.4226)),
        (30, 20, (0.4698, -0.8138, 0.3420)),
    ],
)
def test_detector_direction_at_the_published_angles(primary, secondary, direction):
    np.testing.assert_allclose(arm(primary, secondary).detector_direction, direction, atol=1e-4)


@pytest.mark.parametrize(("primary", "secondary"), ANGLES)
def test_directions_are_a_right_handed_frame(primary, secondary):
    c_arm = arm(primary, secondary)
    frame = np.stack([c_arm.right_direction, c_arm.up_direction, c_arm.detector_direction])
    np.testing.assert_allclose(frame @ frame.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(frame) == pytest.approx(1.0)


def test_from_the_front_the_patients_left_is_on_the_images_right():
    row, column = place(arm(0, 0), LEFT)
    assert column > 0
    assert row == pytest.approx(0.0)


def test_the_head_is_up():
    for angles in ANGLES:
        assert place(arm(*angles), UP)[0] < 0


def test_from_the_left_the_back_is_on_the_images_right_and_from_the_right_on_its_left():
    assert place(arm(90, 0), BACK)[1] > 0
    assert place(arm(-90, 0), BACK)[1] < 0


def test_a_cranial_view_moves_the_front_down():
    assert place(arm(0, 25), -BACK)[0] > 0
    assert place(arm(0, -25), -BACK)[0] < 0


def test_magnification_is_sid_over_sod_in_the_isocentre_and_less_near_the_detector():
    c_arm = arm()
    assert place(c_arm, LEFT)[1] * 0.3 == pytest.approx(30.0 * 1100 / 750)
    assert place(c_arm, LEFT - BACK)[1] * 0.3 == pytest.approx(30.0 * 1100 / 780)
    assert place(c_arm, LEFT + BACK)[1] * 0.3 == pytest.approx(30.0 * 1100 / 720)


def test_the_isocentre_falls_on_the_middle_of_the_image():
    np.testing.assert_allclose(arm(35, -12).project(np.zeros((1, 3))), [[511.5, 511.5]])


def test_a_run_is_12_bits_with_a_mask_first(run):
    assert run.frames.dtype == np.uint16
    assert run.frames.shape == (16, 384, 384)
    assert run.frames.max() < 4096
    assert np.abs(ndimage.gaussian_filter(subtracted(run, 1), 2)).max() < 0.05


def test_only_the_occluded_sides_carotid_is_injected(phantom, run):
    assert run.injected_side == phantom.occluded_side == "right"
    darkest = np.stack([subtracted(run, t) for t in range(1, 16)]).min(axis=0)
    rows, columns = np.nonzero(ndimage.gaussian_filter(darkest, 1) < -0.15)
    assert np.mean(columns < 384 / 2) > 0.95, "the right side is on the image's left"
    assert len(rows) > 500


def test_opacified_pixels_lie_on_the_projected_tree_and_the_other_way_round(phantom, run):
    darkest = np.stack([subtracted(run, t) for t in range(1, 16)]).min(axis=0)
    dark = ndimage.gaussian_filter(darkest, 0.7) < -0.12
    truth = opacified_pixels(phantom.tree, run.injected_side, run.arm)
    from_truth = ndimage.distance_transform_edt(~truth)
    assert np.mean(from_truth[dark] <= 2) > 0.97
    own = np.isin(phantom.tree.labels, list(carotid_circulation(run.injected_side)))
    centre = np.rint(run.arm.project(phantom.tree.points_lps_mm[own])).astype(int)
    inside = (centre >= 0).all(axis=1) & (centre < 384).all(axis=1)
    assert inside.mean() > 0.99
    assert np.mean(from_truth[tuple(centre.T)] <= 1) > 0.99


def test_contrast_passes_from_the_carotid_to_the_cortex(phantom, run):
    tree = phantom.tree
    own = np.isin(tree.labels, list(carotid_circulation(run.injected_side)))
    early = own & (tree.arrival_s < 0.3)
    late = own & (tree.arrival_s > 1.3)

    def strength(chosen: np.ndarray, frame: int) -> float:
        rows, columns = np.rint(run.arm.project(tree.points_lps_mm[chosen])).astype(int).T
        return -float(subtracted(run, frame)[rows, columns].mean())

    peaks = [int(np.argmax([strength(chosen, t) for t in range(16)])) for chosen in (early, late)]
    assert 2 <= peaks[0] < peaks[1] < 15
    assert strength(early, 15) < 0.3 * strength(early, peaks[0])


def test_the_same_run_is_the_same_and_other_angles_are_not(phantom, run):
    again = project_dsa(phantom, 0.0, 17.0, size=384, frame_count=2)
    np.testing.assert_array_equal(again.frames, run.frames[:2])
    other = project_dsa(phantom, -90.0, 0.0, size=384, frame_count=2)
    assert (other.frames[0] != run.frames[0]).mean() > 0.5


def test_without_a_clot_the_right_side_is_injected():
    phantom = make_phantom(8, occlusion="none", shape_zyx=(20, 30, 30), spacing_zyx_mm=(7, 7, 7))
    assert project_dsa(phantom, 0.0, 0.0, size=64, frame_count=1).injected_side == "right"
