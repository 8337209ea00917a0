"""The third step: train with nnU-Net's own trainer, show progress, go on after a kill."""

import contextlib
import dataclasses
import hashlib
import importlib.metadata
import io
import json
import math
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from inference.errors import InferenceError
from inference.training.nnunet import nnunet_folders, trainer_class
from inference.training.preparation import read_plans
from inference.training.workspace import CONFIGURATION, Workspace

Report = Callable[[str], None]

FINAL, LATEST = "checkpoint_final.pth", "checkpoint_latest.pth"
PROGRESS = "progress.json"
TRAINED_ON = "trained-on.sha256"


@dataclass(frozen=True)
class TrainingSettings:
    """How to train.

    Attributes
    ----------
    trainer
        Name of nnU-Net's trainer; see `inference.training.nnunet.TRAINERS`.
    fold
        Number of the split.
    device
        ``cpu`` or ``cuda``.
    epochs, iterations
        Epochs, and batches of an epoch; by default the trainer's own. A fifth as many batches are
        for validation, as in nnU-Net.
    workers
        Processes that augment batches; 0 augments between the training steps.
    seed
        For the draws of patches and for the first weights.
    """

    trainer: str = "nnUNetTrainer"
    fold: int = 0
    device: str = "cpu"
    epochs: int | None = None
    iterations: int | None = None
    workers: int = 0
    seed: int = 1


@dataclass(frozen=True)
class Progress:
    """Where a training is; ``progress.json`` in the fold's folder, rewritten after every epoch.

    Attributes
    ----------
    epoch, epochs
        Epochs done, and all.
    train_loss, validation_loss
        Of the last epoch: nnU-Net's Dice loss plus cross-entropy, −1 at best.
    pseudo_dice
        nnU-Net's estimate from patches of the validation cases, not of whole volumes; None where
        no patch showed an artery.
    seconds_left
        Expected, from the epochs of this run.
    minutes
        Training so far, earlier runs included.
    settings
        See `TrainingSettings`.
    versions, device_name
        Of what trains.
    """

    epoch: int
    epochs: int
    train_loss: float
    validation_loss: float
    pseudo_dice: float | None
    seconds_left: float
    minutes: float
    settings: dict[str, Any]
    versions: dict[str, str]
    device_name: str


def train(workspace: Workspace, settings: TrainingSettings, report: Report) -> Path:
    """Train one fold, from its last checkpoint if there is one.

    Parameters
    ----------
    workspace
        With preprocessed cases; see `inference.training.preparation`.
    settings
        How to train.
    report
        Called with a line of text after every epoch.

    Returns
    -------
    Path
        nnU-Net's results folder, with the fold in ``fold_<number>``.

    Raises
    ------
    InferenceError
        If there is no such trainer, device or fold, or the fold was begun on another data set.
    """
    _check_fold(workspace, settings.fold)
    device, base = _device(settings.device), trainer_class(settings.trainer)
    results = workspace.results(settings.trainer)
    folder = results / f"fold_{settings.fold}"
    _refuse_other_data(workspace, folder)
    if (folder / FINAL).is_file():
        report(f"Fold {settings.fold} was trained before ({folder / FINAL}), skipped")
        return results
    torch.manual_seed(settings.seed)
    np.random.seed(settings.seed)  # nnU-Net's data loader draws from the global state
    screen = sys.stdout

    def report_on_screen(line: str) -> None:
        with contextlib.redirect_stdout(screen):
            report(line)

    with (
        nnunet_folders(workspace, nnUNet_n_proc_DA=str(settings.workers)),
        contextlib.redirect_stdout(io.StringIO()),  # the log file has all that nnU-Net prints
    ):
        trainer = _trainer(workspace, settings, base, device)
        trainer.follow(settings, report_on_screen)
        if (folder / LATEST).is_file():
            trainer.load_checkpoint(str(folder / LATEST))
            report_on_screen(f"Going on after epoch {trainer.current_epoch}")
        trainer.run_training()
    return results


def read_progress(folder: Path) -> Progress | None:
    """Read how far the training of a fold is; None where it has not ended an epoch yet."""
    path = folder / PROGRESS
    return Progress(**json.loads(path.read_text())) if path.is_file() else None


def _trainer(
    workspace: Workspace, settings: TrainingSettings, base: type[Any], device: torch.device
) -> Any:
    # Under the same name nnU-Net's other commands find the results, and the checkpoint says which.
    following = type(settings.trainer, (_ProgressShown, base), {})
    dataset = json.loads((workspace.preprocessed / "dataset.json").read_text())
    plans = read_plans(workspace) | {"continue_training": False}
    return following(plans, CONFIGURATION, settings.fold, dataset, device)


