"""The second step: nnU-Net's fingerprint, plans and preprocessing, in this process.

nnU-Net's own commands start pools of processes for each; its classes do the work one case at a time
as well.
"""

import contextlib
import hashlib
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from nnunetv2.experiment_planning.dataset_fingerprint.fingerprint_extractor import (
    DatasetFingerprintExtractor,
)
from nnunetv2.imageio.simpleitk_reader_writer import SimpleITKIO
from nnunetv2.preprocessing.preprocessors.default_preprocessor import DefaultPreprocessor
from nnunetv2.utilities.plans_handling.plans_handler import PlansManager

from inference.training.dataset import Choice, read_choice
from inference.training.nnunet import nnunet_folders, planner_class
from inference.training.workspace import CONFIGURATION, DATASET_NAME, PLANS_NAME, Workspace

Report = Callable[[str], None]

_FOREGROUND_VOXELS = 10_000_000
"""Of all cases together, for the intensities; a tenth of nnU-Net's, which are ample."""


@dataclass(frozen=True)
class PlanSettings:
    """What nnU-Net's planner is told.

    Attributes
    ----------
    planner
        Name of the planner.
    gpu_memory_gb
        Memory of the GPU that the patch shall fit.
    spacing_zyx_mm
        Grid at which the network works; by default the median of the cases.
    first_features
        Channels of the first stage; fewer make a smaller network.
    """

    planner: str = "ExperimentPlanner"
    gpu_memory_gb: float = 8.0
    spacing_zyx_mm: tuple[float, float, float] | None = None
    first_features: int = 32


def plan(workspace: Workspace, settings: PlanSettings) -> dict[str, Any]:
    """Measure the training cases and let nnU-Net plan from them.

    The fingerprint is that of the training set alone: validation cases decide nothing.

    Parameters
    ----------
    workspace
        With a data set; see `inference.training.dataset.write_dataset`.
    settings
        For the planner.

    Returns
    -------
    dict
        nnU-Net's plans, as written to the preprocessed folder. People may edit them before the
        cases are preprocessed.
    """
    choice = read_choice(workspace)
    fingerprint = _fingerprint(choice, workspace.raw)
    (workspace.preprocessed / "dataset_fingerprint.json").write_text(json.dumps(fingerprint))
    workspace.plans.unlink(missing_ok=True)
    spacing = (
        None if settings.spacing_zyx_mm is None else [float(s) for s in settings.spacing_zyx_mm]
    )
    # The planner takes the number of augmenting processes for its threads, and 0 is none.
    with (
        nnunet_folders(workspace, nnUNet_n_proc_DA=str(torch.get_num_threads())),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        planner = planner_class(settings.planner)(
            DATASET_NAME,
            gpu_memory_target_in_gb=settings.gpu_memory_gb,
            plans_name=PLANS_NAME,
            overwrite_target_spacing=spacing,
        )
        planner.UNet_base_num_features = settings.first_features
        planner.plan_experiment()
    return read_plans(workspace)


def preprocess(workspace: Workspace, report: Report) -> None:
    """Preprocess every training and validation case as nnU-Net does; done ones are skipped.

    Parameters
    ----------
    workspace
        With a data set and plans.
    report
        Called with a line of text for each case.
    """
    plans = read_plans(workspace)
    manager = PlansManager(plans)
    configuration = manager.get_configuration(CONFIGURATION)
    dataset = json.loads((workspace.raw / "dataset.json").read_text())
    folder = workspace.preprocessed / configuration.data_identifier
    folder.mkdir(parents=True, exist_ok=True)
    marks = workspace.preprocessed / "made-of"  # nnU-Net wants no other files beside its own
    marks.mkdir(exist_ok=True)
    _remove_cases_not_in(dataset["dataset"], folder)
    for number, (case, files) in enumerate(dataset["dataset"].items(), start=1):
        image, label = workspace.raw / files["images"][0], workspace.raw / files["label"]
        made_of = {"plans": plans, "image": _state(image), "label": _sha256(label)}
        mark = marks / f"{case}.json"
        begin = f"{number}/{len(dataset['dataset'])} {case}"
        if mark.is_file() and json.loads(mark.read_text()) == made_of:
            report(f"{begin}: preprocessed before, skipped")
            continue
        mark.unlink(missing_ok=True)
        with contextlib.redirect_stdout(io.StringIO()):
            DefaultPreprocessor(verbose=False).run_case_save(
                str(folder / case), [str(image)], str(label), manager, configuration, dataset
            )
        mark.write_text(json.dumps(made_of))
        report(f"{begin}: preprocessed")


def read_plans(workspace: Workspace) -> dict[str, Any]:
    """Read the plans of a workspace."""
    plans: dict[str, Any] = json.loads(workspace.plans.read_text())
    return plans


def _fingerprint(choice: Choice, raw: Path) -> dict[str, Any]:
    training = [case.case for case in choice.used if case.set == "training"]
    each = max(1000, _FOREGROUND_VOXELS // len(training))
    analysed = [
        DatasetFingerprintExtractor.analyze_case(
            [str(raw / "imagesTr" / f"{case}_0000.nii.gz")],
            str(raw / "labelsTr" / f"{case}.nii.gz"),
            SimpleITKIO,
            each,
        )
        for case in training
    ]
    shapes, spacings, intensities, _, shares = zip(*analysed, strict=True)
    return {
        "spacings": [[float(step) for step in spacing] for spacing in spacings],
        "shapes_after_crop": [[int(length) for length in shape] for shape in shapes],
        "foreground_intensity_properties_per_channel": {
            "0": _properties(np.concatenate([channels[0] for channels in intensities]))
        },
        "median_relative_size_after_cropping": float(np.median(shares)),
    }


def _properties(hu: "np.ndarray[Any, Any]") -> dict[str, float]:
    low, median, high = np.percentile(hu, (0.5, 50.0, 99.5))
    return {
        "mean": float(hu.mean()),
        "median": float(median),
        "std": float(hu.std()),
        "min": float(hu.min()),
        "max": float(hu.max()),
        "percentile_99_5": float(high),
        "percentile_00_5": float(low),
    }


def _remove_cases_not_in(cases: Sequence[str], folder: Path) -> None:
    for file in folder.iterdir():
        if file.name.split(".")[0].removesuffix("_seg") not in cases:
            file.unlink()


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _state(path: Path) -> list[int]:
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns]
