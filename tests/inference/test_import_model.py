"""An honest model of nnU-Net predicts here what it predicts there, and its card says whence."""

import hashlib
import json
import signal
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor
from nnunetv2.utilities.plans_handling.plans_handler import ConfigurationManager

from inference.__main__ import main
from inference.demo.plans import CONFIGURATION
from inference.errors import ModelError
from inference.models.files import read_model_files
from inference.models.importing import importing
from inference.models.importing.conversion import Wanted, convert_model
from inference.models.importing.importing import ImportLimits, import_model
from inference.models.importing.stored_plans import self_contained_plans
from inference.models.network import restore_networks
from inference.models.plans import check_plans
from inference.prediction.model import load_model
from tests.inference.honest_model import (
    MODEL_FOLDER,
    export_with_nnunet,
    honest_plans,
    train_with_nnunet,
)

FOLDS = (0, 1)
SPACING_ZYX_MM = (2.5, 1.8, 1.8)
WANTED = Wanted(name="honest", notice="Not for clinical use.")


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("nnunet")
    train_with_nnunet(root, FOLDS)
    return root


@pytest.fixture(scope="module")
def trained(root) -> Path:
    return root / "results" / MODEL_FOLDER


@pytest.fixture(scope="module")
def exported(root) -> Path:
    return export_with_nnunet(root, root / "model.zip", FOLDS)


@pytest.fixture(scope="module")
def imported(root, exported) -> Path:
    import_model(exported, root / "imported", name="honest", notice="Not for clinical use.")
    return root / "imported"


def convert(source: Path, tmp_path: Path, wanted: Wanted = WANTED) -> Path:
    """Import in this process, which takes less time than to start another."""
    (tmp_path / "unpacked").mkdir()
    convert_model(source, tmp_path / "converted", tmp_path / "unpacked", wanted)
    return tmp_path / "converted"


def ct_volume() -> np.ndarray:
    coarse = np.random.default_rng(0).normal(50, 40, (1, 1, 12, 14, 13))
    smooth = torch.nn.functional.interpolate(torch.tensor(coarse), size=(40, 55, 50))
    return smooth[0, 0].numpy().astype(np.float32)


def test_the_mask_is_that_of_nnunets_predictor_from_the_original_folder(trained, imported):
    hu = ct_volume()
    predictor = nnUNetPredictor(device=torch.device("cpu"), allow_tqdm=False)
    predictor.initialize_from_trained_model_folder(str(trained), FOLDS)
    expected = predictor.predict_single_npy_array(hu[np.newaxis], {"spacing": SPACING_ZYX_MM})
    mask = load_model(imported).predict(hu, SPACING_ZYX_MM).mask
    assert 0.01 < (expected > 0).mean() < 0.99
    assert np.count_nonzero(mask != expected) <= np.count_nonzero(expected) / 5000


def test_every_tensor_of_the_checkpoint_arrives_under_every_name(trained, imported):
    networks = restore_networks(read_model_files(imported))
    for fold, network in zip(FOLDS, networks, strict=True):
        path = trained / f"fold_{fold}" / "checkpoint_final.pth"
        original = torch.load(path, weights_only=False)["network_weights"]
        state = network.state_dict()
        assert state.keys() == original.keys()
        assert all(torch.equal(state[name], original[name]) for name in state)


def test_the_card_says_where_the_model_comes_from(exported, imported):
    card = json.loads((imported / "model-card.json").read_text())
    origin = card["origin"]
    assert origin["source"] == "model.zip"
    assert origin["source_sha256"] == hashlib.sha256(exported.read_bytes()).hexdigest()
    assert origin["trainer"] == "nnUNetTrainer"
    assert [fold["epochs"] for fold in origin["folds"]] == [1, 1]
    assert [fold["validation_dice"] for fold in origin["folds"]] == [0.7, 0.8]
    assert [fold["validation_cases"] for fold in origin["folds"]] == [3, 3]
    assert origin["remarks"] == []
    assert card["prediction"] == {
        "configuration": CONFIGURATION,
        "tile_step": 0.5,
        "mirroring_axes": [0, 1, 2],
        "precision": "float32",
        "folds": ["0", "1"],
        "smallest_component_mm3": 0.0,
    }


def test_the_folder_and_its_export_are_the_same_model(trained, imported, tmp_path):
    from_folder = read_model_files(convert(trained, tmp_path)).card
    assert from_folder.sha256 == read_model_files(imported).card.sha256


def test_settings_are_part_of_the_model(trained, tmp_path):
    wanted = Wanted("other", "N.", precision="bfloat16", smallest_component_mm3=12.5)
    settings = read_model_files(convert(trained, tmp_path, wanted)).card.prediction
    assert (settings.precision, settings.smallest_component_mm3) == ("bfloat16", 12.5)


def test_the_command_line_imports_a_model(exported, tmp_path, capsys):
    target = tmp_path / "model"
    asked = ["import-model", str(exported), "--name", "honest", "--notice", "N.", "--output"]
    assert main([*asked, str(target)]) == 0
    assert read_model_files(target).card.sha256 in capsys.readouterr().out
    assert main([*asked, str(target)]) == 1
    assert "exists already" in capsys.readouterr().err


