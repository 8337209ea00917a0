"""``python -m inference predict``: segment CT volumes."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from inference.errors import InferenceError

if TYPE_CHECKING:
    from inference.prediction.model import Prediction, SegmentationModel
    from inference.volumes import Volume

MASK_ENDINGS = (".nii.gz", ".nii")


@dataclass(frozen=True)
class FileCase:
    """A CT volume's file or folder, and the mask to write.

    Attributes
    ----------
    source
        NIfTI file, or folder or zip of DICOM files.
    mask
        NIfTI file; the provenance goes beside it, with ``.json`` for ``.nii`` or ``.nii.gz``.
    """

    source: Path
    mask: Path

    @property
    def provenance(self) -> Path:
        """The file that says what made the mask."""
        return self.mask.with_name(_without_ending(self.mask) + ".json")

    def read(self) -> "Volume":
        """Read the volume."""
        from inference.volumes import read_volume

        return read_volume(self.source)

    def write(
        self,
        volume: "Volume",
        prediction: "Prediction",
        labels: Mapping[str, int] | None = None,
    ) -> None:
        """Write the mask on the file's grid, and its provenance.

        With the model's labels by name, the tree is measured too.
        """
        from inference.volumes import write_mask

        write_mask(volume, prediction.mask, self.mask)
        provenance = prediction.provenance | {"volume_remarks": list(volume.remarks)}
        if labels is not None:
            from inference.anatomy.hints import findings_or_problem

            provenance["measures"] = findings_or_problem(
                prediction.mask, volume.spacing_zyx_mm, labels, volume.hu
            )
        self.provenance.write_text(json.dumps(provenance, indent=1, ensure_ascii=False) + "\n")


def cases_of(sources: Sequence[Path], output: Path) -> list[FileCase]:
    """Decide where each mask goes.

    Parameters
    ----------
    sources
        One or more inputs.
    output
        A mask's name if there is one input and it ends in ``.nii`` or ``.nii.gz``; else a folder,
        where each mask gets its input's name.

    Raises
    ------
    InferenceError
        If two masks would have the same name, or one would replace its input.
    """
    if output.name.endswith(MASK_ENDINGS):
        if len(sources) > 1:
            raise InferenceError(f"{output} is one file, for {len(sources)} inputs: name a folder")
        cases = [FileCase(sources[0], output)]
    else:
        cases = [
            FileCase(source, output / f"{_without_ending(source)}.nii.gz") for source in sources
        ]
    for number, case in enumerate(cases):
        if case.mask.resolve() == case.source.resolve():
            raise InferenceError(f"{case.source} would be replaced by its mask")
        for earlier in cases[:number]:
            if earlier.mask == case.mask:
                raise InferenceError(
                    f"{earlier.source} and {case.source} would have the same mask {case.mask}: "
                    "rename one, or segment them apart"
                )
    return cases


def predict_files(model: "SegmentationModel", cases: Sequence[FileCase]) -> int:
    """Segment files with a progress bar on the standard error; report each on its own line.

    Returns
    -------
    int
        How many of them could not be segmented.
    """
    from tqdm import tqdm

    from inference.prediction.queue import QueueWork, predict_queue

    failures = 0
    shares = dict.fromkeys(cases, 0.0)
    layout = "{percentage:3.0f}% |{bar}| {elapsed} < {remaining}"
    with tqdm(total=len(cases), bar_format=layout, file=sys.stderr) as bar:

        def show(case: FileCase, share: float) -> None:
            shares[case] = share
            bar.n = sum(shares.values())
            bar.refresh()

        work = QueueWork(
            read=FileCase.read,
            write=lambda case, volume, prediction: case.write(volume, prediction, model.labels),
            progress=lambda case: lambda share: show(case, share),
        )
        for done in predict_queue(model, cases, work):
            show(done.case, 1.0)
            if done.error is None:
                tqdm.write(f"Wrote {done.case.mask} and {done.case.provenance}", file=sys.stdout)
            else:
                failures += 1
                tqdm.write(_named(done.case.source, done.error), file=sys.stderr)
    return failures


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``predict`` to the command line."""
    parser = subparsers.add_parser("predict", help="segment the arteries of CT volumes")
    parser.add_argument("--model", type=Path, required=True, help="directory of the model")
    parser.add_argument(
        "--input",
        type=Path,
        nargs="+",
        required=True,
        help="CT volumes: .nii.gz or .nii, or a folder or zip with the DICOM files of one series",
    )
    parser.add_argument(
        "--output", type=Path, required=True, help="mask to write, .nii.gz; or a folder for masks"
    )
    parser.add_argument("--device", default="cpu", help="cpu (default), cuda or cuda:<number>")
    parser.add_argument(
        "--backend",
        choices=("torch", "openvino"),
        default="torch",
        help="openvino is faster on a CPU, where it is installed",
    )
    parser.add_argument(
        "--precision",
        choices=("float32", "bfloat16", "float16"),
        help="of the network's arithmetic; by default the model's own, on a GPU float16",
    )
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from inference.prediction.model import load_model  # torch and nnU-Net take seconds to import

    try:
        cases = cases_of(arguments.input, arguments.output)
        model = load_model(
            arguments.model,
            device=arguments.device,
            backend=arguments.backend,
            precision=arguments.precision,
        )
        for case in cases:
            case.mask.parent.mkdir(parents=True, exist_ok=True)
    except (InferenceError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(model.notice)
    failures = predict_files(model, cases)
    if failures and len(cases) > 1:
        print(f"{failures} of {len(cases)} inputs were not segmented", file=sys.stderr)
    return 1 if failures else 0


def _named(source: Path, error: InferenceError) -> str:
    """Return the error's message, with the input's name if it is not in it yet."""
    message = str(error)
    return message if source.name in message else f"{source}: {message}"


def _without_ending(path: Path) -> str:
    name = path.name or path.resolve().name
    for ending in (*MASK_ENDINGS, ".zip"):
        if name.endswith(ending):
            return name.removesuffix(ending)
    return name
