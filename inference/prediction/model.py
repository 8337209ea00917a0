"""Segment the arteries of a CT volume with a stored model, by nnU-Net's own predictor."""

import contextlib
import importlib.metadata
import io
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor
from nnunetv2.utilities.plans_handling.plans_handler import PlansManager
from numpy.typing import NDArray

from inference.errors import InferenceError
from inference.models.files import ModelFiles, read_model_files
from inference.models.network import restore_networks
from inference.prediction.volume_check import check_volume

# Shares of the whole time on two CPU cores, for the progress shown to people.
PREPROCESSED = 0.25
TILES_PREDICTED = 0.85

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Prediction:
    """A segmentation and how it came about.

    Attributes
    ----------
    mask
        Labels, uint8, [z, y, x], on the grid of the CT volume.
    provenance
        Model, device, number format, settings, versions and seconds; plain JSON values.
    """

    mask: NDArray[np.uint8]
    provenance: dict[str, Any]


class SegmentationModel:
    """A verified model that is ready to predict. One prediction at a time per instance.

    Attributes
    ----------
    name
        The model's name.
    sha256
        What identifies the model; see `inference.models.files`.
    labels
        Label values by name, the background included.
    notice
        What people must be told wherever the model's output is shown.
    card
        The whole model card.
    """

    def __init__(self, files: ModelFiles, device: torch.device) -> None:
        self.name = files.card.name
        self.sha256 = files.card.sha256
        self.labels: dict[str, int] = files.dataset["labels"]
        self.notice = files.card.notice
        self.card: dict[str, Any] = files.card.model_dump()
        self._settings = files.card.prediction
        self._device = device
        self._predictor = _predictor_for(files, device)

    def predict(
        self,
        hu: NDArray[np.generic],
        spacing_zyx_mm: Sequence[float],
        *,
        progress: Progress | None = None,
    ) -> Prediction:
        """Segment one CT volume.

        Parameters
        ----------
        hu
            CT values, HU, [z, y, x]; axes towards the head, posterior and left.
        spacing_zyx_mm
            Voxel spacing, mm.
        progress
            Called with the share done, rising from 0 to 1.

        Raises
        ------
        VolumeError
            If the volume cannot be segmented.
        """
        grid_spacing = self._predictor.configuration_manager.spacing
        check_volume(hu, spacing_zyx_mm, grid_spacing)
        stages = _Stages(progress or (lambda _: None))
        image = hu[np.newaxis].astype(np.float32)
        spacing = [float(step) for step in spacing_zyx_mm]
        mask = self._predictor.predict_reporting(image, spacing, stages)
        return Prediction(mask, self._provenance(hu.shape, spacing, stages))

    def _provenance(
        self, shape: tuple[int, ...], spacing: list[float], stages: "_Stages"
    ) -> dict[str, Any]:
        on_cpu = self._device.type == "cpu"
        return {
            "model": self.name,
            "model_sha256": self.sha256,
            "notice": self.notice,
            "device": "cpu" if on_cpu else torch.cuda.get_device_name(self._device),
            "precision": self._settings.precision if on_cpu else "nnU-Net's mixed precision",
            "mirroring_axes": self._settings.mirroring_axes,
            "tile_step": self._settings.tile_step,
            "tiles": stages.tiles,
            "tiles_gathered_on": stages.gathered_on,
            "threads": torch.get_num_threads(),
            "shape_zyx": list(shape),
            "spacing_zyx_mm": spacing,
            "grid_spacing_zyx_mm": list(self._predictor.configuration_manager.spacing),
            "versions": {"python": platform.python_version()}
            | {
                package: importlib.metadata.version(package)
                for package in ("nnunetv2", "torch", "numpy", "scikit-image")
            },
            "seconds": stages.seconds(),
        }


def load_model(
    directory: Path, *, device: str = "cpu", threads: int | None = None
) -> SegmentationModel:
    """Read and verify a model directory and prepare the model to predict.

    Parameters
    ----------
    directory
        The model's directory; see `inference.models.files`.
    device
        ``cpu``, ``cuda`` or ``cuda:<number>``.
    threads
        CPU threads for torch in this process; by default torch's own choice, which follows the
        environment variable ``OMP_NUM_THREADS``.

    Raises
    ------
    ModelError
        If the model is incomplete, altered or not allowed.
    InferenceError
        If the device is not there.
    """
    checked_device = _check_device(device)
    if threads is not None:
        torch.set_num_threads(threads)
    return SegmentationModel(read_model_files(Path(directory)), checked_device)


