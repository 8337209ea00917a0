"""What `benchmarks.inference` compares on: a trained model in both forms, and phantom heads."""

# mypy: disallow-untyped-calls=False

import dataclasses
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import nibabel
import numpy as np
import torch

from inference.demo.plans import CONFIGURATION, demo_plans, intensity_properties
from inference.demo.plans import DATASET as PHANTOM_DATASET
from inference.demo.recipe import Recipe
from inference.demo.trainer import store_training_case, train_network
from inference.models.files import (
    ModelFiles,
    PredictionSettings,
    read_model_files,
    unaliased_tensors,
    write_model_files,
)
from inference.models.network import restore_networks
from inference.phantom import make_phantom

SEED_OF_THE_HEAD = 3_100_000
SEEDS_OF_TRAINING = range(1_000_000, 1_000_006)
FOLDS: tuple[Literal["0", "1", "2", "3", "4"], ...] = ("0", "1", "2", "3", "4")
DATASET = "Dataset902_Benchmark"
NOTICE = "Made for a benchmark, trained on phantoms only. Not for clinical use."

# 167 574 weights at 1.5 mm, as a network of a first study might be; trained for some minutes, so
# that it is as sure of its output as a study's model: rounding moves an unsure mask.
RECIPE = Recipe(
    shape_zyx=(160, 512, 512),
    spacing_zyx_mm=(1.0, 0.45, 0.45),
    window_hu=(0.0, 100.0),
    grid_spacing_zyx_mm=(1.5, 1.5, 1.5),
    patch_zyx=(64, 64, 64),
    features=(8, 16, 32, 64),
    convolutions=1,
    batch_size=2,
    iterations=800,
    learning_rate=3e-3,
    foreground_share=0.5,
    tile_step=0.5,
    bfloat16=True,
    seed=1,
)


@dataclasses.dataclass(frozen=True)
class Head:
    """A phantom head on the grid of a scanner.

    Attributes
    ----------
    name
        In words, for the table.
    shape_zyx, spacing_zyx_mm
        Voxels and mm.
    """

    name: str
    shape_zyx: tuple[int, int, int]
    spacing_zyx_mm: tuple[float, float, float]

    def file(self, folder: Path) -> Path:
        """The head's NIfTI file in a folder; written if it is not there yet."""
        numbers = "x".join(map(str, self.shape_zyx))
        path = folder / f"head-{numbers}_0000.nii.gz"
        if not path.exists():
            phantom = make_phantom(
                SEED_OF_THE_HEAD, shape_zyx=self.shape_zyx, spacing_zyx_mm=self.spacing_zyx_mm
            )
            dz, dy, dx = self.spacing_zyx_mm
            image = nibabel.Nifti1Image(
                np.asfortranarray(phantom.hu.transpose(2, 1, 0)), np.diag([-dx, -dy, dz, 1.0])
            )
            image.to_filename(path)
        return path


def trained_model(folder: Path, report: Callable[[str], None]) -> Path:
    """Train the benchmark's model, unless the folder holds it already, and return its directory."""
    directory = folder / "model"
    if not (directory / "model-card.json").exists():
        report("Training the benchmark's model on phantoms, once")
        with tempfile.TemporaryDirectory(prefix="bench-inference-") as scratch:
            plans, network = _train(Path(scratch), report)
        write_model_files(
            directory,
            folds=[unaliased_tensors(network)],
            plans=plans,
            dataset=PHANTOM_DATASET,
            name="benchmark-model",
            notice=NOTICE,
            prediction=PredictionSettings(
                configuration=CONFIGURATION,
                tile_step=RECIPE.tile_step,
                mirroring_axes=[],
                precision="float32",
                folds=["all"],
            ),
            description={},
        )
    return directory


def _train(folder: Path, report: Callable[[str], None]) -> tuple[dict[str, Any], torch.nn.Module]:
    phantoms = [
        make_phantom(seed, shape_zyx=RECIPE.shape_zyx, spacing_zyx_mm=RECIPE.spacing_zyx_mm)
        for seed in SEEDS_OF_TRAINING
    ]
    artery_hu = np.concatenate([phantom.hu[phantom.labels > 0] for phantom in phantoms])
    intensities = intensity_properties(artery_hu.astype(np.float64), RECIPE.window_hu)
    plans = demo_plans(RECIPE, intensities)
    for phantom in phantoms:
        name = f"phantom{phantom.seed}"
        spacing = phantom.spacing_zyx_mm
        store_training_case(name, phantom.hu, phantom.labels, spacing, plans, folder)
    return plans, train_network(RECIPE, plans, folder, len(phantoms), report)


def variant(model: Path, folder: Path, *, mirrored: bool = False, five_folds: bool = False) -> Path:
    """Write the model with mirroring, or with five folds: its weights, each 1 % apart."""
    files = read_model_files(model)
    generator = torch.Generator().manual_seed(0)
    folds = [
        {
            name: tensor * (1 + 0.01 * torch.randn(tensor.shape, generator=generator))
            for name, tensor in files.folds[0].items()
        }
        for _ in FOLDS
    ]
    changes: dict[str, Any] = {"mirroring_axes": [0, 1, 2]} if mirrored else {}
    changes |= {"folds": list(FOLDS)} if five_folds else {}
    directory = folder / f"model{'-mirrored' * mirrored}{'-five-folds' * five_folds}"
    write_model_files(
        directory,
        folds=folds if five_folds else files.folds,
        plans=files.plans,
        dataset=files.dataset,
        name="benchmark-model",
        notice=NOTICE,
        prediction=files.card.prediction.model_copy(update=changes),
        description={},
    )
    return directory


def write_nnunet_results(model: Path, results: Path) -> Path:
    """Write a model as nnU-Net's trainer would leave it, for ``nnUNetv2_predict``.

    Returns
    -------
    Path
        The folder of the trained model, below `results`.
    """
    files = read_model_files(model)
    trained = results / DATASET / f"nnUNetTrainer__nnUNetPlans__{CONFIGURATION}"
    trained.mkdir(parents=True, exist_ok=True)
    plans = files.plans | {"dataset_name": DATASET, "plans_name": "nnUNetPlans"}
    (trained / "plans.json").write_text(json.dumps(plans))
    (trained / "dataset.json").write_text(json.dumps(files.dataset | {"numTraining": 1}))
    for fold, network in zip(_folds(files), restore_networks(files), strict=True):
        folder = trained / f"fold_{fold}"
        folder.mkdir(exist_ok=True)
        checkpoint = {
            "network_weights": network.state_dict(),
            "trainer_name": "nnUNetTrainer",
            "init_args": {"configuration": CONFIGURATION},
            "inference_allowed_mirroring_axes": tuple(files.card.prediction.mirroring_axes) or None,
        }
        torch.save(checkpoint, folder / "checkpoint_final.pth")
    return trained


def _folds(files: ModelFiles) -> list[str]:
    return list(files.card.prediction.folds)
