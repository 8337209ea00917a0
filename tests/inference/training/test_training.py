"""A nano network is trained by nnU-Net's own trainer, killed, trained on and exported."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from inference.__main__ import main
from inference.errors import InferenceError
from inference.phantom import Scanner, scan_phantom
from inference.prediction.model import load_model
from inference.training import export
from inference.training.cases import register_cases
from inference.training.dataset import choose_cases, write_dataset
from inference.training.export import UNREVIEWED_DRAFTS, export_model
from inference.training.nnunet import PLANNERS, TRAINERS, planner_class, trainer_class
from inference.training.pairs import Pair, SetName
from inference.training.preparation import PlanSettings, plan, preprocess, read_plans
from inference.training.train import TrainingSettings, read_progress, train
from inference.training.workspace import Workspace
from tests.inference.training.phantom_pairs import image_of, save

SCANNER = Scanner("nano", (32, 64, 64), (2.0, 2.0, 2.0), noise_hu=4.0)
TRAINER = "nnUNetTrainer_5epochs"
NOTICE = "Phantoms only. Not for clinical use."
SETS: tuple[SetName, ...] = ("training", "training", "internal-validation", "internal-test")
ROOT = Path(__file__).parents[3]


def pairs_in(folder):
    pairs = []
    for number, set_name in enumerate(SETS):
        phantom = scan_phantom(300 + number, SCANNER, occlusion="none")
        ncct = save(image_of(phantom.hu, phantom), folder / f"n{number}.nii.gz")
        mask = save(image_of(phantom.labels, phantom), folder / f"m{number}.nii.gz")
        site = "North" if number < 2 else "South"
        pairs.append(Pair(f"c{number}", site, set_name, ncct, None, mask, f"p{number}"))
    return pairs


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("training")
    workspace = Workspace(folder / "w")
    pairs = pairs_in(folder)
    register_cases(pairs, workspace, lambda _: None)
    write_dataset(choose_cases(pairs, workspace, accept_drafts=False), workspace)
    plan(workspace, PlanSettings(gpu_memory_gb=0.02, first_features=4))
    lines: list[str] = []
    preprocess(workspace, lines.append)
    return workspace, lines


@pytest.fixture(scope="module")
def trained(prepared):
    """Killed after its first epochs as by a power cut, and trained on."""
    workspace, _ = prepared
    fold = workspace.results(TRAINER) / "fold_0"
    command = [
        sys.executable, "-W", "ignore", "-m", "inference", "train", "run", str(workspace.root),
        "--trainer", TRAINER, "--epochs", "400", "--iterations", "1",
    ]  # fmt: skip
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    end = time.monotonic() + 120
    while read_progress(fold) is None and process.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    _, errors = process.communicate()
    killed_at = read_progress(fold)
    assert killed_at is not None, errors
    lines: list[str] = []
    settings = TrainingSettings(trainer=TRAINER, epochs=killed_at.epoch + 3, iterations=3)
    train(workspace, settings, lines.append)
    return workspace, killed_at, lines


def test_every_case_for_learning_is_preprocessed_once(prepared):
    workspace, lines = prepared
    assert lines == [f"{n + 1}/3 c{n}: preprocessed" for n in range(3)]
    again: list[str] = []
    preprocess(workspace, again.append)
    assert all(line.endswith("skipped") for line in again)


def test_the_plans_are_measured_on_the_training_set_alone(prepared):
    workspace, _ = prepared
    fingerprint = json.loads((workspace.preprocessed / "dataset_fingerprint.json").read_text())
    assert len(fingerprint["spacings"]) == 2
    intensities = read_plans(workspace)["foreground_intensity_properties_per_channel"]["0"]
    artery_hu = np.concatenate(
        [
            phantom.hu[phantom.labels > 0]
            for phantom in (scan_phantom(seed, SCANNER, occlusion="none") for seed in (300, 301))
        ]
    )
    assert intensities["median"] == pytest.approx(np.median(artery_hu), abs=2)


def test_a_killed_training_goes_on_after_its_last_epoch(trained):
    workspace, killed_at, lines = trained
    begin = next(line for line in lines if line.startswith("Going on after epoch"))
    went_on_at = int(begin.split()[-1])
    assert went_on_at >= killed_at.epoch - 1
    last = read_progress(workspace.results(TRAINER) / "fold_0")
    assert last is not None
    assert last.epoch == last.epochs == killed_at.epoch + 3
    assert last.minutes >= killed_at.minutes
    assert last.settings["trainer"] == TRAINER


def test_each_epoch_is_shown_with_loss_dice_and_the_time_left(trained):
    _, killed_at, lines = trained
    shown = [line for line in lines if line.startswith("epoch ")]
    assert shown[-1].startswith(f"epoch {killed_at.epoch + 3}/{killed_at.epoch + 3}  loss ")
    assert all("pseudo Dice" in line and "left 0:" in line for line in shown)


def test_a_finished_training_is_skipped(trained):
    workspace, _, _ = trained
    lines: list[str] = []
    train(workspace, TrainingSettings(trainer=TRAINER), lines.append)
    assert len(lines) == 1
    assert "trained before" in lines[0]


def test_a_training_does_not_go_on_with_other_cases(trained):
    workspace, _, _ = trained
    choice = workspace.chosen.read_text()
    try:
        workspace.chosen.write_text(choice.replace('"c1"', '"c9"'))
        with pytest.raises(InferenceError, match="changed since"):
            train(workspace, TrainingSettings(trainer=TRAINER), lambda _: None)
    finally:
        workspace.chosen.write_text(choice)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no CUDA device here")
def test_a_gpu_trains_a_fold_too(prepared):
    workspace, _ = prepared
    trainer = "nnUNetTrainer_1epoch"
    settings = TrainingSettings(trainer=trainer, device="cuda", iterations=3)

    train(workspace, settings, lambda _: None)

    done = read_progress(workspace.results(trainer) / "fold_0")
    assert done is not None
    assert (done.epoch, done.device_name) == (1, torch.cuda.get_device_name())
    assert np.isfinite(done.train_loss)


def test_the_model_is_exported_by_the_command_and_predicts(trained, tmp_path, capsys):
    workspace, killed_at, _ = trained
    status = main(
        [
            "train", "export", str(workspace.root), "--trainer", TRAINER,
            "--model", str(tmp_path / "model"), "--name", "nano-1", "--notice", NOTICE,
        ]
    )  # fmt: skip
    assert status == 0, capsys.readouterr().err
    model = load_model(tmp_path / "model")
    assert model.notice == NOTICE
    phantom = scan_phantom(300, SCANNER, occlusion="none")
    assert model.predict(phantom.hu, phantom.spacing_zyx_mm).mask.shape == phantom.hu.shape
    training = model.card["training"]
    assert training["pairs"]["training"] == {"North": 2}
    assert training["pairs"]["internal-test"] == {"South": 1}
    assert training["labels"]["training"] == {"mask": 2}
    assert training["unreviewed_drafts"] == 0
    assert training["trainer"] == TRAINER
    assert training["folds"][0]["epochs"] == killed_at.epoch + 3
    assert training["folds"][0]["versions"]["nnunetv2"].startswith("2.")


def test_the_card_and_the_notice_say_that_drafts_were_not_reviewed(trained, tmp_path, monkeypatch):
    def write_card(_results, output, *, name, notice):
        output.mkdir()
        (output / "model-card.json").write_text(json.dumps({"name": name, "notice": notice}))
        return "0" * 64

    monkeypatch.setattr(export, "import_model", write_card)
    workspace, _, _ = trained
    choice = workspace.chosen.read_text()
    try:
        workspace.chosen.write_text(choice.replace('"mask"', '"unreviewed draft"', 1))
        export_model(workspace, TRAINER, tmp_path / "model", name="nano-2", notice=NOTICE)
    finally:
        workspace.chosen.write_text(choice)
    card = json.loads((tmp_path / "model" / "model-card.json").read_text())
    assert card["notice"] == f"{NOTICE} {UNREVIEWED_DRAFTS}"
    assert card["training"]["unreviewed_drafts"] == 1


def test_an_unfinished_fold_is_not_exported(trained, tmp_path):
    workspace, _, _ = trained
    unfinished = workspace.results(TRAINER) / "fold_1"
    unfinished.mkdir()
    try:
        with pytest.raises(InferenceError, match="fold_1 is not finished"):
            export_model(workspace, TRAINER, tmp_path / "model", name="nano-3", notice=NOTICE)
    finally:
        unfinished.rmdir()


def test_a_fold_or_trainer_that_is_not_there_is_refused(prepared):
    workspace, _ = prepared
    with pytest.raises(InferenceError, match="no fold 1"):
        train(workspace, TrainingSettings(fold=1), lambda _: None)
    with pytest.raises(InferenceError, match="no trainer 'os'"):
        train(workspace, TrainingSettings(trainer="os"), lambda _: None)


def test_every_trainer_and_planner_of_the_tables_is_there():
    assert all(trainer_class(name).__name__ == name for name in TRAINERS)
    assert all(planner_class(name).__name__ == name for name in PLANNERS)
