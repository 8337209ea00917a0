"""An angiography run keeps its timing, mask and geometry, whatever way they are written."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import RLELossless

from reader_study.imaging import AngiographyRun, ImagingError, read_xa_run, scan

from .synthetic_dicom import growing_bar, write_xa_run


def run_of(frames: Any = None, **settings: Any) -> AngiographyRun:
    with TemporaryDirectory() as folder:
        path = write_xa_run(Path(folder) / "xa.dcm", frames, **settings)
        return read_xa_run(scan([path], Path(folder)).xa_runs[0])


def mask_item(**elements: Any) -> Dataset:
    item = Dataset()
    for keyword, value in elements.items():
        setattr(item, keyword, value)
    return item


def test_a_plain_run_is_read_as_it_is_stored():
    run = run_of()
    np.testing.assert_array_equal(run.frames, growing_bar())
    assert run.frames.dtype == np.uint16
    assert run.frame_start_ms == [0, 250, 500, 750, 1000, 1250]
    assert (run.mask_frames, run.mask_shift_px) == ([0], (0, 0))
    assert (run.primary_deg, run.secondary_deg) == ([30], [20])
    assert (run.sid_mm, run.sod_mm, run.imager_pixel_spacing_mm) == (1100, 750, (0.4, 0.4))
    assert not run.already_subtracted
    assert not run.logarithmic
    assert run.flags == []


def test_the_frame_time_vector_is_followed_where_the_pointer_names_it():
    run = run_of(
        elements={
            "FrameIncrementPointer": 0x00181065,
            "FrameTimeVector": [0, 500, 500, 250, 250, 1000],
        }
    )
    assert run.frame_start_ms == [0, 500, 1000, 1250, 1500, 2500]


def test_a_pointer_to_the_frame_time_wins_over_a_vector_that_is_also_there():
    run = run_of(elements={"FrameTimeVector": [0, 1, 2, 3, 4, 5]})
    assert run.frame_start_ms[1] == 250


@pytest.mark.parametrize(
    ("elements", "step_ms", "basis"),
    [
        ({"FrameTime": 0, "CineRate": 8}, 125, "the display rate assumed"),
        ({"FrameTime": None}, 250, "4 frames per second assumed"),
        ({"FrameTime": None, "FrameTimeVector": [0, 1]}, 250, "4 frames per second assumed"),
    ],
)
def test_missing_frame_times_are_assumed_and_said_so(elements, step_ms, basis):
    run = run_of(elements=elements)
    assert run.frame_start_ms[1] == step_ms
    assert run.flags == [f"Frame times are not recorded: {basis}"]


def test_the_mask_module_names_frames_from_one_and_a_shift():
    item = mask_item(
        MaskOperation="AVG_SUB", MaskFrameNumbers=[2, 3], MaskSubPixelShift=[1.5, -0.5]
    )
    run = run_of(elements={"MaskSubtractionSequence": [item]})
    assert run.mask_frames == [1, 2]
    assert run.mask_shift_px == (1.5, -0.5)


@pytest.mark.parametrize(
    "sequence",
    [
        [],
        [mask_item(MaskOperation="NONE")],
        [mask_item(MaskOperation="TID", TIDOffset=1)],
        [mask_item(MaskOperation="AVG_SUB", MaskFrameNumbers=[77])],
    ],
)
def test_without_a_usable_mask_the_first_frame_is_taken(sequence):
    run = run_of(elements={"MaskSubtractionSequence": sequence})
    assert run.mask_frames == [0]
    assert run.flags == ["No mask named in the header: the first frame is taken"]


@pytest.mark.parametrize(
    "elements",
    [
        {"ImageType": ["DERIVED", "PRIMARY", "SINGLE PLANE", "SUBTRACTED"]},
        {"DerivationDescription": "Mask SUBTRACTION"},
    ],
)
def test_subtracted_runs_are_not_subtracted_again(elements):
    run = run_of(elements=elements)
    assert run.already_subtracted
    assert run.mask_frames == []


def test_a_run_meant_for_display_is_not_subtracted():
    run = run_of(elements={"PixelIntensityRelationship": "DISP"})
    assert run.mask_frames == []
    assert not run.already_subtracted


def test_logarithmic_runs_are_known():
    assert run_of(elements={"PixelIntensityRelationship": "LOG"}).logarithmic


@pytest.mark.parametrize(
    ("increment", "expected"),
    [(2.0, [30, 32, 34, 36, 38, 40]), ([0, 5, 10, 20, 40, 80], [30, 35, 40, 50, 70, 110])],
)
def test_a_moving_c_arm_has_angles_for_each_frame(increment, expected):
    run = run_of(
        elements={"PositionerMotion": "DYNAMIC", "PositionerPrimaryAngleIncrement": increment}
    )
    assert run.primary_deg == expected
    assert run.secondary_deg == [20]


def test_unknown_geometry_is_none():
    names = ("PositionerPrimaryAngle", "DistanceSourceToDetector", "DistanceSourceToPatient")
    run = run_of(elements={**dict.fromkeys(names, ""), "ImagerPixelSpacing": [0, 0]})
    assert run.primary_deg is None
    assert (run.sid_mm, run.sod_mm, run.imager_pixel_spacing_mm) == (None, None, None)
    assert "C-arm angles are not recorded" in run.flags


def test_monochrome1_is_turned_to_monochrome2():
    run = run_of(4095 - growing_bar(), elements={"PhotometricInterpretation": "MONOCHROME1"})
    np.testing.assert_array_equal(run.frames, growing_bar())


def test_signed_pixels_are_moved_to_start_at_zero():
    run = run_of((growing_bar().astype(np.int32) - 2048).astype(np.int16), bits=12)
    np.testing.assert_array_equal(run.frames, growing_bar())
    assert run.frames.dtype == np.uint16


def test_eight_bit_runs_stay_eight_bit():
    assert run_of((growing_bar() // 16).astype(np.uint8), bits=8).frames.dtype == np.uint8


def test_compressed_runs_are_decoded(tmp_path):
    path = write_xa_run(tmp_path / "xa.dcm")
    dataset = pydicom.dcmread(path)
    dataset.compress(RLELossless)
    dataset.save_as(path)
    run = read_xa_run(scan([path], tmp_path).xa_runs[0])
    np.testing.assert_array_equal(run.frames, growing_bar())


def test_the_window_ignores_the_shutter():
    frames = growing_bar(size=100)
    frames[:, :, :30] = 0
    shutter = {"ShutterShape": "RECTANGULAR", "ShutterLeftVerticalEdge": 31}
    assert run_of(frames, elements=shutter).window == (800, 3000)


def test_a_constant_run_still_has_a_window():
    low, high = run_of(np.full((3, 8, 8), 7, np.uint16)).window
    assert high > low


def test_damaged_pixels_are_refused_by_name(tmp_path):
    path = write_xa_run(tmp_path / "xa.dcm")
    found = scan([path], tmp_path).xa_runs[0]
    dataset = pydicom.dcmread(path)
    dataset.BitsAllocated = 12
    dataset.save_as(path)
    with pytest.raises(ImagingError, match=r"xa\.dcm: the pixel data cannot be decoded"):
        read_xa_run(found)
