"""The command line keeps the geometry of the NIfTI file, however it is oriented."""

import json

import nibabel
import numpy as np
import pytest

from inference.__main__ import main
from inference.errors import VolumeError
from inference.prediction.command import segment_nifti
from inference.prediction.model import load_model
from tests.inference.untrained_model import NOTICE, write_untrained_model


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return load_model(write_untrained_model(tmp_path_factory.mktemp("model")))


@pytest.fixture(scope="module")
def image():
    """A volume in LPS order: x left, y posterior, z head."""
    hu = np.random.default_rng(2).normal(45, 25, (50, 60, 40)).astype(np.int16)
    affine = np.diag([-1.1, -1.2, 1.5, 1.0])
    affine[:3, 3] = (30, 40, -20)
    return nibabel.Nifti1Image(hu, affine)


def _reoriented(image, axes):
    wanted = nibabel.orientations.axcodes2ornt(axes)
    present = nibabel.orientations.io_orientation(image.affine)
    return image.as_reoriented(nibabel.orientations.ornt_transform(present, wanted))


@pytest.mark.parametrize("axes", [tuple("LPS"), tuple("RAS"), tuple("LAS"), tuple("PSR")])
def test_the_mask_lies_on_the_grid_of_the_file(model, image, tmp_path, axes):
    expected = model.predict(np.asarray(image.dataobj).transpose(2, 1, 0), (1.5, 1.2, 1.1)).mask
    source = _reoriented(image, axes)
    source.to_filename(tmp_path / "ct.nii.gz")
    segment_nifti(model, tmp_path / "ct.nii.gz", tmp_path / "mask.nii.gz")
    mask = nibabel.Nifti1Image.from_filename(tmp_path / "mask.nii.gz")
    assert mask.shape == source.shape
    assert np.allclose(mask.affine, source.affine)
    upright = np.asarray(_reoriented(mask, "LPS").dataobj).transpose(2, 1, 0)
    assert np.array_equal(upright, expected)


def test_the_provenance_lies_beside_the_mask(model, image, tmp_path):
    image.to_filename(tmp_path / "ct.nii.gz")
    path = segment_nifti(model, tmp_path / "ct.nii.gz", tmp_path / "mask.nii.gz")
    assert path == tmp_path / "mask.json"
    assert json.loads(path.read_text())["model_sha256"] == model.sha256


def test_a_file_that_is_no_nifti_is_named(model, tmp_path):
    (tmp_path / "ct.nii.gz").write_bytes(b"no gzip")
    with pytest.raises(VolumeError, match=r"ct\.nii\.gz"):
        segment_nifti(model, tmp_path / "ct.nii.gz", tmp_path / "mask.nii.gz")
    with pytest.raises(VolumeError, match=r"absent\.nii"):
        segment_nifti(model, tmp_path / "absent.nii", tmp_path / "mask.nii.gz")


def test_a_series_of_volumes_is_refused(model, image, tmp_path):
    hu = np.asarray(image.dataobj)
    nibabel.Nifti1Image(np.stack([hu, hu], axis=-1), image.affine).to_filename(tmp_path / "ct.nii")
    with pytest.raises(VolumeError, match="3 axes"):
        segment_nifti(model, tmp_path / "ct.nii", tmp_path / "mask.nii.gz")


def test_the_command_writes_the_mask_and_shows_the_notice(image, tmp_path, capsys):
    model = write_untrained_model(tmp_path / "model")
    image.to_filename(tmp_path / "ct.nii.gz")
    command = ["predict", "--model", str(model), "--input", str(tmp_path / "ct.nii.gz")]
    assert main([*command, "--output", str(tmp_path / "mask.nii.gz")]) == 0
    assert NOTICE in capsys.readouterr().out
    assert nibabel.Nifti1Image.from_filename(tmp_path / "mask.nii.gz").shape == image.shape


def test_the_command_says_in_one_line_what_is_wrong(tmp_path, capsys):
    command = ["predict", "--model", str(tmp_path), "--input", "ct.nii.gz", "--output", "m.nii.gz"]
    assert main(command) == 1
    message = capsys.readouterr().err.strip()
    assert "model-card.json is missing" in message
    assert "\n" not in message
