"""The mask is the one that nnU-Net's own predictor makes of the same weights and volume."""

import numpy as np
import pytest

from inference.demo.plans import CONFIGURATION
from inference.evaluation.measures import dice
from inference.prediction.model import load_model
from tests.inference.nnunet_peer import mask_by_nnunet
from tests.inference.untrained_model import plans_of_untrained_model, write_untrained_model

ISOTROPIC, ANISOTROPIC, THICK = (2.0, 2.0, 2.0), (1.6, 1.1, 1.3), (7.0, 1.0, 1.1)
# Voxels of random weights on noise are labelled by logits that are often all but equal, so a mask
# may differ where sums are rounded otherwise; a model in use has far fewer such voxels.
LARGEST_SHARE_DIFFERING = 1 / 5000


def _noise(shape, seed=1):
    return np.random.default_rng(seed).normal(45, 25, shape).astype(np.int16)


def _share_differing(directory, hu, spacing):
    mask = load_model(directory).predict(hu, spacing).mask
    expected = mask_by_nnunet(directory, hu, spacing)
    assert mask.shape == hu.shape
    assert mask.dtype == np.uint8
    assert 0.01 < (expected > 0).mean() < 0.99
    return (mask != expected).sum() / (expected > 0).sum()


@pytest.mark.parametrize(
    ("shape", "spacing"),
    [
        ((45, 80, 70), ANISOTROPIC),
        ((40, 50, 60), ISOTROPIC),
        ((20, 50, 45), ISOTROPIC),
        ((12, 70, 80), THICK),
    ],
    ids=["anisotropic", "of the model's grid", "smaller than a tile", "thick slices"],
)
def test_whatever_the_grid_of_the_volume(tmp_path, shape, spacing):
    directory = write_untrained_model(tmp_path)
    assert _share_differing(directory, _noise(shape), spacing) <= LARGEST_SHARE_DIFFERING


@pytest.mark.parametrize("labels", [2, 4])
@pytest.mark.parametrize("mirroring_axes", [(), (0, 2)], ids=["plain", "mirrored"])
@pytest.mark.parametrize("folds", [("all",), ("0", "1")], ids=["one fold", "two folds"])
def test_whatever_the_labels_mirroring_and_folds(tmp_path, labels, mirroring_axes, folds):
    directory = write_untrained_model(
        tmp_path, labels=labels, mirroring_axes=mirroring_axes, folds=folds
    )
    assert _share_differing(directory, _noise((40, 60, 50)), ANISOTROPIC) <= LARGEST_SHARE_DIFFERING


def _plans_with(**changes):
    plans = plans_of_untrained_model()
    plans["configurations"][CONFIGURATION] |= changes
    return plans


def _transposed_plans():
    spacing = [2.0, 1.5, 2.5]
    transposes = {"transpose_forward": [1, 2, 0], "transpose_backward": [2, 0, 1]}
    return _plans_with(spacing=spacing) | transposes


@pytest.mark.parametrize(
    "plans",
    [
        _transposed_plans(),
        _plans_with(spacing=[6.0, 1.5, 1.5]),
        _plans_with(normalization_schemes=["ZScoreNormalization"]),
        _plans_with(normalization_schemes=["ZScoreNormalization"], use_mask_for_norm=[True]),
    ],
    ids=["transposed", "a grid of thick slices", "z-score", "z-score within a mask"],
)
def test_whatever_the_plans(tmp_path, plans):
    directory = write_untrained_model(tmp_path, plans=plans)
    hu = _noise((45, 80, 70))
    hu[:5] = hu[:, :, -8:] = 0
    hu[20:25, 30:40, 20:30] = 0
    assert _share_differing(directory, hu, ANISOTROPIC) <= LARGEST_SHARE_DIFFERING


def test_what_is_zero_around_the_head_is_cropped(tmp_path):
    directory = write_untrained_model(tmp_path)
    hu = np.zeros((60, 80, 90), np.int16)
    hu[10:52, 5:70, 20:80] = _noise((42, 65, 60))
    assert _share_differing(directory, hu, ANISOTROPIC) <= LARGEST_SHARE_DIFFERING


@pytest.fixture(scope="module")
def smooth_hu():
    """Structures of several voxels, as in a head: half precision blurs noise too much."""
    coarse = np.random.default_rng(3).normal(45, 40, (6, 9, 8))
    return np.kron(coarse, np.ones((8, 8, 8))).astype(np.int16)


def test_bfloat16_comes_close_where_the_model_asks_for_it(tmp_path, smooth_hu):
    directory = write_untrained_model(tmp_path, precision="bfloat16")
    prediction = load_model(directory).predict(smooth_hu, ANISOTROPIC)
    assert prediction.provenance["precision_asked_for"] == "bfloat16"
    expected = mask_by_nnunet(directory, smooth_hu, ANISOTROPIC)
    assert dice(prediction.mask, expected) > 0.99


@pytest.mark.parametrize("backend", ["torch", "openvino"])
def test_a_processor_without_bfloat16_computes_in_float32_and_says_so(
    tmp_path, smooth_hu, monkeypatch, backend
):
    monkeypatch.setattr("inference.prediction.backends.has_bfloat16", lambda device: False)
    directory = write_untrained_model(tmp_path, precision="bfloat16")
    prediction = load_model(directory, backend=backend).predict(smooth_hu, ANISOTROPIC)
    assert prediction.provenance["precision"] == "float32"
    assert dice(prediction.mask, mask_by_nnunet(directory, smooth_hu, ANISOTROPIC)) > 0.9999


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_openvino_comes_close(tmp_path, smooth_hu, precision):
    directory = write_untrained_model(tmp_path, folds=("0", "1"), mirroring_axes=(1,))
    model = load_model(directory, backend="openvino", precision=precision)
    prediction = model.predict(smooth_hu, ANISOTROPIC)
    assert prediction.provenance["backend"] == "openvino"
    assert "openvino" in prediction.provenance["versions"]
    expected = mask_by_nnunet(directory, smooth_hu, ANISOTROPIC)
    lowest = 0.99 if prediction.provenance["precision"] == "bfloat16" else 0.9999
    assert dice(prediction.mask, expected) > lowest
