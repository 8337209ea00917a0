"""Which cases are used with which label, as an nnU-Net data set with splits by patient."""

import dataclasses
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import SimpleITK as sitk

from inference.errors import InferenceError, ModelError
from inference.models.plans import check_dataset
from inference.training.cases import CaseRecord, read_record
from inference.training.pairs import Pair
from inference.training.review import decisions
from inference.training.scans import on_same_grid
from inference.training.workspace import DATASET_NAME, CaseFolder, Workspace

LabelSource = Literal["mask", "corrected draft", "unreviewed draft"]

ONE_LABEL = {"background": 0, "artery": 1}
_ENDING = ".nii.gz"
_LEARNT_FROM = ("training", "internal-validation")
_SPLIT_SEED = 12345


class DatasetError(InferenceError):
    """The cases make no data set; the message says what to do."""


@dataclass(frozen=True)
class UsedCase:
    """A case of the data set.

    Attributes
    ----------
    case, site, set, patient
        As in the table.
    label_source
        Where its label comes from.
    disagreement_mm
        See `inference.training.quality.RegistrationQuality`; None without a registration.
    """

    case: str
    site: str
    set: str
    patient: str
    label_source: LabelSource
    disagreement_mm: float | None


@dataclass(frozen=True)
class Choice:
    """What of the table is used.

    Attributes
    ----------
    used
        The cases of the data set.
    left_out
        Why each of the others is not in it.
    """

    used: list[UsedCase]
    left_out: dict[str, str]


def choose_cases(pairs: Sequence[Pair], workspace: Workspace, *, accept_drafts: bool) -> Choice:
    """Choose the cases that may be used.

    A case is left out if it failed, if its registration is doubtful and nobody accepted it, or if
    its label is a draft that nobody corrected, unless `accept_drafts`.

    Raises
    ------
    DatasetError
        If a case was not registered yet.
    TableError
        If a decision in ``review.csv`` is none.
    """
    decided = decisions(workspace)
    used, left_out = [], {}
    for pair in pairs:
        folder = workspace.case(pair.case)
        record = read_record(folder)
        if record is None:
            raise DatasetError(f"{pair.case} was not registered yet: run `train register` first")
        reason = _reason_against(record, decided.get(pair.case, ""))
        source = _label_source(record, folder)
        if reason is None and source == "unreviewed draft" and not accept_drafts:
            reason = f"its draft was not corrected: there is no {folder.corrected}"
        if reason is None:
            disagreement_mm = record.quality.disagreement_mm if record.quality else None
            used.append(
                UsedCase(pair.case, pair.site, pair.set, pair.patient, source, disagreement_mm)
            )
        else:
            left_out[pair.case] = reason
    return Choice(used, left_out)


def write_dataset(
    choice: Choice,
    workspace: Workspace,
    *,
    folds: int | None = None,
    labels: dict[str, int] | None = None,
) -> dict[str, Any]:
    """Write nnU-Net's raw data set and the splits.

    Cases for training and internal validation go to ``imagesTr`` and ``labelsTr``, the test cases
    to ``imagesTs`` and ``labelsTs``, which nnU-Net leaves alone.

    Parameters
    ----------
    choice
        The cases.
    workspace
        Where their files are.
    folds
        By default there is one split: the training set, validated on the internal-validation set.
        A number divides the patients of the training set into so many folds instead.
    labels
        Label values by name, with a background of 0; by default every label is "artery".

    Returns
    -------
    dict
        nnU-Net's ``dataset.json``.

    Raises
    ------
    DatasetError
        If a label does not fit its image, is empty or has unknown values, or a set is empty.
    """
    splits = make_splits(choice.used, folds)
    raw = workspace.raw
    if raw.exists():
        shutil.rmtree(raw)
    entries = {}
    for case in choice.used:
        kind = "Tr" if case.set in _LEARNT_FROM else "Ts"
        image = raw / f"images{kind}" / f"{case.case}_0000{_ENDING}"
        label = raw / f"labels{kind}" / f"{case.case}{_ENDING}"
        folder = workspace.case(case.case)
        _link(folder.ncct, image)
        _write_label(folder, case, label, labels)
        if kind == "Tr":
            entries[case.case] = {
                "images": [str(image.relative_to(raw))],
                "label": str(label.relative_to(raw)),
            }
    dataset = {
        "name": DATASET_NAME,
        "channel_names": {"0": "CT"},
        "labels": labels or ONE_LABEL,
        "numTraining": len(entries),
        "file_ending": _ENDING,
        "dataset": entries,
    }
    _write_json(raw / "dataset.json", dataset)
    _write_json(workspace.preprocessed / "dataset.json", dataset)
    _write_json(workspace.preprocessed / "splits_final.json", splits)
    _write_json(workspace.chosen, dataclasses.asdict(choice) | {"splits": splits})
    return dataset


