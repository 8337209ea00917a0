"""The command segments NIfTI and DICOM files, many at once, and says what became of each."""

import json
import shutil
import subprocess
import sys

import nibabel
import numpy as np
import pytest

from inference.__main__ import main
from inference.errors import InferenceError
from inference.phantom import write_phantom_dicom
from inference.phantom.dicom import PhantomSize
from inference.prediction.command import cases_of
from inference.prediction.model import load_model
from inference.volumes import read_volume
from tests.inference.untrained_model import NOTICE, write_untrained_model


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return write_untrained_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def image():
    hu = np.random.default_rng(2).normal(45, 25, (40, 50, 30)).astype(np.int16)
    return nibabel.Nifti1Image(hu, np.diag([1.1, -1.2, 1.5, 1.0]))


@pytest.fixture
def ct(image, tmp_path):
    image.to_filename(tmp_path / "ct.nii.gz")
    return tmp_path / "ct.nii.gz"


def _predict(model, inputs, output, *more):
    command = ["predict", "--model", str(model), "--input", *map(str, inputs)]
    return main([*command, "--output", str(output), *more])


def test_the_mask_lies_on_the_grid_of_the_file_and_the_notice_is_shown(
    model, image, ct, tmp_path, capsys
):
    assert _predict(model, [ct], tmp_path / "mask.nii.gz") == 0
    assert NOTICE in capsys.readouterr().out
    mask = nibabel.Nifti1Image.from_filename(tmp_path / "mask.nii.gz")
    assert mask.shape == image.shape
    assert np.allclose(mask.affine, image.affine)
    volume = read_volume(ct)
    expected = load_model(model).predict(volume.hu, volume.spacing_zyx_mm).mask
    assert np.array_equal(read_volume(tmp_path / "mask.nii.gz").hu, expected)


def test_the_provenance_lies_beside_the_mask(model, ct, tmp_path):
    assert _predict(model, [ct], tmp_path / "mask.nii.gz", "--backend", "openvino") == 0
    provenance = json.loads((tmp_path / "mask.json").read_text())
    assert provenance["model_sha256"] == load_model(model).sha256
    assert provenance["backend"] == "openvino"
    assert provenance["volume_remarks"] == []
    assert provenance["measures"]["volume_ml"] >= 0
    assert isinstance(provenance["measures"]["hints"], list)
    assert set(provenance["seconds"]) == {"preprocess", "network", "export", "total"}


def test_many_inputs_go_into_a_folder_and_a_bad_one_does_not_stop_the_others(
    model, ct, tmp_path, capsys
):
    size = PhantomSize((24, 64, 64), (6.0, 3.6, 3.6), dsa_pixels=64, dsa_frames=4)
    written = write_phantom_dicom(5, tmp_path / "phantom", size=size)
    (tmp_path / "broken.nii.gz").write_bytes(b"no gzip")
    shutil.copy(ct, tmp_path / "other.nii.gz")
    inputs = [
        ct,
        tmp_path / "broken.nii.gz",
        tmp_path / "phantom" / "CT",
        tmp_path / "other.nii.gz",
    ]
    assert _predict(model, inputs, tmp_path / "masks") == 1
    masks = sorted(path.name for path in (tmp_path / "masks").iterdir())
    assert masks == ["CT.json", "CT.nii.gz", "ct.json", "ct.nii.gz", "other.json", "other.nii.gz"]
    assert read_volume(tmp_path / "masks" / "CT.nii.gz").hu.shape == written.phantom.hu.shape
    shown = capsys.readouterr()
    assert "broken.nii.gz cannot be read as NIfTI" in shown.err
    assert "1 of 4 inputs were not segmented" in shown.err
    assert shown.out.count("Wrote ") == 3


def _one_slice(hu):
    return hu[:, :, :1]


def _all_air(hu):
    return np.full_like(hu, -1000) + (hu > 45)


def _blank(hu):
    return np.zeros_like(hu)


@pytest.mark.parametrize(
    ("spoil", "message"), [(_one_slice, "too small"), (_all_air, "air"), (_blank, "blank")]
)
def test_a_volume_that_cannot_be_segmented_is_named_with_the_reason(
    model, image, tmp_path, capsys, spoil, message
):
    spoilt = spoil(np.asarray(image.dataobj))
    nibabel.Nifti1Image(spoilt, image.affine).to_filename(tmp_path / "bad.nii.gz")
    assert _predict(model, [tmp_path / "bad.nii.gz"], tmp_path / "mask.nii.gz") == 1
    error = capsys.readouterr().err
    assert "bad.nii.gz" in error
    assert message in error
    assert not (tmp_path / "mask.nii.gz").exists()


@pytest.mark.parametrize(
    ("inputs", "output", "message"),
    [
        (["a.nii.gz", "b.nii.gz"], "mask.nii.gz", "name a folder"),
        (["one/ct.nii.gz", "two/ct.nii"], "masks", "the same mask"),
        (["ct.nii.gz"], "ct.nii.gz", "replaced by its mask"),
        (["ct.nii.gz"], ".", "replaced by its mask"),
    ],
)
def test_masks_that_would_overwrite_something_are_refused_before_anything_is_done(
    tmp_path, monkeypatch, inputs, output, message
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InferenceError, match=message):
        cases_of([type(tmp_path)(name) for name in inputs], type(tmp_path)(output))


def test_the_command_says_in_one_line_what_is_wrong_with_the_model(tmp_path, capsys):
    assert _predict(tmp_path, ["ct.nii.gz"], tmp_path / "m.nii.gz") == 1
    message = capsys.readouterr().err.strip()
    assert "model-card.json is missing" in message
    assert "\n" not in message


def test_the_command_line_starts_without_what_takes_seconds_to_import():
    heavy = "torch nnunetv2 nibabel SimpleITK openvino matplotlib"
    program = f"import sys, inference.__main__; print(*set('{heavy}'.split()) & set(sys.modules))"
    started = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert started.stdout.strip() == ""


def test_openvino_tells_nobody_that_it_is_used(model, ct, tmp_path):
    program = f"""
import socket, sys
def forbid(*arguments):
    print("a connection was opened", file=sys.stderr)
    raise OSError
socket.socket.connect = socket.getaddrinfo = forbid
from inference.__main__ import main
status = main(["predict", "--model", {str(model)!r}, "--input", {str(ct)!r},
    "--output", {str(tmp_path / "mask.nii.gz")!r}, "--backend", "openvino"])
print("telemetry" if sys.modules["openvino_telemetry"] else "silent")
sys.exit(status)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "a connection was opened" not in done.stderr
    assert done.stdout.strip().endswith("silent")
