"""nnU-Net's trainer with the demo model's recipe."""

import contextlib
import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from nnunetv2.training.dataloading.nnunet_dataset import nnUNetDatasetBlosc2
from nnunetv2.training.lr_scheduler.polylr import PolyLRScheduler
from nnunetv2.training.nnUNetTrainer.variants.data_augmentation.nnUNetTrainerNoDA import (
    nnUNetTrainerNoDA,
)
from nnunetv2.utilities.plans_handling.plans_handler import PlansManager
from numpy.typing import NDArray

from inference.demo.plans import CONFIGURATION, DATASET, DATASET_NAME
from inference.demo.recipe import Recipe
from inference.prediction.preprocessing import Preprocessing
from inference.prediction.resampling import Resampling, resample_image

EPOCHS = 40
LARGEST_LOCATIONS = 10_000
NNUNET_FOLDERS = ("nnUNet_preprocessed", "nnUNet_results")


class DemoTrainer(nnUNetTrainerNoDA):  # type: ignore[misc]  # nnunetv2 has no types
    """nnU-Net's training loop, loss and data loader with AdamW and one resolution of the loss.

    nnU-Net's own recipe (SGD, deep supervision, a third of the patches on foreground) needs hours
    before it finds thin arteries; this one needs minutes.
    """

    # nnU-Net reads the arguments back by the names of its own signature.
    def __init__(
        self,
        plans: dict[str, Any],
        configuration: str,
        fold: int | str,
        dataset_json: dict[str, Any],
        device: torch.device = torch.device("cpu"),  # noqa: B008
    ) -> None:
        super().__init__(plans, configuration, fold, dataset_json, device)
        self.enable_deep_supervision = False
        self.disable_checkpointing = True
        self.num_val_iterations_per_epoch = 1
        self.num_epochs = EPOCHS
        self.bfloat16 = False
        self.report: Callable[[str], None] = lambda _: None

    def follow(self, recipe: Recipe) -> None:
        """Take the numbers of the recipe that nnU-Net does not read from the plans."""
        self.initial_lr = recipe.learning_rate
        self.bfloat16 = recipe.bfloat16
        self.oversample_foreground_percent = recipe.foreground_share
        self.num_iterations_per_epoch = max(1, recipe.iterations // EPOCHS)

    def configure_optimizers(self) -> tuple[torch.optim.Optimizer, Any]:
        optimizer = torch.optim.AdamW(
            self.network.parameters(), lr=self.initial_lr, weight_decay=1e-4
        )
        return optimizer, PolyLRScheduler(optimizer, self.initial_lr, self.num_epochs)

    def train_step(self, batch: dict[str, Any]) -> dict[str, Any]:
        self.optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.bfloat16):
            output = self.network(batch["data"])
        loss = self.loss(output.float(), batch["target"])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 12)
        self.optimizer.step()
        return {"loss": loss.detach().numpy()}

    def on_epoch_end(self) -> None:
        loss = self.logger.get_value("train_losses", step=-1)
        self.current_epoch += 1
        self.report(f"training {self.current_epoch}/{self.num_epochs}, loss {loss:.3f}")

    def plot_network_architecture(self) -> None:
        """Draw nothing."""

    def print_to_log_file(self, *args: object, **_: object) -> None:
        """Keep nnU-Net's log off the screen; `report` says what people want to know."""


def store_training_case(
    name: str,
    hu: NDArray[Any],
    mask: NDArray[Any],
    spacing_zyx_mm: tuple[float, float, float],
    plans: dict[str, Any],
    directory: Path,
) -> None:
    """Preprocess a case as nnU-Net does and store it for the training.

    Parameters
    ----------
    name
        The case's name.
    hu
        Non-contrast CT, HU, [z, y, x].
    mask
        Arteries on its grid; every label but 0 counts as the one label "artery".
    spacing_zyx_mm
        Voxel spacing, mm.
    plans
        See `inference.demo.plans.demo_plans`.
    directory
        Folder of nnU-Net's preprocessed datasets.
    """
    configuration = PlansManager(plans).get_configuration(CONFIGURATION)
    preprocessed = Preprocessing(plans, CONFIGURATION).run(hu, spacing_zyx_mm, torch.device("cpu"))
    back = preprocessed.way_back
    there = Resampling(
        back.new_shape,
        back.old_shape,
        back.new_spacing_mm,
        back.old_spacing_mm,
        plans["configurations"][CONFIGURATION]["resampling_fn_seg_kwargs"],
    )
    inside = torch.from_numpy((mask[preprocessed.box] > 0).astype(np.float32))[None]
    # What nnU-Net does with two labels: interpolated linearly, a label from half a voxel on.
    labels = (resample_image(inside, there) >= 0.5).numpy().astype(np.int16)
    artery = np.argwhere(labels == 1)
    few = np.random.RandomState(0).permutation(len(artery))[:LARGEST_LOCATIONS]
    cases = directory / DATASET_NAME / configuration.data_identifier
    cases.mkdir(parents=True, exist_ok=True)
    block = (1, *configuration.patch_size)
    nnUNetDatasetBlosc2.save_case(
        preprocessed.image.numpy(),
        labels,
        {"class_locations": {1: artery[few]}},
        str(cases / name),
        chunks=block,
        blocks=block,
    )


def train_network(
    recipe: Recipe,
    plans: dict[str, Any],
    directory: Path,
    cases: int,
    report: Callable[[str], None],
) -> torch.nn.Module:
    """Train on the stored cases and return the network.

    Parameters
    ----------
    recipe, plans
        The recipe and the plans made from it.
    directory
        Folder with the preprocessed cases; nnU-Net writes its logs there too.
    cases
        How many they are.
    report
        Called with a line of text after every epoch.
    """
    dataset = DATASET | {"numTraining": cases}
    (directory / DATASET_NAME / "dataset_fingerprint.json").write_text("{}")
    (directory / DATASET_NAME / "dataset.json").write_text(json.dumps(dataset))
    np.random.seed(recipe.seed)  # nnU-Net's data loader draws from the global state
    torch.manual_seed(recipe.seed)
    screen = sys.stdout

    def report_on_screen(line: str) -> None:
        with contextlib.redirect_stdout(screen):
            report(line)

    with _nnunet_folders(directory), contextlib.redirect_stdout(io.StringIO()):
        trainer = DemoTrainer(plans | {"continue_training": False}, CONFIGURATION, "all", dataset)
        trainer.follow(recipe)
        trainer.report = report_on_screen
        trainer.run_training()
    network: torch.nn.Module = trainer.network
    return network.eval()


@contextlib.contextmanager
def _nnunet_folders(directory: Path) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(dict.fromkeys(NNUNET_FOLDERS, str(directory)))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
