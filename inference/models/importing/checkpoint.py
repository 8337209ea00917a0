"""A checkpoint of nnU-Net, read without letting it run anything."""

import pickle
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from inference.errors import ModelError
from inference.models.files import Weights
from inference.models.importing.trainers import check_trainer

Axis = Literal[0, 1, 2]

# Beyond tensors and plain values, which torch lets through: the numbers in nnU-Net's log. NumPy 2
# moved the first of them, and most checkpoints out there were written by NumPy 1.
_SCALAR = np.float64(0).__reduce__()[0]
_NUMBERS_IN_THE_LOG: list[Any] = [
    (_SCALAR, "numpy._core.multiarray.scalar"),
    (_SCALAR, "numpy.core.multiarray.scalar"),
    np.dtype,
    np.dtypes.Float32DType,
    np.dtypes.Float64DType,
]
_REFUSED_NAME = re.compile(r"GLOBAL (\S+)")
_LARGEST_PICKLE_BYTES = 64 * 2**20
_LARGEST_ENTRIES = 100_000
_LOCAL_HEADER_BYTES = 30
_AXES: dict[object, Axis] = {0: 0, 1: 1, 2: 2}


@dataclass(frozen=True)
class Checkpoint:
    """What prediction needs of a checkpoint, and what is said of it.

    Attributes
    ----------
    weights
        The network's tensors under all the names that nnU-Net gave them.
    trainer
        Name of the trainer's class.
    configuration
        Name of the plans' configuration.
    mirroring_axes
        Axes (0 z, 1 y, 2 x) along which the model may be mirrored in prediction.
    epochs
        Number of epochs trained; None if the checkpoint does not say.
    """

    weights: Weights
    trainer: str
    configuration: str
    mirroring_axes: tuple[Axis, ...]
    epochs: int | None


def read_checkpoint(path: Path, name: str) -> Checkpoint:
    """Read a checkpoint as data.

    Parameters
    ----------
    path
        The file.
    name
        Its name for people.

    Raises
    ------
    ModelError
        If it holds anything but tensors and plain values, or if an entry that prediction needs is
        missing or not what nnU-Net writes.
    """
    _check_archive(path, name)
    content = _load(path, name)
    if not isinstance(content, dict) or "network_weights" not in content:
        raise ModelError(f"{name}: no network_weights: it is no checkpoint of nnU-Net 2")
    trainer = content.get("trainer_name")
    if not isinstance(trainer, str):
        raise ModelError(f"{name}: trainer_name: expected a name, found {_kind(trainer)}")
    check_trainer(trainer, name)
    arguments = content.get("init_args")
    configuration = arguments.get("configuration") if isinstance(arguments, dict) else None
    if not isinstance(configuration, str):
        raise ModelError(
            f"{name}: init_args.configuration: expected a name, found {_kind(configuration)}"
        )
    epochs = content.get("current_epoch")
    return Checkpoint(
        _weights(content["network_weights"], name),
        trainer,
        configuration,
        _mirroring_axes(content.get("inference_allowed_mirroring_axes"), name),
        epochs if isinstance(epochs, int) and epochs >= 0 else None,
    )


def _check_archive(path: Path, name: str) -> None:
    """A checkpoint is itself a zip, whose entries torch.save never packs."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise ModelError(
            f"{name} is no file of today's torch.save: it is damaged, cut short or of another "
            "program. Export or copy the model again."
        ) from error
    if len(entries) > _LARGEST_ENTRIES:
        raise ModelError(f"{name} has {len(entries)} parts, more than any network has tensors")
    end_of_previous = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.compress_type != zipfile.ZIP_STORED:
            raise ModelError(f"{name} holds packed parts, as torch.save never writes them")
        if entry.header_offset < end_of_previous:
            raise ModelError(f"{name} holds parts that overlap, as only a forged file does")
        end_of_previous = entry.header_offset + _LOCAL_HEADER_BYTES + entry.compress_size
        if entry.filename.endswith("data.pkl") and entry.file_size > _LARGEST_PICKLE_BYTES:
            raise ModelError(f"{name}: its list of tensors is larger than any network needs")


def _load(path: Path, name: str) -> Any:
    try:
        with torch.serialization.safe_globals(_NUMBERS_IN_THE_LOG):
            # Mapped, so that the optimizer's state, twice the size of the weights, is not read.
            return torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    except pickle.UnpicklingError as error:
        refused = _REFUSED_NAME.search(str(error))
        what = f"names {refused[1]!r}" if refused else "holds more than tensors and plain values"
        raise ModelError(
            f"{name} {what}, which could run a program when the file is opened, and was not "
            "opened. A checkpoint as nnU-Net's trainer saves it holds nothing of the kind: ask "
            "whoever trained the model for the original."
        ) from error
    except MemoryError:
        raise
    # A forged file fails in as many ways as torch has lines; none of them is this program's fault.
    except Exception as error:
        first_line = (str(error).splitlines() or [""])[0][:200]
        raise ModelError(
            f"{name} cannot be read: {type(error).__name__}: {first_line}. "
            "Export or copy the model again."
        ) from error


def _weights(stored: object, name: str) -> Weights:
    if not isinstance(stored, dict) or not stored:
        raise ModelError(f"{name}: network_weights: expected tensors, found {_kind(stored)}")
    for key, tensor in stored.items():
        if not isinstance(key, str) or not isinstance(tensor, torch.Tensor):
            raise ModelError(
                f"{name}: network_weights: {str(key)[:80]!r} is {_kind(tensor)}, not a tensor"
            )
        if tensor.dtype != torch.float32 or tensor.layout != torch.strided:
            raise ModelError(
                f"{name}: network_weights: {key[:80]!r} holds {tensor.dtype}, where nnU-Net "
                "stores dense torch.float32"
            )
    return dict(stored)


def _mirroring_axes(stored: object, name: str) -> tuple[Axis, ...]:
    if stored is None:
        return ()
    given = stored if isinstance(stored, list | tuple) else ["no list"]
    axes = tuple(_AXES[axis] for axis in given if type(axis) is int and axis in _AXES)
    if len(axes) != len(given) or len(set(axes)) != len(axes):
        raise ModelError(
            f"{name}: inference_allowed_mirroring_axes: expected some of 0, 1 and 2, "
            f"found {str(stored)[:60]!r}"
        )
    return axes


def _kind(value: object) -> str:
    return "nothing" if value is None else f"a {type(value).__name__}"
