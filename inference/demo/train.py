"""The seed study in small: pairs, registration, training, evaluation, and beyond the occlusion."""

import dataclasses
import importlib.metadata
import json
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk
import torch

from inference.demo.card_text import model_card_text
from inference.demo.cohort import truth_file, write_cohort
from inference.demo.design import DemoDesign
from inference.demo.figures import draw_shares, draw_trees
from inference.demo.model import DEMO_MODEL_NAME, DEMO_MODEL_NOTICE
from inference.demo.occlusion import evaluate_occlusions, occlusion_summary
from inference.demo.plans import CONFIGURATION, DATASET, demo_plans, intensity_properties
from inference.demo.recipe import Recipe
from inference.demo.registered import RegisteredPair, moved_mask_file, register_pairs
from inference.demo.trainer import store_training_case, train_network
from inference.evaluation.evaluate import EvaluatedCase, evaluate_cases
from inference.models.files import PredictionSettings, unaliased_tensors, write_model_files
from inference.prediction.model import SegmentationModel, load_model
from inference.training.pairs import Pair, read_pairs
from inference.training.scans import read_labels, read_scan

CASES_FOR_INTENSITIES = 4
TRAINED_ON = "training"

Report = Callable[[str], None]


def train_demo(
    design: DemoDesign, output: Path, report: Report, *, processes: int = 1
) -> dict[str, Any]:
    """Make the cohort, train on it, evaluate, and write the model with figures.

    Parameters
    ----------
    design
        What to train on and to measure.
    output
        Folder to fill: ``model``, ``figures`` and ``result.json``.
    report
        Called with lines of text for people.
    processes
        How many processes make phantoms at once.

    Returns
    -------
    dict
        The model's card: what was trained, on what, and what was measured.
    """
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="scans-", dir=output) as folder:
        clock = StageClock()
        table = write_cohort(design.sets, Path(folder), report, processes=processes)
        clock.stage("pairs")
        return train_on_cohort(design, table, output, report, clock)


def train_on_cohort(
    design: DemoDesign, table: Path, output: Path, report: Report, clock: "StageClock | None" = None
) -> dict[str, Any]:
    """Train and evaluate on a cohort that `write_cohort` has written; see `train_demo`."""
    clock = clock or StageClock()
    scans, model_folder = table.parent, output / "model"
    pairs = read_pairs(table)
    registered = register_pairs(pairs, scans, report)
    clock.stage("registration")
    trained = _train(design.recipe, pairs, scans, report)
    _write_model(model_folder, trained, {"training": _training(design, trained, registered, clock)})
    clock.stage("training")
    model = load_model(model_folder)
    held_out = [pair for pair in pairs if pair.set != TRAINED_ON]
    evaluation = evaluate_cases(
        _predicted(model, held_out, scans),
        report=lambda case: report(f"evaluated {case.case}, {case.set}"),
    )
    clock.stage("evaluation")
    occluded, example = evaluate_occlusions(
        model, design.occluded_seeds, design.occluded_hospital, report
    )
    clock.stage("occlusion")
    description = {
        "training": _training(design, trained, registered, clock),
        "evaluation": evaluation.as_json(),
        "occlusion": occlusion_summary(occluded),
    }
    _write_model(model_folder, trained, description)
    card = load_model(model_folder).card
    (model_folder / "MODEL_CARD.md").write_text(model_card_text(card))
    figures = output / "figures"
    figures.mkdir(exist_ok=True)
    draw_shares(occluded, figures / "beyond-the-occlusion.png")
    draw_trees(example, figures / "tree-beyond-the-occlusion.png")
    (output / "result.json").write_text(json.dumps(card, indent=1))
    return card


class StageClock:
    """Wall minutes of the stages of a run."""

    def __init__(self) -> None:
        self.minutes: dict[str, float] = {}
        self._last = time.monotonic()

    def stage(self, name: str) -> None:
        """Note that a stage has just ended."""
        now = time.monotonic()
        self.minutes[name] = round((now - self._last) / 60, 2)
        self._last = now