def test_of_several_models_in_a_zip_one_has_to_be_named(exported, tmp_path):
    several = tmp_path / "several.zip"
    with zipfile.ZipFile(exported) as one, zipfile.ZipFile(several, "w") as both:
        for entry in one.infolist():
            both.writestr(entry.filename, one.read(entry))
            other = entry.filename.replace(f"__{CONFIGURATION}", "__3d_lowres")
            both.writestr(other, one.read(entry))
    with pytest.raises(ModelError, match=r"2 models.*3d_fullres.*3d_lowres.*Name its config"):
        convert(several, tmp_path)
    (tmp_path / "second").mkdir()
    wanted = Wanted("honest", "Not for clinical use.", configuration=CONFIGURATION)
    assert convert(several, tmp_path / "second", wanted).is_dir()
    (tmp_path / "third").mkdir()
    with pytest.raises(ModelError, match="trained as '3d_fullres'"):
        convert(several, tmp_path / "third", Wanted("honest", "N.", configuration="3d_lowres"))


def test_a_models_own_folder_may_be_given_with_its_configuration(trained, tmp_path):
    wanted = Wanted("honest", "Not for clinical use.", configuration=CONFIGURATION)
    assert convert(trained, tmp_path, wanted).is_dir()
    (tmp_path / "other").mkdir()
    with pytest.raises(ModelError, match="trained as '3d_fullres', not as '3d_lowres'"):
        convert(trained, tmp_path / "other", Wanted("honest", "N.", configuration="3d_lowres"))


def test_checkpoints_of_numpy_1_are_read(trained, tmp_path):
    """NumPy 2 moved what its scalars are unpickled by; most checkpoints are older."""
    copied = copy_of(trained, tmp_path)
    path = copied / "fold_0" / "checkpoint_final.pth"
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            old = content.replace(b"cnumpy._core.multiarray", b"cnumpy.core.multiarray")
            assert not name.endswith("data.pkl") or old != content
            archive.writestr(name, old)
    assert convert(copied, tmp_path).is_dir()


@pytest.mark.filterwarnings("ignore:Detected old nnU-Net plans:UserWarning")
def test_plans_of_the_first_releases_say_the_same_network_as_nnunet_makes_of_them():
    plans = honest_plans()
    plans["configurations"][CONFIGURATION] = old_style(plans["configurations"][CONFIGURATION])
    properties = plans.pop("foreground_intensity_properties_per_channel")
    plans["foreground_intensity_properties_by_modality"] = properties
    stored = json.loads(json.dumps(plans))
    ours = check_plans(self_contained_plans(stored, CONFIGURATION), CONFIGURATION)
    theirs = ConfigurationManager(plans["configurations"][CONFIGURATION]).configuration
    assert ours["configurations"][CONFIGURATION]["architecture"] == theirs["architecture"]
    assert ours["foreground_intensity_properties_per_channel"] == properties


def old_style(configuration: dict) -> dict:
    arguments = configuration.pop("architecture")["arch_kwargs"]
    return configuration | {
        "UNet_class_name": "PlainConvUNet",
        "UNet_base_num_features": 4,
        "unet_max_num_features": 8,
        "n_conv_per_stage_encoder": arguments["n_conv_per_stage"],
        "n_conv_per_stage_decoder": arguments["n_conv_per_stage_decoder"],
        "num_pool_per_axis": [2, 2, 2],
        "pool_op_kernel_sizes": arguments["strides"],
        "conv_kernel_sizes": arguments["kernel_sizes"],
    }


def test_an_inherited_configuration_is_put_together_as_nnunet_does():
    plans = honest_plans()
    plans["configurations"]["child"] = {"inherits_from": CONFIGURATION, "batch_size": 4}
    plans["configurations"]["grandchild"] = {"inherits_from": "child", "next_stage": "other"}
    checked = check_plans(self_contained_plans(plans, "grandchild"), "grandchild")
    parent = check_plans(honest_plans(), CONFIGURATION)["configurations"][CONFIGURATION]
    assert checked["configurations"] == {"grandchild": parent | {"batch_size": 4}}


def test_a_label_that_marks_what_to_ignore_is_never_predicted(trained, tmp_path):
    copied = copy_of(trained, tmp_path)
    labels = {"background": 0, "artery": 1, "ignore": 2}
    write_json(copied / "dataset.json", {"channel_names": {"0": "NCCT"}, "labels": labels})
    files = read_model_files(convert(copied, tmp_path))
    assert files.dataset["labels"] == {"background": 0, "artery": 1}


def test_a_model_trained_without_mirroring_is_remarked_upon(trained, tmp_path):
    copied = copy_of(trained, tmp_path)
    for fold in FOLDS:
        path = copied / f"fold_{fold}" / "checkpoint_final.pth"
        content = torch.load(path, weights_only=False)
        torch.save(content | {"inference_allowed_mirroring_axes": (0, 1)}, path)
    card = read_model_files(convert(copied, tmp_path)).card.model_dump()
    assert "without mirroring side to side" in card["origin"]["remarks"][0]
    assert card["prediction"]["mirroring_axes"] == [0, 1]