class _ProgressShown:
    """Reports each epoch of one of nnU-Net's trainers and keeps a checkpoint of the last."""

    _settings: TrainingSettings
    _report: Report

    def follow(self: Any, settings: TrainingSettings, report: Report) -> None:
        self._settings, self._report = settings, report
        self._begin, self._first_epoch, self._minutes_before = time.monotonic(), None, 0.0
        self.num_epochs = settings.epochs or self.num_epochs
        if settings.iterations is not None:
            self.num_iterations_per_epoch = settings.iterations
            self.num_val_iterations_per_epoch = max(1, settings.iterations // 5)
        self.save_every = 1

    def on_train_start(self: Any) -> None:
        super().on_train_start()  # type: ignore[misc]
        self._begin, self._first_epoch = time.monotonic(), self.current_epoch
        before = read_progress(Path(self.output_folder))
        self._minutes_before = before.minutes if before and self.current_epoch else 0.0

    def on_epoch_end(self: Any) -> None:
        super().on_epoch_end()  # type: ignore[misc]
        seconds = time.monotonic() - self._begin
        each = seconds / (self.current_epoch - self._first_epoch)
        value = self.logger.get_value
        pseudo_dice = float(value("mean_fg_dice", step=-1))
        progress = Progress(
            epoch=self.current_epoch,
            epochs=self.num_epochs,
            train_loss=round(float(value("train_losses", step=-1)), 4),
            validation_loss=round(float(value("val_losses", step=-1)), 4),
            pseudo_dice=None if math.isnan(pseudo_dice) else round(pseudo_dice, 4),
            seconds_left=round(each * (self.num_epochs - self.current_epoch), 1),
            minutes=round(self._minutes_before + seconds / 60, 2),
            settings=dataclasses.asdict(self._settings),
            versions=_versions(),
            device_name=_device_name(self.device),
        )
        _write_whole(
            Path(self.output_folder) / PROGRESS,
            json.dumps(dataclasses.asdict(progress), indent=1) + "\n",
        )
        self._report(_in_words(progress))

    def save_checkpoint(self: Any, filename: str) -> None:
        # A kill while nnU-Net writes would leave half a checkpoint under the name of a whole one.
        part = f"{filename}.part"
        super().save_checkpoint(part)  # type: ignore[misc]
        if Path(part).is_file():
            Path(part).replace(filename)

    def plot_network_architecture(self) -> None:
        """Draw nothing: nnU-Net needs a package for it that few have."""


def _in_words(progress: Progress) -> str:
    dice = "–" if progress.pseudo_dice is None else f"{progress.pseudo_dice:.3f}"
    left = round(progress.seconds_left)
    hours, minutes, seconds = left // 3600, left // 60 % 60, left % 60
    return (
        f"epoch {progress.epoch}/{progress.epochs}  loss {progress.train_loss:.3f}  "
        f"validation {progress.validation_loss:.3f}  pseudo Dice {dice}  "
        f"left {hours}:{minutes:02}:{seconds:02}"
    )


def _device(name: str) -> torch.device:
    if name not in {"cpu", "cuda"}:
        raise InferenceError(
            f"Unknown device {name!r}: use cpu or cuda. nnU-Net trains on the first GPU it sees; "
            "CUDA_VISIBLE_DEVICES chooses it"
        )
    if name == "cuda":
        if not torch.cuda.is_available():
            raise InferenceError(f"torch {torch.__version__} sees no CUDA device. Use cpu.")
        torch.backends.cudnn.benchmark = True
    return torch.device(name)


def _check_fold(workspace: Workspace, fold: int) -> None:
    path = workspace.preprocessed / "splits_final.json"
    if not path.is_file() or not workspace.plans.is_file():
        raise InferenceError(f"{workspace.root} is not prepared: run `train prepare` first")
    folds = len(json.loads(path.read_text()))
    if not 0 <= fold < folds:
        raise InferenceError(f"There is no fold {fold}: the data set has {folds}, from 0")


def _refuse_other_data(workspace: Workspace, folder: Path) -> None:
    """Refuse to go on where cases, splits or plans are not those that the fold began with."""
    contents = workspace.chosen.read_bytes() + workspace.plans.read_bytes()
    now, mark = hashlib.sha256(contents).hexdigest(), folder / TRAINED_ON
    if not mark.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        mark.write_text(now)
    elif mark.read_text() != now:
        raise InferenceError(
            f"The data set or its plans changed since {folder} was begun: move that folder away to "
            "train anew, or prepare the data set as it was"
        )


def _device_name(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu"


def _versions() -> dict[str, str]:
    return {"python": platform.python_version()} | {
        name: importlib.metadata.version(name) for name in ("nnunetv2", "torch", "numpy")
    }


def _write_whole(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    part.write_text(text)
    part.replace(path)
