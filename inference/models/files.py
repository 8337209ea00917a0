"""A model on disk: a directory that is verified before use and never unpickled.

============================  =====================================================================
``fold-<fold>.safetensors``   a fold's weights, one tensor per parameter, without alias names
``plans.json``                nnU-Net's plans, checked against an allow-list on reading
``dataset.json``              channel names and labels
``model-card.json``           name, notice, prediction settings, SHA-256, what is known of the model
``MODEL_CARD.md``             the same for people; not read by any program
============================  =====================================================================

The model's SHA-256 is the SHA-256 of a UTF-8 listing, one line of ``<sha256>  <name>`` and a line
feed for each of these, in this order: ``dataset.json``, ``plans.json``, the folds' weights in the
order of the settings, and ``model-card.json#settings``, the latter being the card's ``name``,
``notice`` and ``prediction`` as canonical JSON (keys sorted, no spaces, UTF-8). So it covers
everything that decides a mask or what people are told of it, and the figures in the card can be
corrected without making another model.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import safetensors
import safetensors.torch
import torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from inference.errors import ModelError
from inference.models.plans import check_dataset, check_plans

LARGEST_JSON_BYTES = 4_000_000

Weights = dict[str, torch.Tensor]

FoldName = Annotated[str, Field(pattern=r"^([0-9]|all)$")]


class PredictionSettings(BaseModel):
    """How a model predicts. Part of the model, not a choice of the day.

    Attributes
    ----------
    configuration
        The plans' configuration, for example ``3d_fullres``.
    tile_step
        Distance of neighbouring tiles as a share of the tile's length.
    mirroring_axes
        Axes (0 z, 1 y, 2 x) along which tiles are also predicted mirrored, and averaged.
    precision
        Number format of the network's arithmetic on a CPU. A GPU uses nnU-Net's mixed precision.
    folds
        nnU-Net's names of the folds whose predictions are averaged: ``0``, ``1``, … or ``all``.
    smallest_component_mm3
        Connected parts of the mask (26 neighbours) smaller than this are removed; 0 keeps all.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    configuration: Annotated[str, Field(max_length=200)]
    tile_step: Annotated[float, Field(gt=0.05, le=1)]
    mirroring_axes: list[Literal[0, 1, 2]]
    precision: Literal["float32", "bfloat16"]
    folds: Annotated[list[FoldName], Field(min_length=1, max_length=10)]
    smallest_component_mm3: Annotated[float, Field(ge=0, le=10_000)] = 0.0