def _check_device(device: str) -> torch.device:
    kind, _, number = device.partition(":")
    if kind not in {"cpu", "cuda"} or (number and not number.isdigit()):
        raise InferenceError(f"Unknown device {device!r}: use cpu, cuda or cuda:<number>")
    if kind == "cuda" and int(number or 0) >= torch.cuda.device_count():
        raise InferenceError(
            f"There is no device {device!r}: torch {torch.__version__} sees "
            f"{torch.cuda.device_count()} CUDA devices. Use cpu."
        )
    return torch.device(device)


def _predictor_for(files: ModelFiles, device: torch.device) -> "_ReportingPredictor":
    settings = files.card.prediction
    with contextlib.redirect_stdout(io.StringIO()):  # nnU-Net prints advice on every construction
        predictor = _ReportingPredictor(
            tile_step_size=settings.tile_step,
            use_mirroring=bool(settings.mirroring_axes),
            device=device,
            allow_tqdm=False,
        )
    networks = restore_networks(files)
    plans = PlansManager(files.plans)
    predictor.manual_initialization(
        networks[0],
        plans,
        plans.get_configuration(settings.configuration),
        [network.state_dict() for network in networks],
        files.dataset,
        trainer_name="",
        inference_allowed_mirroring_axes=tuple(settings.mirroring_axes) or None,
    )
    return predictor


class _Stages:
    """Times the stages of one prediction and reports its progress."""

    def __init__(self, progress: Progress) -> None:
        self.tiles = 0
        self.gathered_on = ""
        self._tiles_done = 0
        self._progress = progress
        self._reported = 0.0
        self._ends = [time.perf_counter()]
        progress(0.0)

    def preprocessed(self) -> None:
        self._ends.append(time.perf_counter())
        self._report(PREPROCESSED)

    def tiles_begin(self, tiles: int, gathered_on: str) -> None:
        self.tiles, self._tiles_done, self.gathered_on = tiles, 0, gathered_on

    def tile_predicted(self) -> None:
        self._tiles_done += 1
        share = self._tiles_done / self.tiles
        self._report(PREPROCESSED + share * (TILES_PREDICTED - PREPROCESSED))

    def tiles_predicted(self) -> None:
        self._ends.append(time.perf_counter())

    def exported(self) -> None:
        self._ends.append(time.perf_counter())
        self._report(1.0)

    def seconds(self) -> dict[str, float]:
        begin, preprocessed, predicted, end = self._ends
        return {
            "preprocess": round(preprocessed - begin, 2),
            "network": round(predicted - preprocessed, 2),
            "export": round(end - predicted, 2),
            "total": round(end - begin, 2),
        }

    def _report(self, share: float) -> None:
        # Tiles are predicted again when a GPU ran out of memory; the progress shown never falls.
        if share > self._reported:
            self._reported = share
            self._progress(share)


class _ReportingPredictor(nnUNetPredictor):  # type: ignore[misc]  # nnunetv2 has no types
    """nnU-Net's predictor, unchanged in what it computes, that reports where it is."""

    _stages: _Stages

    def predict_reporting(
        self, image: NDArray[np.float32], spacing: list[float], stages: _Stages
    ) -> NDArray[np.uint8]:
        self._stages = stages
        mask: NDArray[np.uint8] = self.predict_single_npy_array(image, {"spacing": spacing})
        stages.exported()
        return mask.astype(np.uint8, copy=False)

    def predict_logits_from_preprocessed_data(self, data: torch.Tensor) -> torch.Tensor:
        self._stages.preprocessed()
        logits: torch.Tensor = super().predict_logits_from_preprocessed_data(data)
        self._stages.tiles_predicted()
        return logits

    def _internal_predict_sliding_window_return_logits(
        self, data: torch.Tensor, slicers: list[Any], do_on_device: bool = True
    ) -> torch.Tensor:
        self._stages.tiles_begin(len(slicers), self.device.type if do_on_device else "cpu")
        try:
            logits: torch.Tensor = super()._internal_predict_sliding_window_return_logits(
                data, slicers, do_on_device
            )
        except torch.OutOfMemoryError:
            raise  # nnU-Net then gathers the tiles in main memory
        except RuntimeError as error:
            # nnU-Net would take any RuntimeError for a lack of memory and start again.
            raise InferenceError(f"The network failed: {error}") from error
        return logits

    def _internal_maybe_mirror_and_predict(self, x: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = super()._internal_maybe_mirror_and_predict(x)
        self._stages.tile_predicted()
        return logits
