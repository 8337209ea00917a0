"""``python -m inference import-model``: take over a model that was trained with nnU-Net."""

import argparse
import json
import sys
from pathlib import Path

from inference.errors import InferenceError


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``import-model`` to the command line."""
    parser = subparsers.add_parser(
        "import-model", help="import a model of nnU-Net: a results folder or an exported zip"
    )
    add_import_arguments(parser)
    parser.add_argument("--output", type=Path, required=True, help="directory of the model")
    parser.set_defaults(run=_run)


def add_import_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what every import of a model asks for."""
    parser.add_argument("source", type=Path, help="results folder of nnU-Net, or its exported zip")
    parser.add_argument("--name", required=True, help="small letters, digits, points and dashes")
    parser.add_argument(
        "--notice", required=True, help="what people must be told wherever its masks are shown"
    )
    parser.add_argument(
        "--configuration", help="which one, where there are several: for example 3d_fullres"
    )
    parser.add_argument(
        "--precision",
        choices=("float32", "bfloat16"),
        default="float32",
        help="arithmetic on a CPU; float32 (default) gives nnU-Net's own masks",
    )
    parser.add_argument(
        "--smallest-component-mm3",
        type=float,
        default=0.0,
        metavar="X",
        help="remove smaller connected parts of a mask; 0 (default) keeps all",
    )


def _run(arguments: argparse.Namespace) -> int:
    from inference.models.importing.importing import import_model

    try:
        sha256 = import_model(
            arguments.source,
            arguments.output,
            name=arguments.name,
            notice=arguments.notice,
            configuration=arguments.configuration,
            precision=arguments.precision,
            smallest_component_mm3=arguments.smallest_component_mm3,
        )
    except InferenceError as error:
        print(error, file=sys.stderr)
        return 1
    card = json.loads((arguments.output / "model-card.json").read_text())
    for remark in card["origin"]["remarks"]:
        print(remark)
    print(f"Wrote {arguments.output}, SHA-256 {sha256}")
    return 0
