"""``python -m inference evaluate``: measure segmentations against the truth."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inference.errors import InferenceError

if TYPE_CHECKING:
    from inference.evaluation.cases import FailedCase, MeasuredCase
    from inference.evaluation.evaluate import Evaluation
    from inference.prediction.model import SegmentationModel


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``evaluate`` to the command line."""
    parser = subparsers.add_parser(
        "evaluate",
        help="measure segmentations against the truth, per case and per set",
        description="Measure predicted masks against true ones. The table is a CSV file with the "
        "columns case, site, set, mask and ncct (to predict now) or predicted (masks that are "
        "there). Definitions of all measures: docs/evaluation.md.",
    )
    parser.add_argument("--table", type=Path, required=True, metavar="CSV", help="the cases")
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="for the results")
    parser.add_argument("--model", type=Path, metavar="DIR", help="segment the CTs with this model")
    parser.add_argument("--device", default="cpu", help="cpu (default), cuda or cuda:<number>")
    parser.add_argument(
        "--labels",
        type=Path,
        metavar="JSON",
        help="names of the true masks' labels: an nnU-Net dataset.json, or {name: value}; "
        "the model's own by default",
    )
    parser.add_argument(
        "--predicted-labels",
        type=Path,
        metavar="JSON",
        help="the same for the masks in the column predicted",
    )
    parser.add_argument(
        "--card", action="store_true", help="put the evaluation into the model's card"
    )
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    try:
        return _evaluate(arguments)
    except InferenceError as error:
        print(error, file=sys.stderr)
        return 1


def _evaluate(arguments: argparse.Namespace) -> int:
    if arguments.card and arguments.model is None:
        raise InferenceError("--card needs --model: the card is the model's")
    from inference.evaluation.evaluate import evaluate_cases
    from inference.evaluation.reading import CaseReader
    from inference.evaluation.table import read_case_table

    files = read_case_table(arguments.table, predicting=arguments.model is not None)
    model = _load(arguments)
    labels = _labels(arguments, model)
    arguments.output.mkdir(parents=True, exist_ok=True)
    reader = CaseReader(model, *labels, masks_folder=arguments.output / "masks")
    evaluation = evaluate_cases(map(reader.read, files), report=_print_case)
    entry = evaluation.as_json() | {
        "model": {"name": model.name, "sha256": model.sha256, "notice": model.notice}
        if model
        else None
    }
    _write(evaluation, entry, arguments.output)
    if arguments.card and evaluation.cases:
        from inference.evaluation.card import put_into_card

        put_into_card(arguments.model, entry)
        print(f"Put the evaluation into the card of {arguments.model}")
    _print_summary(evaluation)
    return 1 if evaluation.failed else 0


def _load(arguments: argparse.Namespace) -> "SegmentationModel | None":
    if arguments.model is None:
        return None
    from inference.prediction.model import load_model  # torch and nnU-Net take seconds to import

    model = load_model(arguments.model, device=arguments.device)
    print(model.notice)
    return model


def _labels(
    arguments: argparse.Namespace, model: "SegmentationModel | None"
) -> tuple[dict[str, int], dict[str, int]]:
    """Names of the labels of the true and of the predicted masks."""
    if model is not None:
        true = model.labels if arguments.labels is None else _read_label_names(arguments.labels)
        return true, model.labels
    return (
        {} if arguments.labels is None else _read_label_names(arguments.labels),
        {} if arguments.predicted_labels is None else _read_label_names(arguments.predicted_labels),
    )


def _read_label_names(path: Path) -> dict[str, int]:
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise InferenceError(f"{path} cannot be read as JSON: {error}") from error
    names = content.get("labels", content) if isinstance(content, dict) else None
    if not isinstance(names, dict) or not all(type(value) is int for value in names.values()):
        raise InferenceError(f"{path} must hold label values by name, such as {{'L-M1': 4}}")
    return names


def _write(evaluation: "Evaluation", entry: dict[str, Any], output: Path) -> None:
    from inference.evaluation.files import (
        write_arteries_csv,
        write_cases_csv,
        write_evaluation_json,
    )

    write_cases_csv(evaluation, output / "cases.csv")
    if any(case.arteries for case in evaluation.cases):
        write_arteries_csv(evaluation, output / "arteries.csv")
    write_evaluation_json(entry, output / "evaluation.json")
    if evaluation.cases:
        from inference.evaluation.figures import draw_figures

        notice = entry["model"]["notice"] if entry["model"] else ""
        draw_figures(entry, output / "figures", notice=notice)


def _print_case(case: "MeasuredCase | FailedCase") -> None:
    from inference.evaluation.cases import FailedCase

    if isinstance(case, FailedCase):
        print(f"{case.set}, {case.case}: {case.reason}", file=sys.stderr, flush=True)
        return
    shown = ", ".join(
        f"{name} {_number(case.tree.values[name])}" for name in ("dice", "cl_dice", "hd95_mm")
    )
    print(f"{case.set}, {case.case}: {shown} ({case.seconds:.1f} s)", flush=True)


def _print_summary(evaluation: "Evaluation") -> None:
    for name, one in evaluation.sets.items():
        failed = f", {one.failed} failed" if one.failed else ""
        print(f"{name}: n = {one.n}{failed}", end="")
        if one.n:
            dice = one.measures["dice"]
            print(f", DSC {_number(dice.mean)} ± {_number(dice.sd)}", end="")
        print()


def _number(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"
