"""A foreign model that would run a program, or exhaust the computer, does neither."""

import io
import json
import os
import pickle
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from inference.demo.plans import CONFIGURATION
from inference.errors import ModelError
from inference.models.files import LARGEST_JSON_BYTES
from inference.models.importing import source as source_module
from inference.models.importing.conversion import Wanted, convert_model
from inference.models.importing.importing import import_model
from tests.inference.honest_model import (
    MODEL_FOLDER,
    export_with_nnunet,
    honest_plans,
    train_with_nnunet,
)
from tests.inference.test_import_model import copy_of, old_style, write_json

CHECKPOINT = "fold_0/checkpoint_final.pth"


class Malicious:
    """Unpickling it runs a program that leaves a sentinel."""

    def __reduce__(self):
        return os.system, ("touch sentinel",)


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("nnunet")
    train_with_nnunet(root)
    return root


@pytest.fixture
def trained(root, tmp_path) -> Path:
    return copy_of(root / "results" / MODEL_FOLDER, tmp_path)


@pytest.fixture(scope="module")
def exported(root) -> bytes:
    return export_with_nnunet(root, root / "model.zip").read_bytes()


@pytest.fixture(autouse=True)
def sentinel(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "sentinel"


def convert(source: Path, tmp_path: Path) -> None:
    (tmp_path / "unpacked").mkdir(exist_ok=True)
    wanted = Wanted("foreign", "N.")
    convert_model(source, tmp_path / "converted", tmp_path / "unpacked", wanted)


def refusal(source: Path, tmp_path: Path) -> str:
    """What the import says; nothing was written and nothing ran."""
    with pytest.raises(ModelError) as refused:
        convert(source, tmp_path)
    assert not (tmp_path / "sentinel").exists()
    assert not (tmp_path / "converted").exists()
    return str(refused.value)


# -- checkpoints -----------------------------------------------------------------------------

PLACES: dict[str, Callable[[dict[str, Any]], None]] = {
    "trainer name": lambda content: content.update(trainer_name=Malicious()),
    "a new entry": lambda content: content.update(extra=Malicious()),
    "among the weights": lambda content: content["network_weights"].update(extra=Malicious()),
    "a weight's name": lambda content: content["network_weights"].update({Malicious(): 1}),
    "the log": lambda content: content["logging"].update(extra=[{"deep": (Malicious(),)}]),
    "an array of objects": lambda content: content["logging"].update(
        extra=np.array([Malicious()], dtype=object)
    ),
    "the arguments": lambda content: content["init_args"].update(device=Malicious()),
    "the optimizer": lambda content: content["optimizer_state"].update(state=Malicious()),
    "the best score": lambda content: content.update(_best_ema=Malicious()),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_checkpoint_that_would_run_a_program_does_not(trained, tmp_path, place):
    content = torch.load(trained / CHECKPOINT, weights_only=False)
    PLACES[place](content)
    torch.save(content, trained / CHECKPOINT)
    said = refusal(trained, tmp_path)
    assert CHECKPOINT in said
    assert "could run a program" in said
    assert "posix.system" in said or "_reconstruct" in said


def test_the_same_checkpoint_does_run_it_where_nnunet_opens_it(trained, sentinel):
    content = torch.load(trained / CHECKPOINT, weights_only=False)
    torch.save(content | {"trainer_name": Malicious()}, trained / CHECKPOINT)
    torch.load(trained / CHECKPOINT, weights_only=False)
    assert sentinel.exists()


def test_nor_does_it_in_the_importing_process(trained, tmp_path, sentinel):
    content = torch.load(trained / CHECKPOINT, weights_only=False)
    torch.save(content | {"trainer_name": Malicious()}, trained / CHECKPOINT)
    with pytest.raises(ModelError, match=r"posix\.system"):
        import_model(trained, tmp_path / "model", name="foreign", notice="N.")
    assert not sentinel.exists()
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize("legacy", [False, True])
def test_a_checkpoint_of_another_kind_is_not_opened(trained, tmp_path, legacy):
    content = {"network_weights": Malicious()}
    if legacy:
        torch.save(content, trained / CHECKPOINT, _use_new_zipfile_serialization=False)
    else:
        (trained / CHECKPOINT).write_bytes(pickle.dumps(content))
    assert "no file of today's torch.save" in refusal(trained, tmp_path)


@pytest.mark.filterwarnings("ignore:.torch.jit:DeprecationWarning")
def test_a_scripted_network_in_place_of_a_checkpoint_is_not_opened(trained, tmp_path):
    torch.jit.save(torch.jit.script(torch.nn.ReLU()), trained / CHECKPOINT)
    assert CHECKPOINT in refusal(trained, tmp_path)


def test_packed_parts_in_a_checkpoint_are_not_unpacked(trained, tmp_path):
    with zipfile.ZipFile(trained / CHECKPOINT) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(trained / CHECKPOINT, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert "packed parts" in refusal(trained, tmp_path)


@pytest.mark.parametrize(
    ("entry", "value", "said"),
    [
        ("trainer_name", "nnUNet_Primus_M_Trainer", "'nnUNet_Primus_M_Trainer'"),
        ("trainer_name", "nnUNetTrainerBN", "'nnUNetTrainerBN'"),
        ("trainer_name", 7, "expected a name"),
        ("init_args", {"configuration": ["3d_fullres"]}, "a list"),
        ("network_weights", {}, "expected tensors"),
        ("network_weights", {"a": "text"}, "not a tensor"),
        ("network_weights", {"a": torch.ones(1, dtype=torch.float16)}, "float16"),
        ("network_weights", {"a": torch.ones(1).expand(10**12)}, "do not fit"),
        ("inference_allowed_mirroring_axes", (0, 3), "found '(0, 3)'"),
        ("inference_allowed_mirroring_axes", "all", "found 'all'"),
    ],
)
def test_entries_that_are_not_what_nnunet_writes_are_named(trained, tmp_path, entry, value, said):
    content = torch.load(trained / CHECKPOINT, weights_only=False)
    torch.save(content | {entry: value}, trained / CHECKPOINT)
    told = refusal(trained, tmp_path)
    assert CHECKPOINT in told
    assert entry in told
    assert said in told


@pytest.mark.parametrize("damage", ["not finite", "another alias"])
def test_weights_that_cannot_have_been_trained_are_refused(trained, tmp_path, damage):
    content = torch.load(trained / CHECKPOINT, weights_only=False)
    weights = content["network_weights"]
    if damage == "not finite":
        for tensor in weights.values():
            tensor.fill_(float("nan"))
    else:
        alias = next(name for name in weights if "decoder.encoder" in name)
        weights[alias] = weights[alias] + 1
    torch.save(content, trained / CHECKPOINT)
    expected = "is not finite" if damage == "not finite" else "altered"
    assert expected in refusal(trained, tmp_path)


# -- plans -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        ("nonlin", "os.system"),
        ("norm_op", "subprocess.run"),
        ("conv_op", "builtins.eval"),
        ("dropout_op", "os.system"),
    ],
)
@pytest.mark.parametrize("inherited", [False, True])
def test_plans_that_name_a_foreign_class_do_not_reach_it(
    trained, tmp_path, entry, value, inherited
):
    plans = honest_plans()
    used = plans["configurations"][CONFIGURATION]
    used["architecture"]["arch_kwargs"] |= {
        entry: value,
        f"{entry}_kwargs": {"command": "touch sentinel"},
    }
    if inherited:
        plans["configurations"] = {"base": used, CONFIGURATION: {"inherits_from": "base"}}
    write_json(trained / "plans.json", plans)
    said = refusal(trained, tmp_path)
    assert said.startswith("plans.json is not allowed")
    assert entry in said


@pytest.mark.parametrize(
    ("entry", "value"),
    [("UNet_class_name", "os.system"), ("unet_max_num_features", 10**12)],
)
def test_nor_do_plans_of_the_first_releases(trained, tmp_path, entry, value):
    plans = honest_plans()
    used = old_style(plans["configurations"][CONFIGURATION]) | {"UNet_base_num_features": 10**6}
    plans["configurations"][CONFIGURATION] = used | {entry: value}
    write_json(trained / "plans.json", plans)
    assert refusal(trained, tmp_path).startswith("plans.json")


@pytest.mark.parametrize("name", ["plans.json", "dataset.json", "fold_0/validation/summary.json"])
@pytest.mark.parametrize(
    "content", [b"[" * 200_000, pickle.dumps(Malicious()), b"\xff\xfe", b"{"], ids=range(4)
)
def test_json_that_is_none_is_refused_by_its_name(trained, tmp_path, name, content):
    (trained / name).write_bytes(content)
    said = refusal(trained, tmp_path)
    assert said.startswith(name)
    assert "not valid JSON" in said


def test_huge_json_is_not_read(trained, tmp_path):
    (trained / "plans.json").write_bytes(b" " * (LARGEST_JSON_BYTES + 1))
    assert "more than the 4 MB" in refusal(trained, tmp_path)


def test_a_summary_that_says_nonsense_is_not_believed(trained, tmp_path):
    summary = {"foreground_mean": {"Dice": float("nan")}, "metric_per_case": "all"}
    write_json(trained / "fold_0/validation/summary.json", summary)
    convert(trained, tmp_path)
    card = json.loads((tmp_path / "converted/model-card.json").read_text())
    (fold,) = card["origin"]["folds"]
    assert (fold["validation_dice"], fold["validation_cases"]) == (None, None)


def test_a_link_in_a_folder_is_not_followed(trained, tmp_path):
    original = trained / "dataset.json"
    elsewhere = tmp_path / "elsewhere.json"
    original.rename(elsewhere)
    original.symlink_to(elsewhere)
    assert "dataset.json is missing" in refusal(trained, tmp_path)


# -- zips ------------------------------------------------------------------------------------


def zip_with(
    exported: bytes, tmp_path: Path, *further: tuple[str | zipfile.ZipInfo, bytes]
) -> Path:
    target = tmp_path / "model.zip"
    target.write_bytes(exported)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in further:
            archive.writestr(name, content)
    return target


@pytest.mark.parametrize(
    "name", ["../sentinel", "a/../../sentinel", "/sentinel", "C:\\sentinel", "a\\..\\sentinel"]
)
def test_names_that_lead_out_of_the_zip_lead_nowhere(exported, tmp_path, name):
    source = zip_with(exported, tmp_path, (name, b"x"))
    assert "outside of the zip" in refusal(source, tmp_path)
    assert list((tmp_path / "unpacked").iterdir()) == []


def test_a_link_in_a_zip_is_refused(exported, tmp_path):
    link = zipfile.ZipInfo(f"{MODEL_FOLDER}/link")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    source = zip_with(exported, tmp_path, (link, b"/etc/passwd"))
    assert "a link, not a file" in refusal(source, tmp_path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_plans_under_one_name_are_refused(exported, tmp_path):
    plans = json.dumps(honest_plans()).encode()
    source = zip_with(exported, tmp_path, (f"{MODEL_FOLDER}/plans.json", plans))
    assert "is there twice" in refusal(source, tmp_path)


def test_plans_in_two_folders_are_refused(exported, tmp_path):
    plans = json.dumps(honest_plans()).encode()
    source = zip_with(exported, tmp_path, ("Dataset902/other__plans__2d/plans.json", plans))
    assert "There are 2 models" in refusal(source, tmp_path)


def test_a_bomb_is_not_unpacked(exported, tmp_path):
    source = zip_with(exported, tmp_path, (f"{MODEL_FOLDER}/notes.txt", bytes(60 * 2**20)))
    assert "more tightly" in refusal(source, tmp_path)


def test_a_bomb_of_overlapping_files_is_not_unpacked(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/plans.json", bytes(10**6))
    content = packed.getvalue()
    start = zipfile.ZipFile(packed).start_dir
    entry = content[start:-22]
    copies = 9
    entries = b"".join(entry.replace(b"a/plans", b"%d/plans" % number) for number in range(copies))
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, copies, copies, len(entries), start, 0)
    source = tmp_path / "bomb.zip"
    source.write_bytes(content[:start] + entries + end)
    assert "overlap" in refusal(source, tmp_path)


def test_more_files_than_a_model_has_are_not_unpacked(exported, tmp_path, monkeypatch):
    monkeypatch.setattr(source_module, "MAX_FILES", 3)
    source = zip_with(exported, tmp_path)
    assert "more than 3 files" in refusal(source, tmp_path)


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\3\4" + bytes(100)])
def test_what_is_no_zip_is_refused(tmp_path, content):
    (tmp_path / "model.zip").write_bytes(content)
    assert "no zip, or a damaged one" in refusal(tmp_path / "model.zip", tmp_path)


def test_what_is_not_there_is_refused(tmp_path):
    assert "no such file" in refusal(tmp_path / "absent.zip", tmp_path)
