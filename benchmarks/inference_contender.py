"""One contender of `benchmarks.inference`, in a process of its own: ``… REQUEST.json``.

It segments a NIfTI file a few times, writes its mask as ``mask.npy`` and what it measured as
``measured.json`` into the request's folder.
"""

import contextlib
import io
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import inference  # noqa: F401 - sets what nnU-Net reads when it is imported

KIB = 1024


@dataclass(frozen=True)
class Request:
    """What to measure.

    Attributes
    ----------
    contender
        ``command line``, ``nnU-Net warm`` or ``ours``.
    model, nnunet_results
        The model in its two forms.
    source
        CT volume, NIfTI.
    folder
        Where results go.
    device, backend, precision
        Settings; the last two are ours alone.
    repeats
        Timed predictions, after one that is not timed.
    queue
        Length of the queue of cases, from file to file; ours alone; 0 for none.
    """

    contender: str
    model: Path
    nnunet_results: Path
    source: Path
    folder: Path
    device: str = "cpu"
    backend: str = "torch"
    precision: str | None = None
    repeats: int = 1
    queue: int = 0

    def as_json(self) -> str:
        """The request as JSON."""
        return json.dumps(asdict(self), default=str)


@dataclass
class Measured:
    """What a contender needed.

    Attributes
    ----------
    seconds
        Of each timed prediction.
    stages
        Seconds of each stage in the median prediction; empty where it cannot be told.
    peak_mib
        Largest memory of a process, MiB.
    peak_gpu_mib
        Largest memory allocated by torch on a GPU, MiB.
    floor_seconds
        Tiles (mirrored ones and folds counted) times one pass through the network; ours alone.
    queue_seconds
        A case of the queue from file to file.
    queue_in_network
        Share of the queue's time during which the network computed.
    device, precision
        As the contender says.
    """

    seconds: list[float] = field(default_factory=list)
    stages: dict[str, float] = field(default_factory=dict)
    peak_mib: float = 0.0
    peak_gpu_mib: float = 0.0
    floor_seconds: float | None = None
    queue_seconds: float | None = None
    queue_in_network: float | None = None
    device: str = ""
    precision: str = ""

    @property
    def median(self) -> float:
        """Seconds of the median prediction."""
        return float(np.median(self.seconds))


def _nnunets_command_line(request: Request, measured: Measured) -> NDArray[np.uint8]:
    """``nnUNetv2_predict`` on a folder of one file, from start to end of the process."""
    from inference.models.files import read_model_files
    from inference.volumes import read_volume

    settings = read_model_files(request.model).card.prediction
    inputs, outputs = request.folder / "in", request.folder / "out"
    inputs.mkdir(exist_ok=True)
    shutil.copy(request.source, inputs)
    command = [
        str(Path(sys.executable).with_name("nnUNetv2_predict")),
        *("-i", str(inputs), "-o", str(outputs), "-d", "902"),
        *("-c", settings.configuration, "-f", *settings.folds),
        *("-step_size", str(settings.tile_step), "-device", request.device),
        *([] if settings.mirroring_axes else ["--disable_tta"]),
    ]
    environment = os.environ | {
        name: str(request.nnunet_results)
        for name in ("nnUNet_results", "nnUNet_raw", "nnUNet_preprocessed")
    }
    for _ in range(request.repeats):
        shutil.rmtree(outputs, ignore_errors=True)
        begin = time.perf_counter()
        ended = subprocess.run(command, env=environment, capture_output=True, text=True)
        measured.seconds.append(time.perf_counter() - begin)
        if ended.returncode:
            raise RuntimeError(f"nnUNetv2_predict failed:\n{ended.stderr[-2000:]}")
    measured.precision = "float32" if request.device == "cpu" else "float16"
    return read_volume(next(outputs.glob("*.nii.gz"))).hu.astype(np.uint8)


def _nnunet_warm(request: Request, measured: Measured) -> NDArray[np.uint8]:
    """nnU-Net's predictor in a process that holds the model, on an array in memory."""
    import torch
    from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor

    from inference.models.files import read_model_files
    from inference.volumes import read_volume

    marks: list[float] = []

    class Marking(nnUNetPredictor):  # type: ignore[misc]  # nnunetv2 has no types
        def predict_logits_from_preprocessed_data(self, data: torch.Tensor) -> torch.Tensor:
            marks.append(time.perf_counter())
            logits: torch.Tensor = super().predict_logits_from_preprocessed_data(data)
            marks.append(time.perf_counter())
            return logits

    settings = read_model_files(request.model).card.prediction
    predictor = Marking(
        tile_step_size=settings.tile_step,
        use_mirroring=bool(settings.mirroring_axes),
        device=torch.device(request.device),
        allow_tqdm=False,
    )
    trained = next(request.nnunet_results.glob("*/*"))
    predictor.initialize_from_trained_model_folder(str(trained), tuple(settings.folds))
    volume = read_volume(request.source)
    image = volume.hu[np.newaxis].astype(np.float32)
    spacing = {"spacing": list(volume.spacing_zyx_mm)}
    stages: list[dict[str, float]] = []

    def predict() -> NDArray[np.uint8]:
        marks[:] = [time.perf_counter()]
        mask: NDArray[np.uint8] = predictor.predict_single_npy_array(image, dict(spacing))
        marks.append(time.perf_counter())
        steps = np.diff(marks).tolist()
        stages.append(dict(zip(("preprocess", "network", "export"), steps, strict=True)))
        return mask

    mask = _timed(predict, request, measured)
    measured.stages = _median_stages(stages)
    measured.precision = "float32" if request.device == "cpu" else "float16"
    return mask


