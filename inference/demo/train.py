"""Train the demo model on phantoms, score it on others, and write it with its card."""

import dataclasses
import importlib.metadata
import itertools
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from inference.demo.card_text import model_card_text
from inference.demo.model import DEMO_MODEL_NAME, DEMO_MODEL_NOTICE
from inference.demo.plans import CONFIGURATION, DATASET, demo_plans, intensity_properties
from inference.demo.recipe import Recipe
from inference.demo.scores import PhantomScore, score_on_phantoms
from inference.demo.trainer import store_training_case, train_network
from inference.models.files import PredictionSettings, unaliased_tensors, write_model_files
from inference.phantom import Phantom, make_phantom
from inference.prediction.model import load_model

PHANTOMS_FOR_INTENSITIES = 4

Report = Callable[[str], None]


def train_demo(
    recipe: Recipe, held_out_seeds: Sequence[int], output: Path, report: Report
) -> list[PhantomScore]:
    """Train, score and write the demo model.

    Parameters
    ----------
    recipe
        The training recipe.
    held_out_seeds
        Seeds of the phantoms to score on, none of them used in training.
    output
        Directory of the model; created if absent.
    report
        Called with lines of text for people.

    Returns
    -------
    list of PhantomScore
        One for each held-out phantom.
    """
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="train-demo-") as folder:
        plans = _prepare_cases(recipe, Path(folder), report)
        prepared = time.monotonic()
        network = train_network(recipe, plans, Path(folder), report)
    trained = time.monotonic()

    def write(description: dict[str, Any]) -> None:
        write_model_files(
            output,
            folds=[unaliased_tensors(network)],
            plans=plans,
            dataset=DATASET,
            name=DEMO_MODEL_NAME,
            notice=DEMO_MODEL_NOTICE,
            prediction=PredictionSettings(
                configuration=CONFIGURATION,
                tile_step=recipe.tile_step,
                mirroring_axes=[],
                precision="float32",
                folds=["all"],
            ),
            description=description,
        )

    training = {
        "recipe": dataclasses.asdict(recipe) | {"training_seeds": list(recipe.training_seeds)},
        "parameters": sum(tensor.numel() for tensor in network.parameters()),
        "minutes": {
            "phantoms": round((prepared - begin) / 60, 1),
            "training": round((trained - prepared) / 60, 1),
        },
        "versions": _versions(),
    }
    write({"training": training})
    scores = score_on_phantoms(
        load_model(output), held_out_seeds, recipe.shape_zyx, recipe.spacing_zyx_mm, report
    )
    write({"training": training, "evaluation": _evaluation(scores, recipe)})
    (output / "MODEL_CARD.md").write_text(model_card_text(load_model(output).card))
    return scores


def _prepare_cases(recipe: Recipe, folder: Path, report: Report) -> dict[str, Any]:
    phantoms = _phantoms(recipe)
    first = list(itertools.islice(phantoms, PHANTOMS_FOR_INTENSITIES))
    plans = demo_plans(recipe, _artery_intensities(first, recipe))
    for number, phantom in enumerate(itertools.chain(first, phantoms), start=1):
        store_training_case(phantom, f"phantom{phantom.seed}", plans, folder)
        report(f"training phantom {number}/{len(recipe.training_seeds)} prepared")
    return plans


def _phantoms(recipe: Recipe) -> Iterator[Phantom]:
    for seed in recipe.training_seeds:
        yield make_phantom(seed, shape_zyx=recipe.shape_zyx, spacing_zyx_mm=recipe.spacing_zyx_mm)


def _artery_intensities(phantoms: Iterable[Phantom], recipe: Recipe) -> dict[str, float]:
    artery_hu = [phantom.hu[phantom.labels > 0] for phantom in phantoms]
    return intensity_properties(np.concatenate(artery_hu).astype(np.float64), recipe.window_hu)


def _evaluation(scores: list[PhantomScore], recipe: Recipe) -> dict[str, Any]:
    dices = [score.dice for score in scores]
    recalls = [
        score.recall_beyond_occlusion
        for score in scores
        if score.recall_beyond_occlusion is not None
    ]
    return {
        "shape_zyx": list(recipe.shape_zyx),
        "spacing_zyx_mm": list(recipe.spacing_zyx_mm),
        "phantoms": [dataclasses.asdict(score) for score in scores],
        "dice_mean": statistics.mean(dices),
        "dice_sd": statistics.stdev(dices) if len(dices) > 1 else None,
        "dice_min": min(dices),
        "recall_beyond_occlusion_mean": statistics.mean(recalls) if recalls else None,
    }


def _versions() -> dict[str, str]:
    packages = ("nnunetv2", "torch", "numpy")
    return {"python": platform.python_version()} | {
        package: importlib.metadata.version(package) for package in packages
    }