def read_choice(workspace: Workspace) -> Choice:
    """Read which cases the data set was made of.

    Raises
    ------
    DatasetError
        If there is none yet.
    """
    if not workspace.chosen.is_file():
        raise DatasetError(f"{workspace.root} holds no data set: run `train prepare` first")
    content = json.loads(workspace.chosen.read_text())
    return Choice([UsedCase(**case) for case in content["used"]], content["left_out"])


def read_labels_file(path: Path) -> dict[str, int]:
    """Read label values by name from a JSON file.

    Raises
    ------
    DatasetError
        If it is no object of whole numbers 0, 1, 2, … without gaps, with a background of 0.
    """
    try:
        labels = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path} cannot be read as JSON: {error}") from error
    try:
        checked: dict[str, int] = check_dataset({"channel_names": {"0": "CT"}, "labels": labels})[
            "labels"
        ]
    except ModelError as error:
        raise DatasetError(f"{path}: {error}") from error
    return checked


def make_splits(cases: Sequence[UsedCase], folds: int | None) -> list[dict[str, list[str]]]:
    """Split cases into training and validation, all cases of a patient on one side.

    Raises
    ------
    DatasetError
        If a side would be empty.
    """
    training = [case for case in cases if case.set == "training"]
    if not training:
        raise DatasetError("No case of the training set may be used; see registration.csv")
    if folds is None:
        validation = [case.case for case in cases if case.set == "internal-validation"]
        if not validation:
            raise DatasetError(
                "No case of the internal-validation set may be used: add some to the table, or "
                "ask for folds within the training set"
            )
        return [{"train": sorted(case.case for case in training), "val": sorted(validation)}]
    patients = sorted({case.patient for case in training})
    if not 2 <= folds <= min(10, len(patients)):
        raise DatasetError(
            f"{folds} folds cannot be made of {len(patients)} patients; 2 to 10 are possible, each "
            "with a patient at least"
        )
    shuffled = np.random.default_rng(_SPLIT_SEED).permutation(patients)
    splits = []
    for held_out in np.array_split(shuffled, folds):
        inside = {str(patient) for patient in held_out}
        splits.append(
            {
                "train": sorted(case.case for case in training if case.patient not in inside),
                "val": sorted(case.case for case in training if case.patient in inside),
            }
        )
    return splits


def _reason_against(record: CaseRecord, decision: str) -> str | None:
    if record.failure is not None:
        return record.failure
    if decision == "exclude":
        return "excluded in review.csv"
    if record.doubts and decision != "accept":
        return f"doubtful, and not accepted in review.csv: {'; '.join(record.doubts)}"
    return None


def _label_source(record: CaseRecord, folder: CaseFolder) -> LabelSource:
    if record.label == "mask":
        return "mask"
    return "corrected draft" if folder.corrected.is_file() else "unreviewed draft"


def _write_label(
    folder: CaseFolder, case: UsedCase, target: Path, labels: dict[str, int] | None
) -> None:
    source = {
        "mask": folder.arteries,
        "corrected draft": folder.corrected,
        "unreviewed draft": folder.draft,
    }[case.label_source]
    ncct, image = sitk.ReadImage(str(folder.ncct)), sitk.ReadImage(str(source))
    if not on_same_grid(image, ncct):
        raise DatasetError(f"{source} does not lie on the grid of {folder.ncct}")
    values = sitk.GetArrayFromImage(image)
    if not values.any():
        raise DatasetError(f"{source} is empty; exclude {case.case} in review.csv or correct it")
    if labels is None:
        values = values > 0
    elif unknown := sorted(set(np.unique(values).tolist()) - set(labels.values())):
        raise DatasetError(f"{source} holds the label {unknown[0]:g}, which has no name")
    label = sitk.GetImageFromArray(values.astype(np.uint8))
    label.CopyInformation(ncct)
    target.parent.mkdir(parents=True, exist_ok=True)
    sitk.WriteImage(label, str(target), useCompression=True)


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        shutil.copy2(source, target)


def _write_json(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1) + "\n")
