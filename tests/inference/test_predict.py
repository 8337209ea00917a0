"""Prediction reports its progress, and refuses what it cannot segment."""

import itertools
import json

import numpy as np
import pytest
import torch
from dynamic_network_architectures.architectures.unet import PlainConvUNet

from inference.anatomy.components import remove_small_components
from inference.errors import InferenceError, PredictionCancelledError, VolumeError
from inference.prediction.model import load_model
from tests.inference.untrained_model import NAME, NOTICE, write_untrained_model

SPACING = (1.6, 1.1, 1.3)


@pytest.fixture(scope="module")
def hu():
    noise = np.random.default_rng(1).normal(45, 25, (45, 80, 70))
    return noise.astype(np.int16)


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    return write_untrained_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def model(directory):
    return load_model(directory)


def test_progress_rises_from_0_to_1_with_every_tile(model, hu):
    shares: list[float] = []
    prediction = model.predict(hu, SPACING, progress=shares.append)
    assert shares[0] == 0
    assert shares[-1] == 1
    assert all(before < after for before, after in itertools.pairwise(shares))
    assert len(shares) >= prediction.provenance["tiles"] > 4


def test_the_provenance_says_what_made_the_mask(model, hu):
    provenance = model.predict(hu, SPACING).provenance
    assert json.loads(json.dumps(provenance)) == provenance
    assert provenance["model"] == NAME
    assert provenance["model_sha256"] == model.sha256
    assert provenance["notice"] == NOTICE
    assert (provenance["device"], provenance["precision"]) == ("cpu", "float32")
    assert (provenance["backend"], provenance["folds"]) == ("torch", ["all"])
    assert provenance["memory"] == []
    assert (provenance["tile_step"], provenance["mirroring_axes"]) == (0.5, [])
    assert provenance["versions"]["nnunetv2"].startswith("2.8")
    seconds = provenance["seconds"]
    stages = seconds["preprocess"] + seconds["network"] + seconds["export"]
    assert stages == pytest.approx(seconds["total"], abs=0.05)


def _one_voxel_of(hu):
    changed = np.zeros_like(hu)
    changed[20, 30, 40] = 50
    return changed


def _with(hu, value):
    changed = hu.astype(np.float32)
    changed[3, 4, 5] = value
    return changed


@pytest.mark.parametrize(
    ("spoil", "spacing", "message"),
    [
        (lambda hu: hu[0], SPACING, "3 axes"),
        (lambda hu: hu[None], SPACING, "3 axes"),
        (lambda hu: hu[:0], SPACING, "empty"),
        (lambda hu: hu[:1], SPACING, "too small"),
        (lambda hu: hu[:, :, :8], SPACING, "too small"),
        (lambda hu: np.zeros_like(hu), SPACING, "blank"),
        (lambda hu: hu - 1000, SPACING, "nothing but air"),
        (lambda hu: _one_voxel_of(hu), (0.1, 0.4, 0.4), "too small"),
        (lambda hu: _one_voxel_of(hu), (0.5, 0.4, 0.4), "other than zero"),
        (lambda hu: _with(hu, np.nan), SPACING, "1 of 252000 CT values are not finite"),
        (lambda hu: _with(hu, np.inf), SPACING, "not finite"),
        (lambda hu: hu.astype(str), SPACING, "must be numbers"),
        (lambda hu: hu, (1.0, 1.0), "three lengths"),
        (lambda hu: hu, (1.0, 0.0, 1.0), "three lengths"),
        (lambda hu: hu, (1.0, float("nan"), 1.0), "three lengths"),
        (lambda hu: np.broadcast_to(hu[:, :1, :1], (45, 4000, 4000)), SPACING, "too large"),
    ],
)
def test_a_volume_that_cannot_be_segmented_is_refused_with_the_reason(
    model, hu, spoil, spacing, message
):
    with pytest.raises(VolumeError, match=message):
        model.predict(spoil(hu), spacing)


def test_a_thick_sliced_volume_smaller_than_a_tile_is_segmented(model, hu):
    mask = model.predict(hu[:6, :30, :30], (5.0, 1.0, 1.0)).mask
    assert mask.shape == (6, 30, 30)


def test_an_error_of_the_network_is_raised_once_and_not_retried(directory, hu, monkeypatch):
    calls = []

    def fail(network, tile):
        calls.append(tile)
        raise RuntimeError("broken")

    monkeypatch.setattr(PlainConvUNet, "forward", fail)
    with pytest.raises(InferenceError, match="The network failed: broken"):
        load_model(directory).predict(hu, SPACING)
    assert len(calls) == 1


def test_a_network_whose_output_is_not_finite_makes_no_mask(directory, hu, monkeypatch):
    monkeypatch.setattr(
        PlainConvUNet, "forward", lambda _, tile: torch.full((1, 2, *tile.shape[2:]), torch.nan)
    )
    with pytest.raises(InferenceError, match="not finite"):
        load_model(directory).predict(hu, SPACING)


def test_small_parts_of_the_mask_are_removed_as_the_model_says(tmp_path, model, hu):
    directory = write_untrained_model(tmp_path, smallest_component_mm3=3.0)
    cleaned = load_model(directory).predict(hu, SPACING)
    expected = remove_small_components(model.predict(hu, SPACING).mask, SPACING, 3.0)
    assert np.array_equal(cleaned.mask, expected)
    assert cleaned.provenance["smallest_component_mm3"] == 3.0
    assert not np.array_equal(expected, model.predict(hu, SPACING).mask)


def test_a_prediction_ends_within_a_tile_of_its_cancellation(directory, hu, monkeypatch):
    passes = []
    forward = PlainConvUNet.forward

    def count(network, tile):
        passes.append(tile)
        return forward(network, tile)

    monkeypatch.setattr(PlainConvUNet, "forward", count)
    model = load_model(write_untrained_model(directory.parent / "mirrored", mirroring_axes=(0, 1)))
    with pytest.raises(PredictionCancelledError):
        model.predict(hu, SPACING, cancelled=lambda: len(passes) >= 6)
    assert len(passes) == 6


def test_after_a_cancellation_openvino_and_torchs_threads_are_free_again(directory, hu):
    model, threads = load_model(directory, backend="openvino"), torch.get_num_threads()
    expected = model.predict(hu, SPACING).mask
    asked = itertools.count()
    with pytest.raises(PredictionCancelledError):
        model.predict(hu, SPACING, cancelled=lambda: next(asked) >= 6)
    assert torch.get_num_threads() == threads
    assert np.array_equal(model.predict(hu, SPACING).mask, expected)


def test_an_error_of_the_progress_callback_stops_the_prediction(model, hu):
    class CancelledError(Exception):
        pass

    def cancel(share):
        if share > 0.5:
            raise CancelledError

    with pytest.raises(CancelledError):
        model.predict(hu, SPACING, progress=cancel)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"device": "cuda:0", "backend": "openvino"}, "no device"),
        ({"precision": "float16"}, "CPU computes"),
    ],
)
def test_a_device_that_cannot_do_what_is_asked_is_refused(directory, settings, message):
    with pytest.raises(InferenceError, match=message):
        load_model(directory, **settings)


@pytest.mark.parametrize("device", ["cuda:99", "gpu", "cuda:x", ""])
def test_a_device_that_is_not_there_is_refused_with_the_reason(directory, device):
    with pytest.raises(InferenceError, match=r"device"):
        load_model(directory, device=device)


def test_torch_uses_the_number_of_threads_asked_for(directory):
    before = torch.get_num_threads()
    try:
        load_model(directory, threads=1)
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)