@pytest.mark.parametrize(
    ("dataset", "said"),
    [
        ({"channel_names": {"0": "CT", "1": "CTA"}, "labels": {}}, "one channel"),
        ({"channel_names": {"0": "T1"}, "labels": {}}, "'T1', not a CT"),
        (
            {"channel_names": {"0": "CT"}, "labels": {"background": 0, "whole": [1, 2]}},
            "overlapping regions",
        ),
        ({"channel_names": {"0": "CT"}, "labels": {"background": 0, "artery": 2}}, "gaps"),
        ([], "not of nnU-Net"),
    ],
)
def test_models_that_need_more_than_a_ct_or_predict_other_labels_are_refused(
    trained, tmp_path, dataset, said
):
    copied = copy_of(trained, tmp_path)
    write_json(copied / "dataset.json", dataset)
    with pytest.raises(ModelError, match=rf"dataset\.json.*{said}"):
        convert(copied, tmp_path)


@pytest.mark.parametrize(
    ("entry", "value", "said"),
    [
        ("previous_stage", "3d_lowres", "cascades are not supported"),
        ("patch_size", [32, 32], "2D model"),
        ("inherits_from", CONFIGURATION, "inherits from itself"),
        ("inherits_from", "absent", "no configuration 'absent'"),
        ("normalization_schemes", ["RGBTo01Normalization"], "RGBTo01Normalization"),
    ],
)
def test_plans_that_are_not_supported_are_refused_with_the_entry(
    trained, tmp_path, entry, value, said
):
    copied = copy_of(trained, tmp_path)
    plans = honest_plans()
    plans["configurations"][CONFIGURATION][entry] = value
    write_json(copied / "plans.json", plans)
    with pytest.raises(ModelError, match=said):
        convert(copied, tmp_path)


def test_weights_of_another_network_are_refused_with_their_name_and_shapes(trained, tmp_path):
    copied = copy_of(trained, tmp_path)
    plans = honest_plans()
    arguments = plans["configurations"][CONFIGURATION]["architecture"]["arch_kwargs"]
    arguments["features_per_stage"] = [4, 8, 16]
    write_json(copied / "plans.json", plans)
    with pytest.raises(ModelError, match=r"fold_0/checkpoint_final\.pth.*network: \(16.*\(8"):
        convert(copied, tmp_path)


def test_folds_of_different_trainings_are_refused(trained, tmp_path):
    copied = copy_of(trained, tmp_path)
    path = copied / "fold_1" / "checkpoint_final.pth"
    content = torch.load(path, weights_only=False)
    torch.save(content | {"trainer_name": "nnUNetTrainerNoDA"}, path)
    with pytest.raises(ModelError, match="folds are of different models"):
        convert(copied, tmp_path)


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("plans.json", "No plans.json was found"),
        ("dataset.json", "dataset.json is missing"),
        ("fold_*/checkpoint_final.pth", "no fold with a checkpoint_final.pth"),
    ],
)
def test_what_is_missing_is_named(trained, tmp_path, missing, said):
    copied = copy_of(trained, tmp_path)
    for path in copied.glob(missing):
        path.unlink()
    with pytest.raises(ModelError, match=said):
        convert(copied, tmp_path)


def test_a_name_that_no_model_may_have_is_refused(exported, tmp_path):
    with pytest.raises(ModelError, match=r"name: .*'My model'"):
        import_model(exported, tmp_path / "model", name="My model", notice="N.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("way", "said"),
    [
        (signal.SIGKILL, "more memory"),
        (signal.SIGABRT, "more memory"),
        (signal.SIGSEGV, "crash"),
        (signal.SIGXCPU, "took longer"),
        ("never", "took longer"),
    ],
)
def test_an_importing_process_that_dies_or_hangs_is_a_clear_failure(
    tmp_path, monkeypatch, way, said
):
    monkeypatch.setattr(importing, "IMPORTING_PROCESS", "tests.inference.process_that_dies")
    source = tmp_path / f"{int(way) if isinstance(way, int) else way}.zip"
    source.touch()
    limits = ImportLimits(clock_seconds=2.0)
    with pytest.raises(ModelError, match=said):
        import_model(source, tmp_path / "model", name="n", notice="N.", limits=limits)
    assert list(tmp_path.iterdir()) == [source]


def test_the_importing_process_has_no_more_memory_than_it_is_allowed(exported, tmp_path):
    limits = ImportLimits(memory_bytes=700 * 2**20)
    with pytest.raises(ModelError, match="more memory"):
        import_model(exported, tmp_path / "model", name="n", notice="N.", limits=limits)


def copy_of(trained: Path, tmp_path: Path) -> Path:
    target = tmp_path / trained.name
    for path in trained.rglob("*"):
        if path.suffix in {".json", ".pth"}:
            (target / path.relative_to(trained)).parent.mkdir(parents=True, exist_ok=True)
            (target / path.relative_to(trained)).write_bytes(path.read_bytes())
    return target


def write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content))
