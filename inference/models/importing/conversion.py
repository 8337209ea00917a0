"""Turn a trained nnU-Net model into a model directory. Runs in the importing process."""

import hashlib
import importlib.metadata
import json
import math
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from inference.errors import ModelError
from inference.models.files import (
    LARGEST_JSON_BYTES,
    PredictionSettings,
    write_model_files,
)
from inference.models.importing.checkpoint import Checkpoint, read_checkpoint
from inference.models.importing.source import (
    FoldFiles,
    SourceFile,
    TrainedModel,
    files_of,
    find_model,
)
from inference.models.importing.stored_plans import one_channel_dataset, self_contained_plans
from inference.models.importing.weights import weights_without_aliases
from inference.models.plans import check_dataset, check_plans

LARGEST_SUMMARY_BYTES = 64 * 2**20
# nnUNetv2_predict's own default.
TILE_STEP = 0.5
AXIS_NAMES = {0: "head to foot", 1: "front to back", 2: "side to side"}
_READ_BYTES = 2**20


@dataclass(frozen=True)
class Wanted:
    """What the person who imports a model decides.

    Attributes
    ----------
    name
        The model's name: small letters, digits, points and dashes.
    notice
        What people must be told wherever the model's output is shown.
    configuration
        The configuration wanted, where the source holds several.
    precision
        Number format of the network's arithmetic on a CPU.
    smallest_component_mm3
        Smaller connected parts of a mask are removed.
    """

    name: str
    notice: str
    configuration: str | None = None
    precision: Literal["float32", "bfloat16"] = "float32"
    smallest_component_mm3: float = 0.0


def convert_model(source: Path, output: Path, work_directory: Path, wanted: Wanted) -> str:
    """Write a model directory from a results folder or an exported zip of nnU-Net.

    Parameters
    ----------
    source
        The folder or zip; never written to.
    output
        Directory to write.
    work_directory
        An empty folder for what a zip holds.
    wanted
        Name, notice and settings.

    Returns
    -------
    str
        The model's SHA-256.

    Raises
    ------
    ModelError
        Saying which file and entry was refused, what it held, and what to do.
    """
    model = find_model(files_of(source, work_directory), wanted.configuration)
    checkpoints = [read_checkpoint(one.checkpoint.path, one.checkpoint.name) for one in model.folds]
    first = _all_alike(model, checkpoints)
    if wanted.configuration not in (None, first.configuration):
        raise ModelError(
            f"{model.folds[0].checkpoint.name} was trained as {first.configuration[:60]!r}, "
            f"not as {wanted.configuration!r}"
        )
    stored = self_contained_plans(_json_of(model.plans), first.configuration)
    plans = check_plans(stored, first.configuration)
    dataset = check_dataset(one_channel_dataset(_json_of(model.dataset)))
    folds = [
        weights_without_aliases(
            checkpoint.weights,
            plans,
            first.configuration,
            len(dataset["labels"]),
            files.checkpoint.name,
        )
        for files, checkpoint in zip(model.folds, checkpoints, strict=True)
    ]
    settings = PredictionSettings(
        configuration=first.configuration,
        tile_step=TILE_STEP,
        mirroring_axes=list(first.mirroring_axes),
        precision=wanted.precision,
        folds=[fold.fold for fold in model.folds],
        smallest_component_mm3=wanted.smallest_component_mm3,
    )
    return write_model_files(
        output,
        folds=folds,
        plans=plans,
        dataset=dataset,
        name=wanted.name,
        notice=wanted.notice,
        prediction=settings,
        description={"origin": _origin(source, model, checkpoints, plans)},
    )


def _all_alike(model: TrainedModel, checkpoints: list[Checkpoint]) -> Checkpoint:
    """Return the first checkpoint, once all folds are of the same training."""
    first = checkpoints[0]
    for files, checkpoint in zip(model.folds, checkpoints, strict=True):
        for entry in ("trainer", "configuration", "mirroring_axes"):
            found, expected = getattr(checkpoint, entry), getattr(first, entry)
            if found != expected:
                raise ModelError(
                    f"{files.checkpoint.name}: {entry.replace('_', ' ')} is {found!r}, and that of "
                    f"fold {model.folds[0].fold} is {expected!r}: the folds are of different "
                    "models. Export one model alone."
                )
    return first


def _origin(
    source: Path, model: TrainedModel, checkpoints: list[Checkpoint], plans: dict[str, Any]
) -> dict[str, Any]:
    first = checkpoints[0]
    return {
        "format": "results folder of nnU-Net" if source.is_dir() else "export of nnU-Net",
        "source": source.name,
        "source_sha256": None if source.is_dir() else _sha256(source),
        "files": {file.name: _sha256(file.path) for file in model.files()},
        "dataset": plans["dataset_name"],
        "plans": plans["plans_name"],
        "trainer": first.trainer,
        "folds": [
            {
                "fold": files.fold,
                "checkpoint": Path(files.checkpoint.name).name,
                "epochs": checkpoint.epochs,
                **_validation(files),
            }
            for files, checkpoint in zip(model.folds, checkpoints, strict=True)
        ],
        # Neither plans nor checkpoints say which release wrote them.
        "nnunet_version": None,
        "remarks": _remarks(first, model),
        "imported": datetime.now(UTC).date().isoformat(),
        "imported_with": {"python": platform.python_version()}
        | {package: importlib.metadata.version(package) for package in ("nnunetv2", "torch")},
    }


def _remarks(first: Checkpoint, model: TrainedModel) -> list[str]:
    remarks = []
    unmirrored = [name for axis, name in AXIS_NAMES.items() if axis not in first.mirroring_axes]
    if unmirrored:
        remarks.append(
            f"Trained without mirroring {' and '.join(unmirrored)}, so that it may depend on how "
            "its training images were turned. Here it is given axes towards the head, posterior "
            "and left, as in upright DICOM; NIfTI files are often stored otherwise. Check a mask "
            "before you rely on it."
        )
    if any(fold.checkpoint.name.endswith("checkpoint_best.pth") for fold in model.folds):
        remarks.append(
            "The last checkpoint was not there for every fold: the one that was best in "
            "validation during training was taken, whose validation figures flatter it."
        )
    return remarks


def _validation(fold: FoldFiles) -> dict[str, Any]:
    """What nnU-Net's own validation of a fold says: mean Dice of the labels, and of how many."""
    if fold.summary is None:
        return {"validation_dice": None, "validation_cases": None}
    summary = _json_of(fold.summary, LARGEST_SUMMARY_BYTES)
    mean = summary.get("foreground_mean") if isinstance(summary, dict) else None
    dice = mean.get("Dice") if isinstance(mean, dict) else None
    cases = summary.get("metric_per_case") if isinstance(summary, dict) else None
    plausible = isinstance(dice, float | int) and math.isfinite(dice) and 0 <= dice <= 1
    return {
        "validation_dice": round(float(dice), 4) if plausible else None,  # type: ignore[arg-type]
        "validation_cases": len(cases) if isinstance(cases, list) else None,
    }


def _json_of(file: SourceFile, largest_bytes: int = LARGEST_JSON_BYTES) -> Any:
    size = file.path.stat().st_size
    if size > largest_bytes:
        raise ModelError(
            f"{file.name} has {size / 1e6:,.1f} MB, more than the {largest_bytes / 1e6:.0f} MB "
            "that such a file may have. Export the model again."
        )
    try:
        return json.loads(file.path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{file.name} is not valid JSON: {str(error)[:100]}") from error


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_READ_BYTES):
            digest.update(piece)
    return digest.hexdigest()
