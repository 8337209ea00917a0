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
from inference.demo.occlusion import (
    OccludedCase,
    OccludedScans,
    evaluate_occlusions,
    occlusion_summary,
)
from inference.demo.plans import CONFIGURATION, DATASET, demo_plans, intensity_properties
from inference.demo.recipe import Recipe
from inference.demo.registered import RegisteredPair, moved_mask_file, register_pairs
from inference.demo.trainer import store_training_case, train_network
from inference.evaluation.cases import EvaluatedCase
from inference.evaluation.evaluate import evaluate_cases
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
    scans = table.parent
    pairs = read_pairs(table)
    trained = train_on_pairs(design, pairs, scans, report, clock)
    _write_model(output / "model", trained, {})
    model = load_model(output / "model")
    evaluation = evaluate_cases(
        predicted_cases(model, [pair for pair in pairs if pair.set != TRAINED_ON], scans),
        report=lambda case: report(f"evaluated {case.case}, {case.set}"),
    )
    clock.stage("evaluation")
    occluded, example = evaluate_occlusions(
        model, design.occluded_seeds, design.occluded_hospital, report
    )
    clock.stage("occlusion")
    found = {"evaluation": evaluation.as_json(), "occlusion": occlusion_summary(occluded)}
    draw_figures(occluded, example, output / "figures")
    training = trained.training | {"minutes": clock.minutes}
    return write_described_model(output, trained, {"training": training} | found)


def write_described_model(
    output: Path, trained: "TrainedModel", description: dict[str, Any]
) -> dict[str, Any]:
    """Write the model with its figures in numbers; return its card."""
    folder = output / "model"
    _write_model(folder, trained, description)
    card = load_model(folder).card
    (folder / "MODEL_CARD.md").write_text(model_card_text(card))
    (output / "result.json").write_text(json.dumps(card, indent=1))
    return card


def draw_figures(occluded: list[OccludedCase], example: OccludedScans, folder: Path) -> None:
    """Draw what was found beyond the occlusions."""
    folder.mkdir(parents=True, exist_ok=True)
    draw_shares(occluded, folder / "beyond-the-occlusion.png")
    draw_trees(example, folder / "tree-beyond-the-occlusion.png")


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
class TrainedModel:
    """A network with what describes it.

    Attributes
    ----------
    recipe, plans
        The recipe and the plans that the network was made by.
    network
        The network.
    training
        The card's entry on how it was made.
    """

    recipe: Recipe
    plans: dict[str, Any]
    network: torch.nn.Module
    training: dict[str, Any]


def train_on_pairs(
    design: DemoDesign, pairs: Sequence[Pair], scans: Path, report: Report, clock: StageClock
) -> TrainedModel:
    """Register the training pairs, move their masks, and train on them."""
    recipe = design.recipe
    own = [pair for pair in pairs if pair.set == TRAINED_ON]
    registered = register_pairs(own, scans, report)
    clock.stage("registration")
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
        clock.stage("preprocessing")
        network = train_network(recipe, plans, Path(folder), len(own), report)
    clock.stage("training")
    return TrainedModel(recipe, plans, network, _training(design, network, registered))


def _artery_intensities(pairs: Sequence[Pair], recipe: Recipe, scans: Path) -> dict[str, float]:
    artery_hu = []
    for pair in pairs:
        mask = sitk.GetArrayFromImage(read_labels(moved_mask_file(scans, pair.case)))
        artery_hu.append(sitk.GetArrayFromImage(read_scan(pair.ncct))[mask > 0])
    return intensity_properties(np.concatenate(artery_hu).astype(np.float64), recipe.window_hu)


def _write_model(folder: Path, trained: TrainedModel, description: dict[str, Any]) -> None:
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


def predicted_cases(
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
    design: DemoDesign, network: torch.nn.Module, registered: list[RegisteredPair]
) -> dict[str, Any]:
    """Return the card's entry on how the model was made."""
    return {
        "recipe": dataclasses.asdict(design.recipe),
        "parameters": sum(tensor.numel() for tensor in network.parameters()),
        "sets": {
            each.name: {
                "hospital": each.hospital.name,
                "pairs": len(each.seeds),
                "seeds": list(each.seeds),
            }
            for each in design.sets
        },
        "registration": {
            "error_mm_mean": statistics.mean(one.error_mm for one in registered),
            "error_mm_largest": max(one.largest_error_mm for one in registered),
            "moved_mask_dice_mean": statistics.mean(one.label_dice for one in registered),
            "moved_mask_dice_min": min(one.label_dice for one in registered),
            "cases": [dataclasses.asdict(one) for one in registered],
        },
        "versions": _versions(),
        "hospitals": {
            each.hospital.name: {
                "ncct": dataclasses.asdict(each.hospital.ncct),
                "cta": dataclasses.asdict(each.hospital.cta),
            }
            for each in design.sets
        },
    }


def _versions() -> dict[str, str]:
    packages = ("nnunetv2", "torch", "numpy", "SimpleITK")
    return {"python": platform.python_version()} | {
        package: importlib.metadata.version(package) for package in packages
    }
