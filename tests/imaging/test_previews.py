"""The pictures by which a coordinator knows a series."""

import io

import numpy as np
import pytest
from PIL import Image

from reader_study.imaging.ct_volume import CTVolume
from reader_study.imaging.previews import (
    as_grey,
    preview_of_frames,
    preview_of_run,
    preview_of_volume,
)
from reader_study.imaging.scan import scan
from reader_study.imaging.series import XARunFile
from reader_study.imaging.xa_run import read_xa_run
from tests.imaging.synthetic_dicom import growing_bar, write_xa_run


def pixels(png: bytes) -> np.ndarray:
    image = Image.open(io.BytesIO(png))
    assert (image.format, image.mode) == ("PNG", "L")
    return np.asarray(image)


def volume(slices: int, size: int, spacing=(1.0, 0.5, 0.5)) -> CTVolume:
    hu = np.zeros((slices, size, size), np.int16)
    hu += np.arange(slices, dtype=np.int16)[:, None, None]
    return CTVolume(hu, spacing, (0.0, 0.0, 0.0), ())


@pytest.mark.parametrize(("slices", "shown"), [(3, 3), (40, 40), (160, 40)])
def test_slices_are_spread_over_the_whole_volume(slices, shown):
    preview = preview_of_volume(volume(slices, 8))
    assert len(preview.pictures) == shown
    top = pixels(preview.pictures[slices - 1])[0, 0]
    assert pixels(preview.pictures[0])[0, 0] == 0
    assert top == min(255, round((slices - 1) / 80 * 255))


def test_slices_with_text_are_pictured_too():
    shown = preview_of_volume(volume(160, 8), {1, 40}).pictures
    assert len(shown) == 42
    assert pixels(shown[40])[0, 0] == round(40 / 80 * 255)


def test_the_brain_window_goes_from_0_to_80_hu():
    values = np.array([[[-1000, 0, 40, 80, 3000]]], np.int16)
    assert as_grey(values, (0.0, 80.0)).tolist() == [[[0, 0, 128, 255, 255]]]


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (7, 1), (37, 53)])
def test_pictures_hold_every_pixel_as_it_is(shape):
    frames = np.random.default_rng(1).integers(0, 256, (2, *shape), np.uint8)
    shown = [pixels(picture) for picture in preview_of_frames(frames, range(2)).pictures.values()]
    assert np.array_equal(shown, frames)


def test_large_slices_are_made_smaller_and_the_thumbnail_smaller_still():
    preview = preview_of_volume(volume(3, 768))
    assert pixels(preview.pictures[0]).shape == (512, 512)
    assert pixels(preview.thumbnail).shape == (256, 256)


def test_pixels_that_are_not_square_are_shown_in_their_true_shape():
    assert pixels(preview_of_volume(volume(3, 64, (1.0, 1.0, 0.5))).pictures[0]).shape == (128, 64)


def test_a_run_is_shown_frame_by_frame_at_full_size(tmp_path):
    write_xa_run(tmp_path / "run.dcm", growing_bar(size=300))
    (run,) = scan([tmp_path / "run.dcm"], tmp_path).xa_runs
    assert isinstance(run, XARunFile)
    preview = preview_of_run(read_xa_run(run))
    assert len(preview.pictures) == 6
    assert {pixels(picture).shape for picture in preview.pictures.values()} == {(300, 300)}
    assert pixels(preview.thumbnail).shape == (256, 256)
    # The bar of the last frame is dark on bright, as in the run.
    assert pixels(preview.pictures[5]).min() < 50 < 200 < pixels(preview.pictures[5]).max()
