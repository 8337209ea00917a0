"""A model on disk is what it says, or it is refused; reading it runs nothing of its own."""

import copy
import hashlib
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch

from inference.demo.plans import CONFIGURATION
from inference.errors import ModelError
from inference.models.files import read_model_files
from inference.models.network import restore_networks
from inference.prediction.model import load_model
from tests.inference.untrained_model import (
    plans_of_untrained_model,
    replace_file,
    replace_plans,
    write_untrained_model,
)

WEIGHTS = "fold-all.safetensors"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return write_untrained_model(tmp_path / "model")


def test_a_written_model_is_read_back_with_the_same_weights_under_every_name(directory):
    files = read_model_files(directory)
    (network,) = restore_networks(files)
    stored = safetensors.torch.load_file(directory / WEIGHTS)
    assert files.folds[0].keys() == stored.keys()
    state = network.state_dict()
    assert len(state) > len(stored)  # nnU-Net's aliases come back
    for name, tensor in stored.items():
        assert torch.equal(state[name], tensor)
        aliases = [other for other in state if state[other].data_ptr() == state[name].data_ptr()]
        assert len(aliases) >= 1
    assert not any("all_modules" in name or "decoder.encoder" in name for name in stored)


def test_every_fold_is_read_back_in_the_order_of_the_settings(tmp_path):
    directory = write_untrained_model(tmp_path / "folds", folds=("1", "0"))
    files = read_model_files(directory)
    for fold, weights in zip(("1", "0"), files.folds, strict=True):
        stored = safetensors.torch.load_file(directory / f"fold-{fold}.safetensors")
        assert all(torch.equal(weights[name], tensor) for name, tensor in stored.items())
    assert not torch.equal(*(weights[min(weights)] for weights in files.folds))


def test_the_sha256_is_that_of_the_documented_listing(directory):
    card = json.loads((directory / "model-card.json").read_text())
    settings = json.dumps(
        {key: card[key] for key in ("name", "notice", "prediction")},
        sort_keys=True,
        separators=(",", ":"),
    ).encode()
    lines = [
        f"{hashlib.sha256((directory / name).read_bytes()).hexdigest()}  {name}\n"
        for name in ("dataset.json", "plans.json", WEIGHTS)
    ]
    lines.append(f"{hashlib.sha256(settings).hexdigest()}  model-card.json#settings\n")
    expected = hashlib.sha256("".join(lines).encode()).hexdigest()
    assert card["sha256"] == expected
    assert load_model(directory).sha256 == expected


@pytest.mark.parametrize("name", ["dataset.json", "plans.json", WEIGHTS])
def test_an_altered_file_is_detected(directory, name):
    content = bytearray((directory / name).read_bytes())
    content[-2] ^= 1
    (directory / name).write_bytes(content)
    with pytest.raises(ModelError, match="was altered"):
        read_model_files(directory)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("notice", "Cleared for clinical use."),
        (
            "prediction",
            {
                "configuration": CONFIGURATION,
                "tile_step": 1.0,
                "mirroring_axes": [],
                "precision": "float32",
                "folds": ["all"],
            },
        ),
    ],
)
def test_an_altered_setting_in_the_card_is_detected(directory, key, value):
    card = json.loads((directory / "model-card.json").read_text())
    card[key] = value
    (directory / "model-card.json").write_text(json.dumps(card))
    with pytest.raises(ModelError, match="was altered"):
        read_model_files(directory)


def test_a_corrected_figure_in_the_card_makes_no_other_model(directory):
    card = json.loads((directory / "model-card.json").read_text())
    card["evaluation"] = {"dice_mean": 0.5}
    (directory / "model-card.json").write_text(json.dumps(card))
    assert read_model_files(directory).card.sha256 == card["sha256"]


@pytest.mark.parametrize("name", ["dataset.json", "plans.json", WEIGHTS, "model-card.json"])
def test_a_missing_file_is_named(directory, name):
    (directory / name).unlink()
    with pytest.raises(ModelError, match=f"{name} is missing"):
        read_model_files(directory)


def test_a_card_cannot_name_weights_outside_its_directory(directory):
    card = json.loads((directory / "model-card.json").read_text())
    card["prediction"]["folds"] = ["0/../../elsewhere"]
    (directory / "model-card.json").write_text(json.dumps(card))
    with pytest.raises(ModelError, match="folds"):
        read_model_files(directory)


class _Malicious:
    def __init__(self, sentinel: Path) -> None:
        self.sentinel = sentinel

    def __reduce__(self):
        return Path.touch, (self.sentinel,)


