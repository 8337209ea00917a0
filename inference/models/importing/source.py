"""The files of a trained nnU-Net model, in its results folder or in an exported zip."""

import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from inference.errors import ModelError
from reader_study.imaging.errors import ImagingError
from reader_study.imaging.zip_reading import ZipBudget, readable_name, unpack_zip

MAX_FILES = 20_000
MAX_UNPACKED_BYTES = 30 * 10**9
CHECKPOINTS = ("checkpoint_final.pth", "checkpoint_best.pth")
_DEEPEST_FOLDER = 4
_FOLD = re.compile(r"^fold_([0-9]|all)$")


@dataclass(frozen=True)
class SourceFile:
    """A file by its name for people, relative to what is imported, and where it lies."""

    name: str
    path: Path


@dataclass(frozen=True)
class FoldFiles:
    """What is there of one fold; `summary` is nnU-Net's validation, if it came along."""

    fold: str
    checkpoint: SourceFile
    summary: SourceFile | None


@dataclass(frozen=True)
class TrainedModel:
    """A results folder of nnU-Net: ``TRAINER__PLANS__CONFIGURATION``.

    Attributes
    ----------
    plans, dataset
        ``plans.json`` and ``dataset.json``.
    folds
        Its folds, in the order of their names.
    """

    plans: SourceFile
    dataset: SourceFile
    folds: tuple[FoldFiles, ...]

    def files(self) -> list[SourceFile]:
        """All files that decide a mask."""
        return [self.plans, self.dataset, *(fold.checkpoint for fold in self.folds)]


def files_of(source: Path, work_directory: Path) -> list[SourceFile]:
    """List a results folder, or unpack an exported zip under names of our own.

    Parameters
    ----------
    source
        A folder or a zip file.
    work_directory
        An empty folder for what a zip holds.

    Raises
    ------
    ModelError
        If it is neither, or is built to exhaust the computer or to reach outside itself.
    """
    if source.is_dir():
        return _files_of_folder(source)
    if not source.is_file():
        raise ModelError(f"{source}: there is no such file or folder")
    return _files_of_zip(source, work_directory)


def find_model(files: Iterable[SourceFile], configuration: str | None) -> TrainedModel:
    """Find the one model among the files.

    Parameters
    ----------
    files
        As `files_of` lists them.
    configuration
        The one wanted, for example ``3d_fullres``; needed where there are several.

    Raises
    ------
    ModelError
        If there is none or several, or if a file is missing.
    """
    by_name = {file.name: file for file in files}
    all_folders = sorted(
        str(PurePosixPath(name).parent)
        for name in by_name
        if PurePosixPath(name).name == "plans.json"
    )
    if not all_folders:
        raise ModelError(
            "No plans.json was found: this is no model of nnU-Net 2. Give the zip that "
            "nnUNetv2_export_model_to_zip wrote, or the folder TRAINER__PLANS__CONFIGURATION."
        )
    # Of a model's own folder the name is not known; its checkpoints say what it is.
    folders = [
        folder
        for folder in all_folders
        if configuration is None or folder == "." or folder.endswith(f"__{configuration}")
    ]
    if len(folders) != 1:
        there = ", ".join(PurePosixPath(folder).name for folder in all_folders)
        wanted = f" {configuration!r}" if configuration else ""
        raise ModelError(
            f"There are {len(folders)} models{wanted}, and one is wanted. Found: {there[:300]}. "
            "Name its configuration, for example 3d_fullres, or export one alone."
        )
    return _model_in(folders[0], by_name)


def _model_in(folder: str, by_name: dict[str, SourceFile]) -> TrainedModel:
    def file(*parts: str) -> SourceFile | None:
        return by_name.get(str(PurePosixPath(folder, *parts)))

    plans, dataset = file("plans.json"), file("dataset.json")
    if plans is None or dataset is None:
        raise ModelError(f"{folder}: dataset.json is missing. Export the model again.")
    folds = []
    below = {
        PurePosixPath(name).parent.name
        for name in by_name
        if PurePosixPath(name).parent.parent == PurePosixPath(folder)
    }
    for name in sorted(below):
        match = _FOLD.match(name)
        checkpoint = next(filter(None, (file(name, one) for one in CHECKPOINTS)), None)
        if match and checkpoint:
            folds.append(FoldFiles(match[1], checkpoint, file(name, "validation", "summary.json")))
    # As nnU-Net does: a model trained on all cases is not averaged with those that left some out.
    numbered = [fold for fold in folds if fold.fold != "all"]
    if not folds:
        raise ModelError(
            f"{folder}: no fold with a {' or '.join(CHECKPOINTS)} was found. Export the model with "
            "its checkpoints."
        )
    return TrainedModel(plans, dataset, tuple(numbered or folds))


def _files_of_folder(source: Path) -> list[SourceFile]:
    files: list[SourceFile] = []
    waiting = [(source, 0)]
    while waiting:
        folder, depth = waiting.pop()
        for entry in sorted(folder.iterdir()):
            if entry.is_symlink():
                continue  # what it points at is not part of the model
            if entry.is_dir() and depth < _DEEPEST_FOLDER:
                waiting.append((entry, depth + 1))
            elif entry.is_file():
                files.append(SourceFile(entry.relative_to(source).as_posix(), entry))
        if len(files) > MAX_FILES:
            raise ModelError(
                f"{source} holds more than {MAX_FILES} files. Give the model's own folder, "
                "TRAINER__PLANS__CONFIGURATION."
            )
    return files


def _files_of_zip(source: Path, work_directory: Path) -> list[SourceFile]:
    try:
        with zipfile.ZipFile(source) as archive:
            _check_entries(archive.infolist(), source.name)
        budget = ZipBudget.for_archive(source)
        files = []
        for entry in unpack_zip(source, source.name, work_directory, budget):
            name = entry.name.removeprefix(f"{source.name}/")
            if entry.path is None:
                raise ModelError(f"{source.name}: {name}: {entry.problem}")
            files.append(SourceFile(name, entry.path))
    except ImagingError as error:
        raise ModelError(f"{source.name} was refused: {error}") from error
    except (zipfile.BadZipFile, ValueError) as error:
        raise ModelError(
            f"{source.name} is no zip, or a damaged one. Export or copy the model again."
        ) from error
    return files


def _check_entries(entries: list[zipfile.ZipInfo], source_name: str) -> None:
    total = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_FILES or total > MAX_UNPACKED_BYTES:
        raise ModelError(
            f"{source_name} says that it holds {len(entries):,} files of {total / 1e9:,.1f} GB, "
            f"more than {MAX_FILES:,} files or {MAX_UNPACKED_BYTES / 1e9:.0f} GB. "
            "Export the model without its predictions."
        )
    seen: set[str] = set()
    for entry in entries:
        name = readable_name(entry.filename)
        parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
        if ".." in parts or "/" in parts or "\\" in entry.filename or ":" in entry.filename:
            raise ModelError(
                f"{source_name}: {name!r} names a place outside of the zip, as no export of "
                "nnU-Net does. Nothing was unpacked."
            )
        if entry.filename in seen:
            raise ModelError(f"{source_name}: {name!r} is there twice. Nothing was unpacked.")
        seen.add(entry.filename)
