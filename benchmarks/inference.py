"""Time the segmentation of head CTs beside nnU-Net's command line and its predictor kept warm.

``python -m benchmarks.inference`` (``make bench-inference``) trains a small nnU-Net on phantoms
once (kept under var/bench-inference), writes it as this application and as nnU-Net keep models, and
gives both the same phantom heads. Each contender runs in a process of its own with all cores:

- ``nnUNetv2_predict`` as a process, from file to file;
- nnU-Net's predictor in a process that holds the model, from array to array;
- ours the same way, in each precision and backend of the device, and over a queue of cases from
  file to file.

It prints a Markdown table. The last line is one JSON object: how many times as fast as both ours is
in its quickest way with Dice of at least 0.999 (``cli_x``, ``warm_x``), and in its quickest way in
float32 (``fp32_cli_x``, ``fp32_warm_x``), on the first head, from array to array; ``cli_files_x``
compares the command line with ours from file to file. ``--quick`` tries everything once on a small
head.
"""

import argparse
import json
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.inference_contender import Measured, Request
from benchmarks.inference_setup import Head, trained_model, variant, write_nnunet_results
from inference.demo.model import DEMO_MODEL_DIRECTORY

REPOSITORY = Path(__file__).resolve().parent.parent
KEPT = REPOSITORY / "var" / "bench-inference"
THIN = Head("512 × 512 × 160, 1 mm", (160, 512, 512), (1.0, 0.45, 0.45))
THINNER = Head("512 × 512 × 267, 0.6 mm", (267, 512, 512), (0.6, 0.45, 0.45))
SMALL = Head("256 × 256 × 80, 2 mm", (80, 256, 256), (2.0, 0.9, 0.9))
LOWEST_DICE, LARGEST_SHARE = 0.999, 1 / 5000
OURS = {
    "cpu": [
        ("torch", "float32"),
        ("torch", "bfloat16"),
        ("openvino", "float32"),
        ("openvino", "bfloat16"),
    ],
    "cuda": [("torch", "float32"), ("torch", "float16"), ("torch", "bfloat16")],
}


@dataclass(frozen=True)
class Scene:
    """A model and a head that all contenders get.

    Attributes
    ----------
    name
        In words, for the table.
    model
        Directory of the model.
    head
        The head.
    """

    name: str
    model: Path
    head: Head


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes
    ----------
    name
        The contender.
    measured
        What it needed.
    dice, differing
        Overlap with the mask of nnU-Net's warm predictor, and the share of that mask's voxels that
        differ.
    """

    name: str
    measured: Measured
    dice: float
    differing: float


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one small head, everything once")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    arguments = parser.parse_args()
    KEPT.mkdir(parents=True, exist_ok=True)
    model = trained_model(KEPT, _say)
    summary: dict[str, Any] = {}
    for scene in _scenes(model, arguments.quick):
        rows = _measure(scene, arguments.device, arguments.quick)
        _print_table(scene, rows)
        summary = summary or _summary(rows, arguments.device)
    print(json.dumps(summary))


def _scenes(model: Path, quick: bool) -> Iterator[Scene]:
    small = f"{SMALL.name}, 167 574 weights at 1.5 mm"
    if quick:
        yield Scene(small, model, SMALL)
        return
    yield Scene(f"{THIN.name}, 167 574 weights at 1.5 mm", model, THIN)
    yield Scene(f"{THINNER.name}, 167 574 weights at 1.5 mm", model, THINNER)
    yield Scene(f"{small}, mirrored along 3 axes", variant(model, KEPT, mirrored=True), SMALL)
    yield Scene(f"{small}, five folds", variant(model, KEPT, five_folds=True), SMALL)
    demo = f"{SMALL.name}, the demo model at 1.2 × 0.45 × 0.45 mm"
    yield Scene(demo, DEMO_MODEL_DIRECTORY, SMALL)


def _measure(scene: Scene, device: str, quick: bool) -> list[Row]:
    """Let every contender segment the scene's head."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="bench-inference-") as name:
        folder = Path(name)
        write_nnunet_results(scene.model, folder / "results")
        common = Request(
            contender="",
            model=scene.model,
            nnunet_results=folder / "results",
            source=scene.head.file(KEPT),
            folder=folder,
            device=device,
            repeats=1 if quick else 3,
        )
        requests = [("nnU-Net warm", replace(common, contender="nnU-Net warm"))]
        requests += [("nnUNetv2_predict", replace(common, contender="command line"))]
        for backend, precision in OURS[device]:
            ours = replace(common, contender="ours", backend=backend, precision=precision)
            queue = 20 if device == "cuda" else 4
            ours = replace(ours, queue=2 if quick else queue)
            requests.append((f"ours, {backend} {precision}", ours))
        reference: np.ndarray[Any, np.dtype[np.bool_]] | None = None
        for contender, request in requests:
            _say(f"{scene.name}: {contender}")
            measured, mask = _in_a_process(request)
            reference = mask if reference is None else reference
            if not reference.any():
                _say("nnU-Net's mask is empty: speed can be compared, overlap cannot")
            both = int((mask & reference).sum())
            voxels = int(mask.sum()) + int(reference.sum())
            dice = 2 * both / voxels if voxels else float("nan")
            differing = int((mask != reference).sum()) / max(1, int(reference.sum()))
            rows.append(Row(contender, measured, dice, differing))
    return rows


