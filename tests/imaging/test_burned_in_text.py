"""Text burned into pixels is pointed out, and anatomy and catheters are not."""

from pathlib import Path

import numpy as np
import pydicom
import pytest

from benchmarks.burned_in_text import draw
from inference.phantom import make_phantom, project_dsa
from reader_study.imaging import scan
from reader_study.imaging.burned_in_text import find_text, frames_as_displayed
from reader_study.imaging.ct_volume import CTVolume
from reader_study.imaging.text_display import run_as_displayed, volume_as_displayed
from reader_study.imaging.xa_run import read_xa_run
from tests.shared_data import shared_file

CORNER, MIDDLE, UPRIGHT = (0.03, 0.03, 0), (0.5, 0.45, 0), (0.03, 0.6, 90)
NAME = "MUSTERMANN^ERIKA"


@pytest.fixture(scope="module")
def phantom():
    return make_phantom(7, shape_zyx=(12, 512, 512), spacing_zyx_mm=(8.0, 0.45, 0.45))


@pytest.fixture(scope="module")
def slices(phantom):
    return volume_as_displayed(phantom.hu)


@pytest.fixture(scope="module")
def run(phantom):
    frames = project_dsa(phantom, 0.0, 17.0, size=512, frame_count=6).frames
    return run_as_displayed(frames)


def test_a_head_and_its_arteries_are_not_text(slices, run):
    assert find_text(slices) == ()
    assert find_text(run) == ()


def test_a_round_head_in_a_small_picture_is_no_letter():
    rows, columns = np.mgrid[:64, :64]
    head = np.hypot(rows - 32, columns - 32) < 26
    assert find_text(np.repeat((head * np.uint8(120))[None], 10, axis=0)) == ()


@pytest.mark.parametrize(
    ("at", "style"), [(CORNER, "bright"), (MIDDLE, "outlined"), (UPRIGHT, "bright")]
)
def test_a_name_in_all_frames_is_found_and_said_to_be_in_all(slices, run, at, style):
    for frames in (slices.copy(), run.copy()):
        drawn = draw(frames, NAME, style, 20, at, None)
        assert drawn.found_in([box for box in find_text(frames) if box.frame is None])


def test_dark_letters_on_a_bright_field_are_found(run):
    frames = run.copy()
    assert draw(frames, NAME, "dark", 20, CORNER, None).found_in(find_text(frames))


def test_faint_letters_under_noise_are_found_in_the_mean_of_all_frames():
    rng = np.random.default_rng(1)
    frames = rng.normal(140, 20, (24, 512, 512)).clip(0, 255).astype(np.uint8)
    drawn = draw(frames, NAME, "10 % contrast", 24, MIDDLE, None)
    boxes = find_text(frames)
    assert drawn.found_in(boxes)
    assert {box.frame for box in boxes} == {None}


@pytest.mark.parametrize("frame", [0, 11])
def test_a_name_in_one_slice_is_found_and_its_slice_named(slices, frame):
    frames = slices.copy()
    drawn = draw(frames, NAME, "bright", 24, MIDDLE, frame)
    assert drawn.found_in([box for box in find_text(frames) if box.frame == frame])


def test_text_in_some_frames_is_given_with_the_first_of_them(run):
    frames = run.copy()
    for frame in (3, 4, 5):
        draw(frames, NAME, "bright", 24, CORNER, frame)
    assert {box.frame for box in find_text(frames)} == {3}


def test_a_single_picture_needs_no_frame_number(slices):
    picture = slices[6:7].copy()
    drawn = draw(picture, NAME, "bright", 20, CORNER, None)
    boxes = find_text(picture)
    assert drawn.found_in(boxes)
    assert {box.frame for box in boxes} == {None}


def test_boxes_lie_within_the_frame_even_at_its_edges():
    frames = np.zeros((2, 300, 403), np.uint8)
    for at in ((0.0, 0.0, 0), (1.0, 1.0, 0)):
        draw(frames, NAME, "bright", 16, at, None)
    boxes = find_text(frames)
    assert boxes
    for box in boxes:
        assert box.left >= 0
        assert box.top >= 0
        assert 0 < box.width <= 403 - box.left
        assert 0 < box.height <= 300 - box.top


def test_a_picture_larger_than_the_network_takes_is_searched_in_parts():
    frames = np.full((1, 1500, 2900), 90, np.uint8)
    drawn = [
        draw(frames, NAME, "bright", 32, at, None)
        for at in ((0.01, 0.01, 0), (0.45, 0.5, 0), (0.99, 0.99, 0))
    ]
    boxes = find_text(frames)
    assert all(one.found_in(boxes) for one in drawn)


def test_the_same_frames_give_the_same_boxes(slices):
    frames = slices.copy()
    draw(frames, NAME, "bright", 16, CORNER, None)
    draw(frames, "1957-03-21", "bright", 16, MIDDLE, 5)
    assert find_text(frames) == find_text(frames)


def test_tiny_flat_and_noisy_frames_hold_no_text():
    rng = np.random.default_rng(3)
    assert find_text(np.zeros((3, 5, 4), np.uint8)) == ()
    assert find_text(np.full((3, 64, 64), 255, np.uint8)) == ()
    assert find_text(rng.integers(0, 256, (4, 256, 256), np.uint8)) == ()


def test_what_is_not_frames_is_refused():
    with pytest.raises(ValueError, match="not \\[frame, row, column\\]"):
        find_text(np.zeros((64, 64), np.uint8))


def test_letters_beyond_the_window_keep_their_contrast(phantom):
    hu = phantom.hu.copy()
    hu[0, :10, :10], hu[0, :10, 20:30], hu[0, :10, 40:50] = -1024, -800, 32767
    shown = frames_as_displayed(CTVolume(hu, phantom.spacing_zyx_mm, (0.0, 0.0, 0.0), ()))
    air, dim, letter = (int(shown[0, 5, column]) for column in (5, 25, 45))
    bone = int(shown[hu == 1500].max()) if (hu == 1500).any() else 225
    assert dim - air >= 10
    assert letter - bone >= 30


def test_letters_at_the_ends_of_a_run_s_range_keep_their_contrast():
    rng = np.random.default_rng(4)
    frames = rng.integers(800, 1200, (3, 200, 200)).astype(np.uint16)
    frames[:, :3, :3], frames[:, :3, 10:13] = 0, 4095
    shown = run_as_displayed(frames)
    assert shown[:, :3, :3].max() == 0
    assert shown[:, :3, 10:13].min() == 255
    assert 16 <= shown[:, 20:].min() <= shown[:, 20:].max() <= 240


def test_a_test_patient_s_name_is_found_in_an_ultrasound_picture():
    picture = pydicom.dcmread(shared_file("bad-dicom/deid_us_rgb_burned_in.dcm")).pixel_array
    boxes = find_text(picture.mean(axis=-1).astype(np.uint8)[None])
    assert any(box.top < 60 and box.width > 150 for box in boxes)


def test_a_test_patient_s_name_is_found_in_a_scout_with_values_far_beyond_bone():
    stored = pydicom.dcmread(shared_file("bad-dicom/presidio_2_ORIGINAL_ct_burned_in.dcm"))
    boxes = find_text(volume_as_displayed(stored.pixel_array[None]))
    assert any(box.top < 20 and box.width > 150 for box in boxes)


def test_catheters_and_vessels_of_real_runs_are_not_text(tmp_path: Path):
    found = scan([shared_file("xa")], tmp_path)
    for run_file in found.xa_runs:
        assert find_text(frames_as_displayed(read_xa_run(run_file))) == ()
