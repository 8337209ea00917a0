"""Each compression is decoded by one library, whatever else is installed."""

import numpy as np
import pydicom
import pytest
from imagecodecs import jpeg8_encode
from pydicom.encaps import encapsulate
from pydicom.pixels.decoders.base import get_decoder
from pydicom.pixels.utils import pixel_array
from pydicom.uid import JPEGLossless

from reader_study.imaging import frame_decoders

from .compressed_dicom import ACCEPTED, store_as
from .synthetic_dicom import write_xa_run


@pytest.mark.parametrize("syntax", [uid for uid in ACCEPTED if uid.is_encapsulated])
def test_a_compression_has_one_decoder(syntax):
    assert frame_decoders  # chooses when it is imported
    assert len(get_decoder(syntax).available_plugins) == 1


def test_samples_are_as_large_as_the_header_says(tmp_path):
    path = write_xa_run(tmp_path / "run.dcm", _frames(bits=8).astype(np.uint16), bits=8)
    store_as(path, JPEGLossless)
    dataset = pydicom.dcmread(path)
    assert dataset.BitsAllocated == 16
    assert pixel_array(dataset).dtype == np.uint16
    np.testing.assert_array_equal(pixel_array(dataset), _frames(bits=8))


def test_a_frame_of_another_size_than_the_header_says_is_refused(tmp_path):
    path = write_xa_run(tmp_path / "run.dcm", _frames(bits=12), bits=12)
    dataset = pydicom.dcmread(path)
    smaller = bytes(jpeg8_encode(_frames(bits=12)[0, :-1], lossless=True, bitspersample=12))
    dataset.PixelData = encapsulate([smaller] * len(_frames(bits=12)))
    dataset["PixelData"].VR = "OB"
    dataset.file_meta.TransferSyntaxUID = JPEGLossless
    with pytest.raises(RuntimeError, match="which the header does not say"):
        pixel_array(dataset)


def test_colours_of_a_lossless_frame_are_left_as_they_are(tmp_path):
    colours = np.random.default_rng(1).integers(0, 256, (32, 48, 3), dtype=np.uint8)
    path = write_xa_run(tmp_path / "run.dcm", _frames(bits=8)[:1].astype(np.uint8), bits=8)
    dataset = pydicom.dcmread(path)
    dataset.Rows, dataset.Columns, dataset.SamplesPerPixel = colours.shape
    dataset.PhotometricInterpretation, dataset.PlanarConfiguration = "RGB", 0
    dataset.PixelData = colours.tobytes()
    dataset.save_as(path)
    store_as(path, JPEGLossless)
    np.testing.assert_array_equal(pixel_array(pydicom.dcmread(path)), colours)


def _frames(bits: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 2**bits, (3, 32, 48), dtype=np.uint16)