def _in_a_process(request: Request) -> tuple[Measured, np.ndarray[Any, np.dtype[np.bool_]]]:
    file = request.folder / "request.json"
    file.write_text(request.as_json())
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.inference_contender", str(file)]
    subprocess.run(command, cwd=REPOSITORY, check=True)
    measured = Measured(**json.loads((request.folder / "measured.json").read_text()))
    return measured, np.load(request.folder / "mask.npy") > 0


def _print_table(scene: Scene, rows: list[Row]) -> None:
    warm, cli = rows[0].measured.median, rows[1].measured.median
    print(f"\n### {scene.name}\n")
    print(
        "| | s | preprocess | network | export | × warm | × command line | Dice | differing | "
        "floor | queue, s a case | in network | peak MiB |"
    )
    print("|---" * 13 + "|")
    for row in rows:
        measured = row.measured
        stages = [
            f"{measured.stages[stage]:.2f}" if measured.stages else ""
            for stage in ("preprocess", "network", "export")
        ]
        cells = [
            row.name,
            f"{measured.median:.2f}",
            *stages,
            f"{warm / measured.median:.1f}",
            f"{cli / measured.median:.1f}",
            f"{row.dice:.5f}",
            f"1 in {1 / row.differing:.0f}" if row.differing else "none",
            _share(measured.floor_seconds and measured.floor_seconds / measured.median),
            f"{measured.queue_seconds:.2f}" if measured.queue_seconds else "",
            _share(measured.queue_in_network),
            f"{measured.peak_mib:.0f}"
            + (f" + {measured.peak_gpu_mib:.0f} GPU" if measured.peak_gpu_mib else ""),
        ]
        print("| " + " | ".join(cells) + " |", flush=True)


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


def _summary(rows: list[Row], device: str) -> dict[str, Any]:
    """Compare the quickest of ours that are good enough with both peers."""
    warm, cli = rows[0].measured.median, rows[1].measured.median
    ours = rows[2:]
    good = [row for row in ours if row.dice >= LOWEST_DICE]
    exact = [
        row
        for row in ours
        if row.measured.precision == "float32" and row.differing <= LARGEST_SHARE
    ]
    summary: dict[str, Any] = {"device": _device_name(ours, device)}
    for prefix, candidates in (("", good), ("fp32_", exact)):
        if not candidates:
            continue
        best = min(candidates, key=lambda row: row.measured.median)
        seconds = best.measured.median
        summary |= {
            f"{prefix}cli_x": round(cli / seconds, 2),
            f"{prefix}warm_x": round(warm / seconds, 2),
            f"{prefix}dice": round(best.dice, 6),
            f"{prefix}differing": round(best.differing, 7),
            f"{prefix}way": best.name,
        }
        if best.measured.queue_seconds:
            summary[f"{prefix}cli_files_x"] = round(cli / best.measured.queue_seconds, 2)
            summary[f"{prefix}in_network"] = round(best.measured.queue_in_network or 0.0, 3)
    return summary


def _device_name(ours: list[Row], device: str) -> str:
    if device != "cpu":
        return ours[0].measured.device
    models = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return f"{len(models)} × {models[0] if models else platform.machine()}"


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
