"""``python -m inference phantom``: write phantoms as DICOM."""

import argparse
import time
from pathlib import Path

from inference.phantom.dicom import CLINICAL, SMALL, write_phantom_dicom, write_truth


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the subcommand ``phantom``."""
    parser = subparsers.add_parser(
        "phantom",
        help="write synthetic head phantoms (CT and DSA) as DICOM",
        description="Write synthetic head phantoms, each with a non-contrast CT and a two-plane "
        "DSA of the same arteries, as DICOM. Not patients, not for clinical use.",
    )
    parser.add_argument("--seed", type=_not_negative, required=True, help="seed of the first one")
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="folder to fill")
    parser.add_argument(
        "--count", type=_positive, default=1, metavar="N", help="how many, with following seeds"
    )
    parser.add_argument("--small", action="store_true", help="small images, for tests")
    parser.add_argument(
        "--truth", action="store_true", help="write the ground truth to DIR/truth as npz"
    )
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    size = SMALL if arguments.small else CLINICAL
    for number in range(arguments.count):
        seed = arguments.seed + number
        name = f"phantom-{seed:04d}"
        start = time.monotonic()
        written = write_phantom_dicom(seed, arguments.output / name, size=size)
        if arguments.truth:
            write_truth(written, arguments.output / "truth" / f"{name}.npz")
        print(
            f"{number + 1}/{arguments.count} {arguments.output / name}: "
            f"{len(written.ct_files)} CT slices, {len(written.xa_files)} DSA runs, "
            f"clot {written.phantom.occluded_side} M1 ({written.phantom.occlusion}), "
            f"{time.monotonic() - start:.1f} s",
            flush=True,
        )
    return 0


def _not_negative(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text} is negative; give 0 or more")
    return value


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not positive; give 1 or more")
    return value