class ModelCard(BaseModel):
    """The card's entries that programs use; any others are kept as they are."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,99}$")]
    notice: Annotated[str, Field(max_length=1000)]
    prediction: PredictionSettings
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True)
class ModelFiles:
    """A verified model, as read from its directory.

    Attributes
    ----------
    card
        The model card.
    plans
        Checked plans with the card's configuration only.
    dataset
        Checked ``dataset.json``.
    folds
        Each fold's tensors by parameter name, without alias names, in the order of the settings.
    """

    card: ModelCard
    plans: dict[str, Any]
    dataset: dict[str, Any]
    folds: tuple[Weights, ...]


def read_model_files(directory: Path) -> ModelFiles:
    """Read and verify a model directory.

    Raises
    ------
    ModelError
        If a file is missing, is not what the card's SHA-256 was computed from, or asks for
        something that is not allowed. Nothing that the files name is imported before that.
    """
    card = _read_card(directory)
    weights_names = [weights_file(fold) for fold in card.prediction.folds]
    # Each file is read once: what is parsed below is what was hashed.
    contents = {
        "dataset.json": _read(directory / "dataset.json", LARGEST_JSON_BYTES),
        "plans.json": _read(directory / "plans.json", LARGEST_JSON_BYTES),
    } | {name: _read(directory / name) for name in weights_names}
    computed = model_sha256(contents, card.name, card.notice, card.prediction)
    if computed != card.sha256:
        raise ModelError(
            f"The model in {directory} was altered: its files have the SHA-256 {computed}, "
            f"its card says {card.sha256}. Fetch the model again."
        )
    plans = _parse(contents["plans.json"], "plans.json")
    dataset = _parse(contents["dataset.json"], "dataset.json")
    return ModelFiles(
        card,
        check_plans(plans, card.prediction.configuration),
        check_dataset(dataset),
        tuple(_parse_weights(contents[name], name) for name in weights_names),
    )


def write_model_files(
    directory: Path,
    *,
    folds: Sequence[Weights],
    plans: dict[str, Any],
    dataset: dict[str, Any],
    name: str,
    notice: str,
    prediction: PredictionSettings,
    description: dict[str, Any],
) -> str:
    """Write a model directory.

    Parameters
    ----------
    directory
        Created if absent; files of the same names are replaced.
    folds
        Each fold's weights, as `unaliased_tensors` gives them, in the order of the settings.
    plans, dataset
        nnU-Net's plans and dataset, refused here already if they could not be read back.
    name, notice, prediction
        The card's entries that the SHA-256 covers.
    description
        Further entries of the card: training, evaluation, versions.

    Returns
    -------
    str
        The model's SHA-256.
    """
    contents = {
        "dataset.json": _json_bytes(check_dataset(dataset)),
        "plans.json": _json_bytes(check_plans(plans, prediction.configuration)),
    } | {
        weights_file(fold): safetensors.torch.save(_on_cpu(weights))
        for fold, weights in zip(prediction.folds, folds, strict=True)
    }
    card = ModelCard(
        name=name,
        notice=notice,
        prediction=prediction,
        sha256=model_sha256(contents, name, notice, prediction),
        **description,
    )
    contents["model-card.json"] = _json_bytes(card.model_dump())
    directory.mkdir(parents=True, exist_ok=True)
    for file_name, content in contents.items():
        (directory / file_name).write_bytes(content)
    return card.sha256


def model_sha256(
    contents: dict[str, bytes], name: str, notice: str, prediction: PredictionSettings
) -> str:
    """Compute the SHA-256 of a model as the module's documentation defines it."""
    settings = {"name": name, "notice": notice, "prediction": prediction.model_dump()}
    canonical = json.dumps(settings, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    names = ["dataset.json", "plans.json", *(weights_file(fold) for fold in prediction.folds)]
    parts = {file_name: contents[file_name] for file_name in names}
    parts["model-card.json#settings"] = canonical.encode()
    listing = "".join(
        f"{hashlib.sha256(content).hexdigest()}  {part}\n" for part, content in parts.items()
    )
    return hashlib.sha256(listing.encode()).hexdigest()


def weights_file(fold: str) -> str:
    """Name of the file that holds a fold's weights."""
    return f"fold-{fold}.safetensors"


def unaliased_tensors(network: torch.nn.Module) -> Weights:
    """Return the network's parameters and buffers, each under one name only.

    nnU-Net's U-Nets register the same layers under several names, which safetensors refuses to
    store and ``state_dict`` repeats.
    """
    return dict(network.named_parameters()) | dict(network.named_buffers())


def _on_cpu(weights: Weights) -> Weights:
    return {name: tensor.detach().cpu().contiguous() for name, tensor in weights.items()}


def _parse_weights(content: bytes, file_name: str) -> Weights:
    try:
        return safetensors.torch.load(content)
    except safetensors.SafetensorError as error:
        raise ModelError(f"{file_name} is not a safetensors file: {error}") from error


def _read_card(directory: Path) -> ModelCard:
    content = _parse(_read(directory / "model-card.json", LARGEST_JSON_BYTES), "model-card.json")
    try:
        return ModelCard.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole file"
        raise ModelError(f"{directory}/model-card.json: {place}: {first['msg']}") from error


def _read(path: Path, largest_bytes: int | None = None) -> bytes:
    if not path.is_file():
        raise ModelError(f"{path.parent} is no model directory: {path.name} is missing")
    if largest_bytes is not None and path.stat().st_size > largest_bytes:
        raise ModelError(f"{path} is larger than {largest_bytes} bytes and was not read")
    return path.read_bytes()


def _parse(content: bytes, file_name: str) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{file_name} is not valid JSON: {error}") from error


def _json_bytes(content: object) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()