def test_a_pickle_in_place_of_the_weights_is_not_opened(directory, tmp_path):
    sentinel = tmp_path / "sentinel"
    replace_file(directory, WEIGHTS, pickle.dumps(_Malicious(sentinel)))
    with pytest.raises(ModelError, match="not a safetensors file"):
        load_model(directory)
    assert not sentinel.exists()


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("architecture.network_class_name", "subprocess.run"),
        ("architecture.arch_kwargs.conv_op", "os.system"),
        ("architecture.arch_kwargs.norm_op", "os.system"),
        ("architecture.arch_kwargs.dropout_op", "os.system"),
        ("architecture.arch_kwargs.nonlin", "os.system"),
        ("architecture.arch_kwargs.nonlin_kwargs", {"command": "touch sentinel"}),
        ("architecture.arch_kwargs.features_per_stage", ["8", "16"]),
        ("architecture.arch_kwargs.features_per_stage", [8, 10**9]),
        ("architecture.arch_kwargs.strides", [[1, 1, 1], [3, 3, 3]]),
        ("architecture.arch_kwargs.n_stages", 3),
        ("architecture.arch_kwargs.block", "os.system"),
        ("architecture._kw_requires_import", ["conv_op", "block"]),
        ("resampling_fn_data", "run"),
        ("resampling_fn_seg", "run"),
        ("resampling_fn_probabilities", "run"),
        ("resampling_fn_data_kwargs", {"is_seg": False, "order": "3", "order_z": 0}),
        ("preprocessor_name", "OtherPreprocessor"),
        ("normalization_schemes", ["OtherNormalization"]),
        ("patch_size", [32, 32]),
        ("patch_size", [100000, 100000, 100000]),
        ("spacing", [0.0, 1.0, 1.0]),
        ("inherits_from", "other"),
    ],
)
def test_plans_that_ask_for_anything_else_are_refused_before_it_runs(
    directory, tmp_path, monkeypatch, place, value
):
    monkeypatch.chdir(tmp_path)
    plans = plans_of_untrained_model()
    arguments = plans["configurations"][CONFIGURATION]["architecture"]["arch_kwargs"]
    if place.endswith("nonlin"):
        arguments["nonlin_kwargs"] = {"command": "touch sentinel"}
    _set(plans["configurations"][CONFIGURATION], place, value)
    replace_plans(directory, plans)
    with pytest.raises(ModelError, match=r"plans\.json"):
        load_model(directory)
    assert not (tmp_path / "sentinel").exists()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("label_manager", "OtherManager"),
        ("image_reader_writer", "os.system"),
        ("transpose_backward", [1, 2, 0]),
        ("dataset_name", "../../etc"),
        ("configurations", {}),
    ],
)
def test_plans_are_checked_outside_the_configuration_too(directory, key, value):
    replace_plans(directory, plans_of_untrained_model() | {key: value})
    with pytest.raises(ModelError, match=r"plans\.json"):
        load_model(directory)


def test_the_attack_that_the_allow_list_stops_would_work_without_it(tmp_path, monkeypatch):
    from inference.models.network import build_network

    monkeypatch.chdir(tmp_path)
    plans = plans_of_untrained_model()
    arguments = plans["configurations"][CONFIGURATION]["architecture"]["arch_kwargs"]
    arguments |= {"nonlin": "os.system", "nonlin_kwargs": {"command": "touch sentinel"}}
    with pytest.raises(TypeError):
        build_network(plans, CONFIGURATION, labels=2)
    assert (tmp_path / "sentinel").exists()


@pytest.mark.parametrize("content", [b"[" * 100_000, b"not JSON", b"[]", b'{"labels": 1}'])
@pytest.mark.parametrize("name", ["plans.json", "dataset.json"])
def test_files_that_are_no_proper_json_are_refused(directory, name, content):
    replace_file(directory, name, content)
    with pytest.raises(ModelError, match=name):
        load_model(directory)


@pytest.mark.parametrize(
    "labels", [{"background": 0}, {"background": 0, "artery": 2}, {"artery": 1, "vein": 0}]
)
def test_labels_with_gaps_or_without_background_are_refused(directory, labels):
    dataset = {"channel_names": {"0": "CT"}, "labels": labels, "file_ending": ".nii.gz"}
    replace_file(directory, "dataset.json", json.dumps(dataset).encode())
    with pytest.raises(ModelError, match=r"dataset\.json"):
        load_model(directory)


@pytest.mark.parametrize("change", ["missing", "unknown", "shape"])
def test_weights_that_do_not_fit_the_plans_are_refused(directory, change):
    weights = safetensors.torch.load_file(directory / WEIGHTS)
    first = min(weights)
    if change == "missing":
        del weights[first]
    elif change == "unknown":
        weights["another"] = torch.zeros(1)
    else:
        weights[first] = torch.zeros(3)
    replace_file(directory, WEIGHTS, safetensors.torch.save(weights))
    with pytest.raises(ModelError, match="do not fit its plans"):
        load_model(directory)


def test_plans_of_nnunets_residual_encoder_preset_are_accepted(directory):
    plans = plans_of_untrained_model()
    configuration = plans["configurations"][CONFIGURATION]
    architecture = configuration["architecture"]
    architecture["network_class_name"] = (
        "dynamic_network_architectures.architectures.unet.ResidualEncoderUNet"
    )
    architecture["arch_kwargs"]["n_blocks_per_stage"] = architecture["arch_kwargs"].pop(
        "n_conv_per_stage"
    )
    replace_plans(directory, plans)
    with pytest.raises(ModelError, match="do not fit its plans"):  # accepted; the weights differ
        load_model(directory)


def _set(entry: dict[str, Any], place: str, value: object) -> None:
    *parents, last = place.split(".")
    for parent in parents:
        entry = entry[parent]
    entry[last] = copy.deepcopy(value)
