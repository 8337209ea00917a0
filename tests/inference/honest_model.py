"""A results folder that nnU-Net's own trainer wrote, and nnU-Net's own export of it."""

import contextlib
import dataclasses
import io
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from nnunetv2.model_sharing.model_export import export_pretrained_model
from nnunetv2.training.nnUNetTrainer.nnUNetTrainer import nnUNetTrainer

from inference.demo.plans import CONFIGURATION, DATASET, demo_plans
from tests.inference.untrained_model import INTENSITIES, RECIPE

DATASET_NAME = "Dataset901_Arteries"
MODEL_FOLDER = f"{DATASET_NAME}/nnUNetTrainer__nnUNetPlans__{CONFIGURATION}"
SCALES = (1, 2)


def honest_plans() -> dict[str, Any]:
    """Plans as nnU-Net's planner writes them, of three stages, so that there are two scales."""
    recipe = dataclasses.replace(RECIPE, features=(4, 8, 8))
    return demo_plans(recipe, INTENSITIES) | {
        "dataset_name": DATASET_NAME,
        "plans_name": "nnUNetPlans",
        "experiment_planner_used": "ExperimentPlanner",
    }


@contextlib.contextmanager
def nnunet_folders(root: Path) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(
        nnUNet_raw=str(root / "raw"),
        nnUNet_preprocessed=str(root / "preprocessed"),
        nnUNet_results=str(root / "results"),
    )
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def train_with_nnunet(root: Path, folds: Sequence[int] = (0,)) -> Path:
    """Let nnU-Net's trainer do one step a fold and save; return ``TRAINER__PLANS__CONFIG``."""
    cases = root / "preprocessed" / DATASET_NAME / f"demo_{CONFIGURATION}"
    cases.mkdir(parents=True)
    (cases / "case.b2nd").touch()  # by which the trainer tells how cases are stored
    for fold in folds:
        torch.manual_seed(fold)
        with nnunet_folders(root), contextlib.redirect_stdout(io.StringIO()):
            _train_one_step(fold)
    folder = root / "results" / MODEL_FOLDER
    (folder / "plans.json").write_text(json.dumps(honest_plans()))
    (folder / "dataset.json").write_text(json.dumps(DATASET | {"numTraining": 5}))
    (folder / "dataset_fingerprint.json").write_text("{}")
    return folder


def _train_one_step(fold: int) -> None:
    plans = honest_plans() | {"continue_training": False}
    dataset = DATASET | {"numTraining": 5}
    trainer = nnUNetTrainer(plans, CONFIGURATION, fold, dataset, torch.device("cpu"))
    trainer.initialize()
    trainer.configure_rotation_dummyDA_mirroring_and_inital_patch_size()
    trainer.network.train()
    patch = RECIPE.patch_zyx
    loss = trainer.train_step(
        {
            "data": torch.randn(2, 1, *patch),
            "target": [
                torch.randint(0, 2, (2, 1, *(length // scale for length in patch))).float()
                for scale in SCALES
            ],
        }
    )
    with torch.no_grad():  # without a bias towards either label masks are neither empty nor full
        for parameter in trainer.network.parameters():
            if parameter.ndim > 1:
                parameter.normal_(0, 0.3)
            elif parameter.mean().abs() < 0.5:
                parameter.zero_()
    trainer.on_train_epoch_end([loss])
    trainer.on_validation_epoch_end(
        [{"loss": loss["loss"], **{name: np.ones(1) for name in ("tp_hard", "fp_hard", "fn_hard")}}]
    )
    trainer._best_ema = trainer.logger.get_value("ema_fg_dice", step=-1)
    trainer.save_checkpoint(f"{trainer.output_folder}/checkpoint_final.pth")
    validation = Path(trainer.output_folder) / "validation"
    validation.mkdir()
    (Path(trainer.output_folder) / "progress.png").write_bytes(b"picture")
    summary = {"foreground_mean": {"Dice": 0.7 + fold / 10}, "metric_per_case": [{}, {}, {}]}
    (validation / "summary.json").write_text(json.dumps(summary))


def export_with_nnunet(root: Path, target: Path, folds: Sequence[int] = (0,)) -> Path:
    """Let nnU-Net export the model to a zip, as ``nnUNetv2_export_model_to_zip`` does."""
    with nnunet_folders(root), contextlib.redirect_stdout(io.StringIO()):
        export_pretrained_model(
            DATASET_NAME, str(target), configurations=(CONFIGURATION,), folds=tuple(folds)
        )
    return target
