"""A small model with random weights, written and altered as the tests need it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import torch

from inference.demo.plans import CONFIGURATION, DATASET, demo_plans
from inference.demo.recipe import Recipe
from inference.models.files import (
    ModelCard,
    PredictionSettings,
    Weights,
    model_sha256,
    unaliased_tensors,
    weights_file,
    write_model_files,
)
from inference.models.network import build_network

NAME = "untrained-model"
NOTICE = "Untrained. Not for clinical use."
RECIPE = Recipe(
    shape_zyx=(40, 60, 60),
    spacing_zyx_mm=(2.0, 2.0, 2.0),
    window_hu=(0.0, 100.0),
    grid_spacing_zyx_mm=(2.0, 2.0, 2.0),
    patch_zyx=(32, 32, 32),
    features=(4, 8),
    convolutions=1,
    batch_size=2,
    iterations=1,
    learning_rate=1e-3,
    foreground_share=0.5,
    tile_step=0.5,
    bfloat16=False,
    seed=0,
)
INTENSITIES = {
    "max": 90.0,
    "mean": 50.0,
    "median": 50.0,
    "min": 10.0,
    "percentile_00_5": 20.0,
    "percentile_99_5": 80.0,
    "std": 10.0,
}


def plans_of_untrained_model() -> dict[str, Any]:
    return demo_plans(RECIPE, INTENSITIES)


def write_untrained_model(
    directory: Path,
    *,
    mirroring_axes: tuple[Literal[0, 1, 2], ...] = (),
    folds: Sequence[str] = ("all",),
    labels: int = 2,
    plans: dict[str, Any] | None = None,
    precision: Literal["float32", "bfloat16"] = "float32",
    smallest_component_mm3: float = 0.0,
) -> Path:
    """Write a model whose random weights put all labels into most volumes."""
    torch.manual_seed(0)
    plans = plans or plans_of_untrained_model()
    names = ["background", *(f"artery{label}" for label in range(1, labels))]
    write_model_files(
        directory,
        folds=[_random_weights(plans, labels) for _ in folds],
        plans=plans,
        dataset=DATASET | {"labels": {name: label for label, name in enumerate(names)}},
        name=NAME,
        notice=NOTICE,
        prediction=PredictionSettings(
            configuration=CONFIGURATION,
            tile_step=0.5,
            mirroring_axes=list(mirroring_axes),
            precision=precision,
            folds=list(folds),
            smallest_component_mm3=smallest_component_mm3,
        ),
        description={},
    )
    return directory


def _random_weights(plans: dict[str, Any], labels: int) -> Weights:
    network = build_network(plans, CONFIGURATION, labels=labels)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.normal_(0, 0.3)
        patch = plans["configurations"][CONFIGURATION]["patch_size"]
        of_noise = network.eval()(torch.randn(1, 1, *patch)).mean((0, 2, 3, 4))
        biases = [name for name, _ in network.named_parameters() if name.endswith("bias")]
        dict(network.named_parameters())[biases[-1]].sub_(of_noise)
    return unaliased_tensors(network)


def replace_file(directory: Path, file_name: str, content: bytes) -> None:
    """Replace a file and make the card's SHA-256 fit, as a forger would."""
    (directory / file_name).write_bytes(content)
    card = json.loads((directory / "model-card.json").read_text())
    settings = ModelCard.model_validate(card).prediction
    names = ("dataset.json", "plans.json", *map(weights_file, settings.folds))
    contents = {name: (directory / name).read_bytes() for name in names}
    card["sha256"] = model_sha256(contents, card["name"], card["notice"], settings)
    (directory / "model-card.json").write_text(json.dumps(card))


def replace_plans(directory: Path, plans: object) -> None:
    replace_file(directory, "plans.json", json.dumps(plans).encode())
