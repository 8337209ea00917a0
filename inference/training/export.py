"""The fourth step: a trained model as a model directory, its card saying how it came about.

The checkpoint is read as a foreign one is, by `inference.models.importing`: even one's own results
may have lain on a shared disk.
"""

import json
import statistics
from pathlib import Path
from typing import Any

from inference.errors import InferenceError
from inference.models.importing.importing import import_model
from inference.training.dataset import Choice, UsedCase, read_choice
from inference.training.pairs import SETS
from inference.training.train import FINAL, read_progress
from inference.training.workspace import Workspace

UNREVIEWED_DRAFTS = "Labels of the training include drafts that a program made and nobody reviewed."


def export_model(
    workspace: Workspace, trainer: str, output: Path, *, name: str, notice: str
) -> str:
    """Write a model directory from all finished folds of a training.

    Parameters
    ----------
    workspace
        Where the model was trained.
    trainer
        Name of nnU-Net's trainer, of which a workspace may hold several.
    output
        Directory of the model; it must not exist.
    name, notice
        The model's name, and what people must be told wherever its output is shown. Where
        unreviewed drafts were trained on, the notice says so too.

    Returns
    -------
    str
        The model's SHA-256.

    Raises
    ------
    InferenceError
        If a fold is not finished, or `output` exists.
    ModelError
        If the results cannot be turned into a model.
    """
    results = workspace.results(trainer)
    finished = sorted(path.parent for path in results.glob(f"fold_*/{FINAL}"))
    if not finished:
        raise InferenceError(f"No fold is finished in {results}: run `train run` first")
    unfinished = [path for path in sorted(results.glob("fold_*")) if path not in finished]
    if unfinished:
        raise InferenceError(
            f"{unfinished[0]} is not finished: run `train run` for it once more, or remove it"
        )
    choice = read_choice(workspace)
    if any(case.label_source == "unreviewed draft" for case in choice.used):
        notice = f"{notice} {UNREVIEWED_DRAFTS}"
    sha256 = import_model(results, output, name=name, notice=notice)
    card_file = output / "model-card.json"
    card = json.loads(card_file.read_text())
    # The hash covers what decides a mask, not this.
    card["training"] = training_entry(choice, trainer, finished)
    card_file.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n")
    return sha256


def training_entry(choice: Choice, trainer: str, folds: list[Path]) -> dict[str, Any]:
    """Make the card's entry ``training``.

    Parameters
    ----------
    choice
        The cases.
    trainer
        Name of the trainer.
    folds
        nnU-Net's folders of the folds.

    Returns
    -------
    dict
        ``pairs`` by set and site, ``patients``, ``labels`` by set and source, ``left_out``,
        ``registration`` (number, median and largest disagreement of both directions, mm),
        ``unreviewed_drafts``, ``trainer`` and for each fold its epochs, minutes, device, last
        pseudo Dice and versions.
    """
    learnt = [case for case in choice.used if case.set in ("training", "internal-validation")]
    disagreements = [c.disagreement_mm for c in learnt if c.disagreement_mm is not None]
    return {
        "pairs": _counted(choice.used, "site"),
        "patients": len({case.patient for case in learnt}),
        "labels": _counted(choice.used, "label_source"),
        "left_out": len(choice.left_out),
        "registration": {
            "n": len(disagreements),
            "disagreement_mm_median": statistics.median(disagreements) if disagreements else None,
            "disagreement_mm_largest": max(disagreements, default=None),
        },
        "unreviewed_drafts": sum(case.label_source == "unreviewed draft" for case in learnt),
        "trainer": trainer,
        "folds": [_fold_entry(folder) for folder in folds],
    }


def _counted(cases: list[UsedCase], attribute: str) -> dict[str, dict[str, int]]:
    counted: dict[str, dict[str, int]] = {}
    for set_name in SETS:
        for case in cases:
            if case.set == set_name:
                row = counted.setdefault(set_name, {})
                row[getattr(case, attribute)] = row.get(getattr(case, attribute), 0) + 1
    return counted


def _fold_entry(folder: Path) -> dict[str, Any]:
    entry: dict[str, Any] = {"fold": folder.name.removeprefix("fold_")}
    progress = read_progress(folder)
    if progress is not None:
        entry |= {
            "epochs": progress.epoch,
            "minutes": progress.minutes,
            "device": progress.device_name,
            "pseudo_dice": progress.pseudo_dice,
            "versions": progress.versions,
        }
    return entry
