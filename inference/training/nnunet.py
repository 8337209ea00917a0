"""nnU-Net's folders, trainers and planners.

nnU-Net finds a trainer by importing everything beside it, which fails where torchvision does not
import; so the names are looked up here.
"""

import contextlib
import importlib
import os
from collections.abc import Iterator
from typing import Any

from inference.errors import InferenceError
from inference.training.workspace import Workspace

_VARIANTS = "nnunetv2.training.nnUNetTrainer.variants"
_LENGTHS = (1, 5, 10, 20, 50, 100, 250, 500, 750, 2000, 4000, 8000)

TRAINERS: dict[str, str] = {
    "nnUNetTrainer": "nnunetv2.training.nnUNetTrainer.nnUNetTrainer",
    **{
        f"nnUNetTrainer_{length}epoch{'s' if length > 1 else ''}": (
            f"{_VARIANTS}.training_length.nnUNetTrainer_Xepochs"
        )
        for length in _LENGTHS
    },
    **{
        f"nnUNetTrainer_{length}epochs_NoMirroring": (
            f"{_VARIANTS}.training_length.nnUNetTrainer_Xepochs_NoMirroring"
        )
        for length in (250, 2000, 4000, 8000)
    },
    "nnUNetTrainerNoMirroring": f"{_VARIANTS}.data_augmentation.nnUNetTrainerNoMirroring",
    "nnUNetTrainer_onlyMirror01": f"{_VARIANTS}.data_augmentation.nnUNetTrainerNoMirroring",
    "nnUNetTrainerNoDA": f"{_VARIANTS}.data_augmentation.nnUNetTrainerNoDA",
    "nnUNetTrainerDA5": f"{_VARIANTS}.data_augmentation.nnUNetTrainerDA5",
    "nnUNetTrainerNoDeepSupervision": (
        f"{_VARIANTS}.network_architecture.nnUNetTrainerNoDeepSupervision"
    ),
    "nnUNetTrainerDiceCELoss_noSmooth": f"{_VARIANTS}.loss.nnUNetTrainerDiceLoss",
    "nnUNetTrainerAdam": f"{_VARIANTS}.optimizer.nnUNetTrainerAdam",
    "nnUNetTrainerAdam3en4": f"{_VARIANTS}.optimizer.nnUNetTrainerAdam",
    "nnUNetTrainerCosAnneal": f"{_VARIANTS}.lr_schedule.nnUNetTrainerCosAnneal",
}
"""Name of each trainer that can be chosen, and the module that holds it."""

_PLANNER_FOLDER = "nnunetv2.experiment_planning.experiment_planners"
_RESIDUAL = f"{_PLANNER_FOLDER}.residual_unets.residual_encoder_unet_planners"
PLANNERS: dict[str, str] = {
    "ExperimentPlanner": f"{_PLANNER_FOLDER}.default_experiment_planner",
    "nnUNetPlannerResEncM": _RESIDUAL,
    "nnUNetPlannerResEncL": _RESIDUAL,
    "nnUNetPlannerResEncXL": _RESIDUAL,
}
"""Name of each planner that can be chosen, and the module that holds it."""


def trainer_class(name: str) -> type[Any]:
    """Import one of nnU-Net's trainers.

    Raises
    ------
    InferenceError
        If it is not in the table.
    """
    return _class_of(name, TRAINERS, "trainer")


def planner_class(name: str) -> type[Any]:
    """Import one of nnU-Net's planners.

    Raises
    ------
    InferenceError
        If it is not in the table.
    """
    return _class_of(name, PLANNERS, "planner")


@contextlib.contextmanager
def nnunet_folders(workspace: Workspace, **more: str) -> Iterator[None]:
    """Let nnU-Net find its folders in a workspace, by its environment variables.

    Parameters
    ----------
    workspace
        The folder of a training.
    **more
        Further environment variables for nnU-Net.
    """
    before = dict(os.environ)
    for name in ("raw", "preprocessed", "results"):
        folder = workspace.nnunet / name
        folder.mkdir(parents=True, exist_ok=True)
        os.environ[f"nnUNet_{name}"] = str(folder)
    os.environ.update(more)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _class_of(name: str, table: dict[str, str], what: str) -> type[Any]:
    if name not in table:
        raise InferenceError(f"There is no {what} {name!r}; there are {', '.join(sorted(table))}")
    found: type[Any] = getattr(importlib.import_module(table[name]), name)
    return found