def _ours(request: Request, measured: Measured) -> NDArray[np.uint8]:
    from inference.prediction.model import load_model
    from inference.volumes import read_volume

    settings: Any = {"backend": request.backend, "precision": request.precision}
    model = load_model(request.model, device=request.device, **settings)
    volume = read_volume(request.source)
    provenances: list[dict[str, Any]] = []

    def predict() -> NDArray[np.uint8]:
        prediction = model.predict(volume.hu, volume.spacing_zyx_mm)
        provenances.append(prediction.provenance)
        return prediction.mask

    mask = _timed(predict, request, measured)
    measured.stages = _median_stages([provenance["seconds"] for provenance in provenances])
    provenance = provenances[-1]
    measured.device, measured.precision = provenance["device"], provenance["precision"]
    measured.floor_seconds = _floor_seconds(request, provenance)
    if request.queue:
        _measure_queue(model, request, measured)
    return mask


def _floor_seconds(request: Request, provenance: dict[str, Any]) -> float:
    """The tiles, mirrored ones and folds counted, times a tile of the quickest ten in a row."""
    import torch

    from inference.models.files import read_model_files
    from inference.prediction.backends import prepared_networks

    files = read_model_files(request.model)
    device, backend = torch.device(request.device), provenance["backend"]
    precision = provenance["precision"]
    networks, _ = prepared_networks(files, device, backend, precision)
    configuration = files.plans["configurations"][files.card.prediction.configuration]
    tile = torch.randn((1, 1, *configuration["patch_size"]), device=device)
    seconds = []
    with torch.inference_mode():
        for _ in range(5):
            begin = time.perf_counter()
            for logits in networks[0]([tile] * 10):
                logits.cpu()
            seconds.append((time.perf_counter() - begin) / 10)
    passes: int = provenance["tiles"] * len(networks) * 2 ** len(provenance["mirroring_axes"])
    return passes * min(seconds)


def _measure_queue(model: Any, request: Request, measured: Measured) -> None:
    from inference.prediction.command import FileCase
    from inference.prediction.queue import QueueWork, predict_queue

    cases = [
        FileCase(request.source, request.folder / f"mask-{number}.nii.gz")
        for number in range(request.queue)
    ]
    begin = time.perf_counter()
    done = list(predict_queue(model, cases, QueueWork(FileCase.read, FileCase.write)))
    whole = time.perf_counter() - begin
    predictions = [one.prediction for one in done if one.prediction is not None]
    in_network = sum(one.provenance["seconds"]["network"] for one in predictions)
    measured.queue_seconds = whole / len(cases)
    measured.queue_in_network = in_network / whole


def _timed(
    predict: Callable[[], NDArray[np.uint8]], request: Request, measured: Measured
) -> NDArray[np.uint8]:
    predict()
    for _ in range(request.repeats):
        begin = time.perf_counter()
        mask = predict()
        measured.seconds.append(time.perf_counter() - begin)
    return mask


def _median_stages(stages: list[dict[str, float]]) -> dict[str, float]:
    timed = stages[1:]
    names = ("preprocess", "network", "export")
    return {name: float(np.median([seconds[name] for seconds in timed])) for name in names}


_CONTENDERS: dict[str, Callable[[Request, Measured], NDArray[np.uint8]]] = {
    "command line": _nnunets_command_line,
    "nnU-Net warm": _nnunet_warm,
    "ours": _ours,
}


def main() -> None:
    """Measure what the request on the command line asks for."""
    fields = json.loads(Path(sys.argv[1]).read_text())
    paths = {name: Path(fields[name]) for name in ("model", "nnunet_results", "source", "folder")}
    request = Request(**fields | paths)
    measured = Measured()
    with contextlib.redirect_stdout(io.StringIO()):  # nnU-Net talks
        mask = _CONTENDERS[request.contender](request, measured)
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        if who == resource.RUSAGE_SELF and request.contender == "command line":
            continue
        peak_mib = resource.getrusage(who).ru_maxrss / KIB
        measured.peak_mib = max(measured.peak_mib, peak_mib)
    if request.device != "cpu" and request.contender != "command line":
        import torch

        measured.peak_gpu_mib = torch.cuda.max_memory_allocated() / KIB**2
    np.save(request.folder / "mask.npy", mask)
    (request.folder / "measured.json").write_text(json.dumps(asdict(measured)))


if __name__ == "__main__":
    main()
