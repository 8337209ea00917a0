"""A volume shows the head where and as it lay, whatever the scanner did to the slices."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reader_study.imaging import CTVolume, ImagingError, build_ct_volume, scan

from .synthetic_dicom import smooth_field, write_ct_series

UNEVEN_STEPS = [4.22] * 10 + [1.14] + [7.38] * 8


def volume_of(**settings_of_series: Any) -> CTVolume:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        write_ct_series(root / "ct", **settings_of_series)
        (root / "work").mkdir()
        return build_ct_volume(scan([root / "ct"], root / "work").ct_series[0])


def coordinates(volume: CTVolume) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    x, y, z = (
        volume.origin_lps_mm[axis]
        + volume.spacing_zyx_mm[2 - axis] * np.arange(volume.hu.shape[2 - axis])
        for axis in range(3)
    )
    return x[None, None, :], y[None, :, None], z[:, None, None]


def interpolation_error(volume: CTVolume) -> np.ndarray:
    covered = volume.hu > -500
    return (volume.hu - smooth_field(*coordinates(volume)))[covered]


def bright_spot(volume: CTVolume) -> np.ndarray:
    """Centre of the 400 HU ball of `head_field`, LPS mm."""
    x, y, z = coordinates(volume)
    near = (x - 30) ** 2 + y**2 + (z - 10) ** 2 < 20**2
    weight = np.clip(volume.hu - 100.0, 0, None) * near
    return np.array([(weight * axis).sum() / weight.sum() for axis in (x, y, z)])


def test_regular_slices_are_stacked_untouched():
    volume = volume_of(field=smooth_field)
    assert volume.hu.shape == (20, 64, 64)
    assert volume.spacing_zyx_mm == pytest.approx((7.0, 3.2, 3.2))
    assert volume.origin_lps_mm == pytest.approx((-100.8, -100.8, -66.5))
    assert volume.corrections == []
    assert volume.flags == ["Slices thicker than 1.5 mm (up to 7.0 mm)"]
    assert np.abs(interpolation_error(volume)).max() <= 0.5  # rounding to whole HU


@pytest.mark.parametrize("tilt_deg", [-25.0, -7.3, 14.0, 18.5])
@pytest.mark.parametrize("steps_mm", [7.0, UNEVEN_STEPS])
def test_tilted_slices_are_resampled_to_the_true_object(tilt_deg, steps_mm):
    volume = volume_of(field=smooth_field, tilt_deg=tilt_deg, steps_mm=steps_mm)
    error = interpolation_error(volume)
    assert np.sqrt((error**2).mean()) < 1.0  # of a field of ±60 HU
    assert np.abs(error).max() < 4.0
    tilt_words = f"Gantry tilt of {abs(tilt_deg):.1f}° corrected by resampling"
    assert tilt_words in volume.corrections


def test_uneven_slices_are_resampled_and_said_so():
    volume = volume_of(field=smooth_field, steps_mm=UNEVEN_STEPS)
    assert volume.spacing_zyx_mm[0] == pytest.approx(4.22)
    assert volume.corrections == ["Slice spacing uneven (1.14–7.38 mm): resampled to 4.22 mm"]
    assert np.sqrt((interpolation_error(volume) ** 2).mean()) < 1.0


@settings(max_examples=12)
@given(
    tilt_deg=st.floats(-28, 28),
    in_plane_deg=st.sampled_from([0.0, 0.0, 6.0, -11.0, 90.0, 180.0, -90.0]),
    mirrored=st.booleans(),
    seed=st.integers(0, 99),
)
def test_a_ball_stays_where_it_is(tilt_deg, in_plane_deg, mirrored, seed):
    steps = np.random.default_rng(seed).choice([4.0, 5.0, 8.0], 23)
    volume = volume_of(
        slices=24, steps_mm=steps, tilt_deg=tilt_deg, in_plane_deg=in_plane_deg, mirrored=mirrored
    )
    assert np.abs(bright_spot(volume) - (30, 0, 10)).max() < 1.6  # a fifth of the thickest slices


def test_the_nose_points_forward_and_the_spot_is_on_the_left():
    volume = volume_of(slices=30, steps_mm=5.0, tilt_deg=18.5)
    x, y, z = coordinates(volume)
    nose = (volume.hu > 0) & (y < -87)
    assert nose.any()
    assert abs((nose * x).sum() / nose.sum()) < 2
    assert (nose * z).sum() / nose.sum() == pytest.approx(-20, abs=3)
    assert bright_spot(volume)[0] > 25


def test_file_order_and_instance_numbers_are_not_trusted():
    shuffled = np.random.default_rng(5).permutation(20)

    def renumber(number, dataset):
        dataset.InstanceNumber = int(shuffled[number])

    np.testing.assert_array_equal(volume_of(edit=renumber).hu, volume_of().hu)


def test_a_missing_slice_is_bridged_and_flagged():
    steps = [5.0] * 9 + [10.0] + [5.0] * 9
    volume = volume_of(field=smooth_field, steps_mm=steps)
    assert volume.hu.shape[0] == 21
    assert "Slices missing: 1 gap(s) of 10.0 mm bridged by interpolation" in volume.flags
    assert np.abs(interpolation_error(volume)).max() < 5.0


def test_a_gap_too_wide_to_bridge_is_refused():
    with pytest.raises(ImagingError, match="a gap of 85 mm between slices"):
        volume_of(steps_mm=[5.0] * 10 + [85.0] + [5.0] * 8)


def test_repeated_slices_are_dropped_and_said_so():
    double_of: dict[str, Any] = {}

    def edit(number, dataset):
        if number == 4:
            double_of.update(position=dataset.ImagePositionPatient, pixels=dataset.PixelData)
        if number == 5:
            dataset.ImagePositionPatient = double_of["position"]
            dataset.PixelData = double_of["pixels"]

    volume = volume_of(slices=6, edit=edit)
    assert volume.hu.shape[0] == 5
    assert volume.corrections == ["Repeated slices dropped: 1"]


def test_two_reconstructions_in_one_series_are_refused():
    def sharpen(number, dataset):
        dataset.RescaleIntercept = -1024 + 10 * (number % 2)

    with pytest.raises(ImagingError, match="mixes several reconstructions"):
        volume_of(slices=20, steps_mm=[0.0, 5.0] * 9 + [0.0], edit=sharpen)


@pytest.mark.parametrize("signed", [False, True])
def test_rescale_of_each_slice_is_applied_without_wrapping(signed):
    def store_differently(number, dataset):
        hu = np.full((64, 64), -900.0 if number % 2 else 1200.0)
        slope, intercept = (1, 0 if signed else -1024) if number % 3 else (2, -1000)
        dtype = np.int16 if signed else np.uint16
        dataset.PixelData = ((hu - intercept) / slope).astype(dtype).tobytes()
        dataset.PixelRepresentation = int(signed)
        dataset.BitsStored, dataset.HighBit = 16, 15
        dataset.RescaleSlope, dataset.RescaleIntercept = slope, intercept

    volume = volume_of(slices=7, edit=store_differently)
    expected = np.where(np.arange(7) % 2, -900, 1200)
    np.testing.assert_array_equal(volume.hu, np.broadcast_to(expected[:, None, None], (7, 64, 64)))


def test_padding_becomes_air():
    def pad(_, dataset):
        stored = np.full((64, 64), 64, np.int16)
        stored[:5] = -2000
        dataset.PixelData, dataset.PixelRepresentation = stored.tobytes(), 1
        dataset.BitsStored, dataset.HighBit = 16, 15
        dataset.RescaleIntercept = -24
        dataset.add_new("PixelPaddingValue", "US", 65536 - 2000)

    volume = volume_of(slices=3, edit=pad)
    assert set(np.unique(volume.hu[:, :5])) == {-1024}
    assert set(np.unique(volume.hu[:, 5:])) == {40}


def test_a_padding_value_in_the_range_of_tissue_is_ignored():
    def claim_zero(_, dataset):
        dataset.PixelRepresentation, dataset.RescaleIntercept = 1, 0
        dataset.PixelData = np.zeros((64, 64), np.int16).tobytes()
        dataset.add_new("PixelPaddingValue", "SS", 0)

    assert set(np.unique(volume_of(slices=3, edit=claim_zero).hu)) == {0}


def test_overlay_bits_above_the_stored_bits_are_ignored():
    def draw(_, dataset):
        stored = np.frombuffer(dataset.PixelData, np.uint16) | 0x8000
        dataset.PixelData = stored.tobytes()

    np.testing.assert_array_equal(volume_of(edit=draw).hu, volume_of().hu)


def test_a_slice_that_cannot_be_decoded_is_named():
    def damage(number, dataset):
        if number == 3:
            dataset.BitsAllocated = 12

    with pytest.raises(ImagingError, match=r"ct/0004\.dcm: the pixel data cannot be decoded"):
        volume_of(slices=6, edit=damage)


def test_missing_rescale_is_flagged():
    volume = volume_of(elements={"RescaleIntercept": None})
    assert "No complete rescale in the header: Hounsfield units are uncertain" in volume.flags
