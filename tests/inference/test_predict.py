"""Prediction is nnU-Net's own, reports its progress, and refuses what it cannot segment."""

import itertools
import json

import numpy as np
import pytest
import torch
from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor
from nnunetv2.utilities.plans_handling.plans_handler import PlansManager

from inference.demo.plans import CONFIGURATION
from inference.errors import InferenceError, VolumeError
from inference.models.files import read_model_files
from inference.models.network import restore_networks
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


def _mask_by_nnunet_alone(directory, hu, *, mirroring_axes):
    files = read_model_files(directory)
    predictor = nnUNetPredictor(
        tile_step_size=0.5,
        use_mirroring=mirroring_axes is not None,
        device=torch.device("cpu"),
        allow_tqdm=False,
    )
    networks, plans = restore_networks(files), PlansManager(files.plans)
    predictor.manual_initialization(
        networks[0],
        plans,
        plans.get_configuration(CONFIGURATION),
        [network.state_dict() for network in networks],
        files.dataset,
        "",
        mirroring_axes,
    )
    return predictor.predict_single_npy_array(
        hu[None].astype(np.float32), {"spacing": list(SPACING)}
    )


def test_the_mask_is_the_one_that_nnunets_predictor_makes(directory, model, hu):
    prediction = model.predict(hu, SPACING)
    assert prediction.mask.shape == hu.shape
    assert prediction.mask.dtype == np.uint8
    assert 0.01 < prediction.mask.mean() < 0.99
    expected = _mask_by_nnunet_alone(directory, hu, mirroring_axes=None)
    assert np.array_equal(prediction.mask, expected)


def test_mirroring_follows_the_card(tmp_path, model, hu):
    directory = write_untrained_model(tmp_path, mirroring_axes=(0, 2))
    mask = load_model(directory).predict(hu, SPACING).mask
    assert np.array_equal(mask, _mask_by_nnunet_alone(directory, hu, mirroring_axes=(0, 2)))
    assert not np.array_equal(mask, model.predict(hu, SPACING).mask)


def test_the_folds_are_averaged_as_nnunet_averages_them(tmp_path, model, hu):
    directory = write_untrained_model(tmp_path, folds=("0", "1"))
    mask = load_model(directory).predict(hu, SPACING).mask
    assert np.array_equal(mask, _mask_by_nnunet_alone(directory, hu, mirroring_axes=None))
    assert not np.array_equal(mask, model.predict(hu, SPACING).mask)


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
    assert (provenance["tile_step"], provenance["mirroring_axes"]) == (0.5, [])
    assert provenance["versions"]["nnunetv2"].startswith("2.8")
    seconds = provenance["seconds"]
    stages = seconds["preprocess"] + seconds["network"] + seconds["export"]
    assert stages == pytest.approx(seconds["total"], abs=0.05)


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
    model = load_model(directory)
    calls = []

    def fail(tile):
        calls.append(tile)
        raise RuntimeError("broken")

    monkeypatch.setattr(model._predictor.network, "forward", fail)
    with pytest.raises(InferenceError, match="The network failed: broken"):
        model.predict(hu, SPACING)
    assert len(calls) == 1


def test_an_error_of_the_progress_callback_stops_the_prediction(model, hu):
    class CancelledError(Exception):
        pass

    def cancel(share):
        if share > 0.5:
            raise CancelledError

    with pytest.raises(CancelledError):
        model.predict(hu, SPACING, progress=cancel)


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
