"""Segment the arteries of a CT volume with a stored model, as nnU-Net would, and faster.

The mask is nnU-Net's: the same preprocessing, tiles, weights, mirroring, folds and sums. What
differs is how it is computed; see docs/decisions/0015-inference-engine.md.
"""

import importlib.metadata
import math
import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from inference.errors import InferenceError
from inference.models.files import ModelFiles, read_model_files
from inference.prediction.backends import Backend, check_device, prepared_networks
from inference.prediction.labels import labels_of_resampled
from inference.prediction.memory import MemoryRecord, is_out_of_memory, keep_freed_memory
from inference.prediction.networks import Precision
from inference.prediction.preprocessing import PreprocessedCase, Preprocessing
from inference.prediction.tiles import SlidingWindow, predict_image
from inference.prediction.volume_check import check_volume
from inference.prediction.watch import (
    PREPROCESSED,
    TILES_PREDICTED,
    Cancelled,
    Progress,
    Watch,
)

# Voxels that pass through the network at once: small tiles keep a GPU busy only in numbers.
BATCH_VOXELS_ON_GPU = 4 * 128**3
LARGEST_BATCH = 16


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


@dataclass
class CaseInWork:
    """A volume on its way through the stages of a prediction.

    Attributes
    ----------
    shape_zyx, spacing_zyx_mm
        Of the CT volume, voxels and mm.
    watch
        Progress, seconds and cancellation.
    memory
        What was done otherwise for lack of memory.
    preprocessed
        The volume as the network sees it.
    logits
        Half precision, [label, axis 0, axis 1, axis 2] on the model's grid; None before the
        network has seen the volume.
    """

    shape_zyx: tuple[int, ...]
    spacing_zyx_mm: tuple[float, ...]
    watch: Watch
    memory: MemoryRecord
    preprocessed: PreprocessedCase
    logits: torch.Tensor | None = field(default=None, repr=False)


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
    device
        Where the network computes.
    """

    def __init__(
        self,
        files: ModelFiles,
        device: torch.device,
        backend: Backend = "torch",
        precision: Precision | None = None,
    ) -> None:
        self.name = files.card.name
        self.sha256 = files.card.sha256
        self.labels: dict[str, int] = files.dataset["labels"]
        self.notice = files.card.notice
        self.card: dict[str, Any] = files.card.model_dump()
        self.device = device
        self._settings = files.card.prediction
        self._backend = backend
        self._preprocessing = Preprocessing(files.plans, self._settings.configuration)
        plans = files.plans["configurations"][self._settings.configuration]
        patch = plans["patch_size"]
        fitting = BATCH_VOXELS_ON_GPU // math.prod(patch) if device.type == "cuda" else 1
        self._window = SlidingWindow(
            patch=tuple(patch),
            step=self._settings.tile_step,
            mirroring_axes=tuple(self._settings.mirroring_axes),
            labels=len(self.labels),
            batch=min(max(fitting, 1), LARGEST_BATCH),
        )
        usual: Precision = self._settings.precision if device.type == "cpu" else "float16"
        self._asked_precision: Precision = precision or usual
        self._networks, self._precision = prepared_networks(
            files, device, backend, self._asked_precision
        )

    def predict(
        self,
        hu: NDArray[np.generic],
        spacing_zyx_mm: Sequence[float],
        *,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
    ) -> Prediction:
        """Segment one CT volume.

        Parameters
        ----------
        hu
            CT values, HU, [z, y, x]; axes towards the head, posterior and left.
        spacing_zyx_mm
            Voxel spacing, mm.
        progress
            Called with the share done, rising from 0 to 1. What it raises ends the prediction.
        cancelled
            Asked before each pass through the network whether to stop.

        Raises
        ------
        VolumeError
            If the volume cannot be segmented.
        PredictionCancelledError
            If it was cancelled.
        InferenceError
            If the network fails or memory runs out for good.
        """
        case = self.prepare(hu, spacing_zyx_mm, progress=progress, cancelled=cancelled)
        self.run_network(case)
        return self.finish(case)

    def prepare(
        self,
        hu: NDArray[np.generic],
        spacing_zyx_mm: Sequence[float],
        *,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
    ) -> CaseInWork:
        """Check and preprocess a volume: the first of the three stages of `predict`."""
        watch, memory = Watch(progress, cancelled), MemoryRecord()
        spacing = tuple(float(step) for step in spacing_zyx_mm)
        with watch.stage("preprocess", PREPROCESSED):
            check_volume(hu, spacing, self._preprocessing.grid_spacing_zyx_mm)
            preprocessed = self._preprocess(hu, spacing, memory)
        return CaseInWork(hu.shape, spacing, watch, memory, preprocessed)

    def run_network(self, case: CaseInWork) -> None:
        """Predict the logits tile by tile: the second stage. One case at a time."""
        with torch.inference_mode(), case.watch.stage("network", TILES_PREDICTED):
            case.logits = predict_image(
                case.preprocessed.image,
                self._networks,
                self._window,
                self.device,
                watch=case.watch,
                memory=case.memory,
            )
            self._wait_for_gpu()

    def finish(self, case: CaseInWork) -> Prediction:
        """Bring the labels onto the CT's grid: the third stage."""
        with torch.inference_mode(), case.watch.stage("export", 1.0):
            labels = self._labels(case)
            mask = self._preprocessing.on_ct_grid(labels, case.preprocessed)
            smallest_mm3 = self._settings.smallest_component_mm3
            if smallest_mm3 > 0:
                from inference.anatomy.components import remove_small_components

                mask = remove_small_components(mask, case.spacing_zyx_mm, smallest_mm3)
        return Prediction(mask, self._provenance(case))

    def _preprocess(
        self, hu: NDArray[np.generic], spacing: tuple[float, ...], memory: MemoryRecord
    ) -> PreprocessedCase:
        with torch.inference_mode():
            try:
                preprocessed = self._preprocessing.run(hu, spacing, self.device)
                self._wait_for_gpu()
            except (RuntimeError, MemoryError) as error:
                if self.device.type == "cpu" or not is_out_of_memory(error):
                    raise _failure("preparing the volume", error) from error
                memory.add("the GPU's memory ran out: the volume was prepared in main memory")
                preprocessed = self._preprocessing.run(hu, spacing, torch.device("cpu"))
        return preprocessed

    def _labels(self, case: CaseInWork) -> NDArray[np.uint8]:
        logits, case.logits = case.logits, None
        if logits is None:
            raise InferenceError("The network has not seen this volume yet")
        try:
            labels = labels_of_resampled(logits, case.preprocessed.way_back)
        except (RuntimeError, MemoryError) as error:
            if logits.device.type == "cpu" or not is_out_of_memory(error):
                raise _failure("making the mask", error) from error
            case.memory.add("the GPU's memory ran out: the mask was made in main memory")
            labels = labels_of_resampled(logits.cpu(), case.preprocessed.way_back)
        return labels.cpu().numpy()

    def _wait_for_gpu(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)

    def _provenance(self, case: CaseInWork) -> dict[str, Any]:
        on_cpu = self.device.type == "cpu"
        packages = ["nnunetv2", "torch", "numpy", "scipy"]
        packages += ["openvino"] if self._backend == "openvino" else []
        seconds = {stage: round(took, 3) for stage, took in case.watch.seconds.items()}
        return {
            "model": self.name,
            "model_sha256": self.sha256,
            "notice": self.notice,
            "device": "cpu" if on_cpu else torch.cuda.get_device_name(self.device),
            "backend": self._backend,
            "precision": self._precision,
            "precision_asked_for": self._asked_precision,
            "folds": self._settings.folds,
            "mirroring_axes": self._settings.mirroring_axes,
            "tile_step": self._settings.tile_step,
            "tiles": len(self._window.tiles(case.preprocessed.image.shape[1:])),
            "smallest_component_mm3": self._settings.smallest_component_mm3,
            "memory": case.memory.remarks,
            "threads": torch.get_num_threads(),
            "shape_zyx": list(case.shape_zyx),
            "spacing_zyx_mm": list(case.spacing_zyx_mm),
            "grid_spacing_zyx_mm": list(self._preprocessing.grid_spacing_zyx_mm),
            "versions": {"python": platform.python_version()}
            | {package: importlib.metadata.version(package) for package in packages},
            "seconds": seconds | {"total": round(sum(case.watch.seconds.values()), 3)},
        }


def load_model(
    directory: Path,
    *,
    device: str = "cpu",
    threads: int | None = None,
    backend: Backend = "torch",
    precision: Precision | None = None,
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
    backend
        ``torch``, or ``openvino`` for a faster CPU, if it is installed.
    precision
        Number format of the network's arithmetic; by default the model's own on a CPU, and
        float16 with float32 sums on a GPU as nnU-Net has it. Where a processor does not compute in
        bfloat16, float32 takes its place, and the provenance says so.

    Raises
    ------
    ModelError
        If the model is incomplete, altered or not allowed.
    InferenceError
        If the device or the backend is not there.
    """
    checked_device = check_device(device, backend, precision)
    keep_freed_memory()
    if threads is not None:
        torch.set_num_threads(threads)
    return SegmentationModel(read_model_files(Path(directory)), checked_device, backend, precision)


def _failure(during: str, error: BaseException) -> InferenceError:
    if is_out_of_memory(error):
        return InferenceError(
            f"There is not enough memory for {during}: {error}. Use a machine with more, or end "
            "other programs that use it."
        )
    return InferenceError(f"Computing failed while {during}: {error}")