@dataclasses.dataclass(frozen=True)
class _Trained:
    recipe: Recipe
    plans: dict[str, Any]
    network: torch.nn.Module


def _train(recipe: Recipe, pairs: Sequence[Pair], scans: Path, report: Report) -> _Trained:
    """Train on the training pairs with their moved masks."""
    own = [pair for pair in pairs if pair.set == TRAINED_ON]
    with tempfile.TemporaryDirectory(prefix="nnunet-", dir=scans) as folder:
        plans = demo_plans(recipe, _artery_intensities(own[:CASES_FOR_INTENSITIES], recipe, scans))
        for number, pair in enumerate(own, start=1):
            ncct = read_scan(pair.ncct)
            mask = read_labels(moved_mask_file(scans, pair.case))
            store_training_case(
                pair.case,
                sitk.GetArrayViewFromImage(ncct),
                sitk.GetArrayViewFromImage(mask),
                ncct.GetSpacing()[::-1],
                plans,
                Path(folder),
            )
            report(f"preprocessed {number}/{len(own)}")
        return _Trained(recipe, plans, train_network(recipe, plans, Path(folder), len(own), report))


def _artery_intensities(pairs: Sequence[Pair], recipe: Recipe, scans: Path) -> dict[str, float]:
    artery_hu = []
    for pair in pairs:
        mask = sitk.GetArrayViewFromImage(read_labels(moved_mask_file(scans, pair.case)))
        artery_hu.append(sitk.GetArrayViewFromImage(read_scan(pair.ncct))[mask > 0])
    return intensity_properties(np.concatenate(artery_hu).astype(np.float64), recipe.window_hu)


def _write_model(folder: Path, trained: _Trained, description: dict[str, Any]) -> None:
    write_model_files(
        folder,
        folds=[unaliased_tensors(trained.network)],
        plans=trained.plans,
        dataset=DATASET,
        name=DEMO_MODEL_NAME,
        notice=DEMO_MODEL_NOTICE,
        prediction=PredictionSettings(
            configuration=CONFIGURATION,
            tile_step=trained.recipe.tile_step,
            mirroring_axes=[],
            precision="float32",
            folds=["all"],
        ),
        description=description,
    )


def _predicted(
    model: SegmentationModel, pairs: Sequence[Pair], scans: Path
) -> Iterator[EvaluatedCase]:
    """Segment cases one after another; the truth is the phantom's own, not the moved mask."""
    for pair in pairs:
        ncct = read_scan(pair.ncct)
        spacing_zyx_mm = ncct.GetSpacing()[::-1]
        mask = model.predict(sitk.GetArrayFromImage(ncct), spacing_zyx_mm).mask
        truth = sitk.GetArrayFromImage(read_labels(truth_file(scans, pair.case)))
        yield EvaluatedCase(pair.case, pair.site, pair.set, mask, truth > 0, spacing_zyx_mm)


def _training(
    design: DemoDesign, trained: _Trained, registered: list[RegisteredPair], clock: StageClock
) -> dict[str, Any]:
    """Return the card's entry on how the model was made."""
    return {
        "recipe": dataclasses.asdict(design.recipe),
        "parameters": sum(tensor.numel() for tensor in trained.network.parameters()),
        "sets": [
            {
                "name": each.name,
                "hospital": dataclasses.asdict(each.hospital),
                "seeds": list(each.seeds),
            }
            for each in design.sets
        ],
        "registration": {
            "error_mm_mean": statistics.mean(one.error_mm for one in registered),
            "error_mm_largest": max(one.largest_error_mm for one in registered),
            "moved_mask_dice_mean": statistics.mean(one.label_dice for one in registered),
            "moved_mask_dice_min": min(one.label_dice for one in registered),
            "cases": [dataclasses.asdict(one) for one in registered],
        },
        "minutes": dict(clock.minutes),
        "versions": _versions(),
    }


def _versions() -> dict[str, str]:
    packages = ("nnunetv2", "torch", "numpy", "SimpleITK")
    return {"python": platform.python_version()} | {
        package: importlib.metadata.version(package) for package in packages
    }
