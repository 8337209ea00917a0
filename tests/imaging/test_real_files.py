"""Real scanners' files: what they are, and what becomes of them."""

import numpy as np
import pytest

from reader_study.imaging import build_ct_volume, read_xa_run
from reader_study.imaging.pixels import hounsfield, read_pixels
from tests.shared_data import shared_file

GE_HEAD = "head-ct/ge_human_ncct_tilt18.5_variable_spacing_28.zip"


def test_a_tilted_human_head_is_shown_upright_and_undistorted(scan_paths):
    (series,) = scan_paths(shared_file(GE_HEAD)).ct_series
    volume = build_ct_volume(series)
    assert volume.corrections == [
        "Gantry tilt of 18.5° corrected by resampling",
        "Slice spacing uneven (1.14–7.38 mm): resampled to 2.00 mm",
    ]
    assert volume.flags == ["Slices thicker than 1.5 mm (up to 7.0 mm)"]
    skull = volume.hu > 300
    midline = skull[:, :, skull.shape[2] // 2]
    rows = np.flatnonzero(midline.any(axis=0))
    vertex_row = np.flatnonzero(midline[np.flatnonzero(midline.any(axis=1))[-3]]).mean()
    share = (vertex_row - rows[0]) / (rows[-1] - rows[0])
    assert 0.3 < share < 0.7  # the vertex is above the middle of the head, not sheared away
    brain = (volume.hu > 0) & (volume.hu < 80)
    assert np.median(volume.hu[brain]) == pytest.approx(32, abs=8)


def test_a_phantom_head_is_stacked_and_its_localizer_left_out_with_a_reason(scan_paths):
    name = "philips_headphantom_5mm_28_plus_localizer.zip"
    result = scan_paths(shared_file(f"head-ct/{name}"))
    (series,) = result.ct_series
    assert result.refused == ()
    volume = build_ct_volume(series)
    assert volume.hu.shape == (28, 512, 512)
    assert volume.spacing_zyx_mm == pytest.approx((5.0, 0.451171875, 0.451171875))
    assert volume.corrections == []
    left_out = [out.message for out in result.left_out]
    assert f"{name}/I10: a localizer (scout view), not part of the volume." in left_out
    assert sum("DICOMDIR" in message for message in left_out) == 3


def test_a_tilt_without_the_tilt_tag_is_found_from_the_geometry(scan_paths):
    (series,) = scan_paths(shared_file("head-ct/d2n_tilt_4slices_noise.zip")).ct_series
    volume = build_ct_volume(series)
    assert volume.corrections[0] == "Gantry tilt of 14.0° corrected by resampling"


def test_a_missing_slice_is_found(scan_paths):
    (series,) = scan_paths(shared_file("head-ct/d2n_missing_slice_noise.zip")).ct_series
    volume = build_ct_volume(series)
    assert volume.hu.shape[0] == 5
    assert "Slices missing: 1 gap(s) of 10.0 mm bridged by interpolation" in volume.flags


def test_a_codestream_that_contradicts_its_header_still_gives_hounsfield_units():
    path = shared_file("head-ct/J2K_pixelrep_mismatch.dcm")
    dataset, stored = read_pixels(path, path.name)
    hu, _ = hounsfield(stored, dataset)
    assert hu.min() == -1024
    soft_tissue = hu[(hu > -50) & (hu < 100)]
    assert soft_tissue.size > 0.1 * hu.size
    assert np.median(soft_tissue) == pytest.approx(30, abs=20)


@pytest.mark.parametrize(
    ("name", "frames", "primary", "secondary", "sid"),
    [
        ("phantom_IM2.dcm", 12, -27.3, -0.1, 865),
        ("phantom_IM3.dcm", 12, -0.8, -23.2, 891),
        ("phantom_IM4.dcm", 10, 0.1, 28.7, 907),
    ],
)
def test_real_runs_are_read(scan_paths, name, frames, primary, secondary, sid):
    (found,) = scan_paths(shared_file(f"xa/{name}")).xa_runs
    run = read_xa_run(found)
    assert run.frames.shape == (frames, 512, 512)
    assert run.frames.dtype == np.uint8
    assert (run.primary_deg, run.secondary_deg) == ([primary], [secondary])
    assert (run.sid_mm, run.sod_mm) == (sid, 720)
    assert run.frame_start_ms[1] == pytest.approx(66.667)
    assert run.mask_frames == []
    assert 0 <= run.window[0] < 60 < run.window[1] <= 255


def test_broken_and_foreign_files_each_get_a_message_and_no_crash(scan_paths):
    folder = shared_file("bad-dicom")
    result = scan_paths(folder)
    assert result.ct_series == result.xa_runs == ()
    named = [name for out in (*result.refused, *result.left_out) for name in out.names]
    assert sorted(named) == sorted(f"bad-dicom/{path.name}" for path in folder.iterdir())
