"""Enhanced multi-frame objects give the same volumes and runs as classic ones."""

import numpy as np
import pydicom
import pytest

from reader_study.imaging import build_ct_volume, read_xa_run

from .compressed_dicom import store_as
from .enhanced_dicom import merge_to_enhanced_ct, shuffled, write_enhanced_xa
from .synthetic_dicom import growing_bar, write_ct_series

IN_SHARED = {"ImageOrientationPatient", "PixelSpacing", "SliceThickness", "RescaleSlope"}


@pytest.mark.parametrize("shared", [set(), IN_SHARED], ids=["own groups", "shared groups"])
@pytest.mark.parametrize("tilt_deg", [0.0, 15.0])
def test_an_enhanced_ct_is_the_stack_of_its_classic_slices(tmp_path, scan_paths, shared, tilt_deg):
    def rescale(number, dataset):
        dataset.RescaleIntercept = -1024 - number

    slices = write_ct_series(tmp_path / "ct", slices=12, tilt_deg=tilt_deg, edit=rescale)
    classic = build_ct_volume(scan_paths(tmp_path / "ct").ct_series[0])
    path = merge_to_enhanced_ct(slices, tmp_path / "e.dcm", order=shuffled(12), shared=shared)
    (series,) = scan_paths(path).ct_series
    assert series.source_names == ("e.dcm",)
    enhanced = build_ct_volume(series)
    np.testing.assert_array_equal(enhanced.hu, classic.hu)
    assert enhanced.spacing_zyx_mm == classic.spacing_zyx_mm
    assert enhanced.origin_lps_mm == classic.origin_lps_mm
    assert enhanced.gates == classic.gates


def test_a_compressed_enhanced_ct_is_read_frame_by_frame(tmp_path, scan_paths):
    slices = write_ct_series(tmp_path / "ct", slices=5)
    classic = build_ct_volume(scan_paths(tmp_path / "ct").ct_series[0])
    path = merge_to_enhanced_ct(slices, tmp_path / "e.dcm", order=shuffled(5))
    store_as(path, pydicom.uid.HTJ2KLossless)
    np.testing.assert_array_equal(build_ct_volume(scan_paths(path).ct_series[0]).hu, classic.hu)


def test_an_enhanced_perfusion_map_is_left_out(tmp_path, scan_paths):
    slices = write_ct_series(tmp_path / "ct", slices=4)
    path = merge_to_enhanced_ct(slices, tmp_path / "e.dcm", order=range(4))
    dataset = pydicom.dcmread(path)
    frame_type = dataset.SharedFunctionalGroupsSequence[0].CTImageFrameTypeSequence[0]
    frame_type.FrameType = ["DERIVED", "PRIMARY", "PERFUSION", "RCBF"]
    dataset.save_as(path)
    (other,) = scan_paths(path).others
    assert other.reason == "a perfusion map, not the acquired slices"
    assert other.names == ("e.dcm",)


def test_an_enhanced_ct_with_contrast_agent_is_left_out(tmp_path, scan_paths):
    slices = write_ct_series(tmp_path / "ct", slices=4)
    path = merge_to_enhanced_ct(slices, tmp_path / "e.dcm", order=range(4))
    dataset = pydicom.dcmread(path)
    usage = pydicom.Dataset()
    usage.ContrastBolusAgentAdministered = "YES"
    dataset.SharedFunctionalGroupsSequence[0].ContrastBolusUsageSequence = [usage]
    dataset.save_as(path)
    assert "contrast agent" in scan_paths(path).others[0].reason


def test_an_enhanced_run_has_its_frames_own_times(tmp_path, scan_paths):
    starts = [0, 0.25, 0.5, 1.0, 1.5, 2.5]
    path = write_enhanced_xa(tmp_path / "xa.dcm", starts_s=starts, primary_deg=[30] * 6)
    (found,) = scan_paths(path).xa_runs
    assert (found.primary_deg, found.secondary_deg) == (30, 20)
    run = read_xa_run(found)
    np.testing.assert_array_equal(run.frames, growing_bar())
    assert run.frame_start_ms == [0, 250, 500, 1000, 1500, 2500]
    assert (run.primary_deg, run.secondary_deg) == ([30], [20])
    assert (run.sid_mm, run.sod_mm, run.imager_pixel_spacing_mm) == (1100, 750, (0.4, 0.4))
    assert run.mask_frames == [0]
    assert run.flags == []


def test_an_enhanced_run_of_a_moving_c_arm_has_angles_for_each_frame(tmp_path, scan_paths):
    angles = [-10, -5, 0, 5, 10, 15]
    path = write_enhanced_xa(tmp_path / "xa.dcm", starts_s=[0, 1, 2, 3, 4, 5], primary_deg=angles)
    assert read_xa_run(scan_paths(path).xa_runs[0]).primary_deg == angles


def test_an_enhanced_run_without_times_falls_back_as_a_classic_one(tmp_path, scan_paths):
    path = write_enhanced_xa(
        tmp_path / "xa.dcm", starts_s=[0] * 6, primary_deg=[0] * 6, elements={"CineRate": 8}
    )
    run = read_xa_run(scan_paths(path).xa_runs[0])
    assert run.frame_start_ms[1] == 125
    assert run.flags == ["Frame times are not recorded: the display rate assumed"]
