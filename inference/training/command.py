"""``python -m inference train``: from a table of pairs to a model, step by step."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from inference.errors import InferenceError
from inference.training.workspace import Workspace

Step = Callable[[argparse.Namespace], int]


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``train`` with its steps to the command line."""
    parser = subparsers.add_parser(
        "train",
        help="train a model on one's own pairs of NCCT and CTA",
        description="Steps, in this order; each may be run again and skips what is done.",
    )
    steps = parser.add_subparsers(required=True, metavar="STEP")
    _add_register(steps)
    _add_prepare(steps)
    _add_run(steps)
    _add_export(steps)


def _add_register(steps: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = steps.add_parser(
        "register", help="register each CTA to its NCCT, move labels, draft missing ones"
    )
    _add_table(parser)
    parser.set_defaults(run=_step(_register))


def _add_prepare(steps: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = steps.add_parser("prepare", help="make nnU-Net's data set, plan and preprocess")
    _add_table(parser)
    parser.add_argument(
        "--accept-drafts", action="store_true", help="train on drafts that nobody corrected too"
    )
    parser.add_argument(
        "--folds", type=int, help="cross-validate so many times within the training set"
    )
    parser.add_argument(
        "--labels", type=Path, help='JSON of label values by name: {"background": 0, …}'
    )
    parser.add_argument("--planner", default="ExperimentPlanner", help="nnU-Net's planner")
    parser.add_argument("--gpu-memory", type=float, default=8.0, help="GB that the patch may fill")
    parser.add_argument(
        "--spacing", type=float, nargs=3, metavar=("Z", "Y", "X"), help="the network's grid, mm"
    )
    parser.add_argument(
        "--keep-plans", action="store_true", help="use the plans that are there, edited by hand"
    )
    parser.set_defaults(run=_step(_prepare))


def _add_run(steps: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = steps.add_parser("run", help="train; goes on from the last checkpoint")
    parser.add_argument("folder", type=Path, help="folder of the training")
    parser.add_argument("--trainer", default="nnUNetTrainer", help="nnU-Net's trainer")
    parser.add_argument("--fold", type=int, default=0)
    parser.add_argument("--device", default="cpu", help="cpu (default) or cuda")
    parser.add_argument("--epochs", type=int, help="by default the trainer's own, usually 1000")
    parser.add_argument("--iterations", type=int, help="batches an epoch, by default 250")
    parser.add_argument("--workers", type=int, default=0, help="processes that augment batches")
    parser.set_defaults(run=_step(_train))


def _add_export(steps: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = steps.add_parser("export", help="write the trained model for prediction")
    parser.add_argument("folder", type=Path, help="folder of the training")
    parser.add_argument("--trainer", default="nnUNetTrainer", help="nnU-Net's trainer")
    parser.add_argument("--model", type=Path, required=True, help="directory to write")
    parser.add_argument("--name", required=True, help="small letters, digits, points and dashes")
    parser.add_argument(
        "--notice", required=True, help="what people must be told wherever its output is shown"
    )
    parser.set_defaults(run=_step(_export))


def _add_table(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("table", type=Path, help="CSV: case, site, set, ncct, cta, mask, patient")
    parser.add_argument("--output", type=Path, required=True, help="folder of the training")


def _step(step: Step) -> Step:
    def run(arguments: argparse.Namespace) -> int:
        try:
            return step(arguments)
        except InferenceError as error:
            print(error, file=sys.stderr)
            return 1

    return run


def _register(arguments: argparse.Namespace) -> int:
    from inference.training.cases import register_cases  # SimpleITK takes a while to import
    from inference.training.pairs import read_pairs
    from inference.training.review import update_review, write_summary

    workspace = Workspace(arguments.output)
    records, worked_on = register_cases(read_pairs(arguments.table), workspace, _say)
    write_summary(records, workspace)
    update_review(records, worked_on, workspace)
    failed = sum(record.failure is not None for record in records)
    doubtful = sum(bool(record.doubts) for record in records)
    drafts = sum(record.label == "draft" for record in records)
    _say(
        f"{len(records)} cases: {failed} failed, {doubtful} doubtful, {drafts} with a draft to "
        f"correct. The worst are on top of {workspace.summary}; accept or exclude doubtful ones in "
        f"{workspace.review}."
    )
    return 1 if failed else 0


def _prepare(arguments: argparse.Namespace) -> int:
    from inference.training.dataset import choose_cases, read_labels_file, write_dataset
    from inference.training.pairs import read_pairs
    from inference.training.preparation import PlanSettings, plan, preprocess

    workspace = Workspace(arguments.output)
    labels = None if arguments.labels is None else read_labels_file(arguments.labels)
    choice = choose_cases(
        read_pairs(arguments.table), workspace, accept_drafts=arguments.accept_drafts
    )
    for case, reason in choice.left_out.items():
        _say(f"{case} is left out: {reason}")
    write_dataset(choice, workspace, folds=arguments.folds, labels=labels)
    _say(f"{len(choice.used)} cases are used, {len(choice.left_out)} left out")
    if arguments.keep_plans and workspace.plans.is_file():
        _say(f"Using {workspace.plans}")
    else:
        spacing = None if arguments.spacing is None else tuple(arguments.spacing)
        plan(workspace, PlanSettings(arguments.planner, arguments.gpu_memory, spacing))
        _say(f"Planned: {workspace.plans}")
    preprocess(workspace, _say)
    return 0


def _train(arguments: argparse.Namespace) -> int:
    from inference.training.train import TrainingSettings, train

    settings = TrainingSettings(
        trainer=arguments.trainer,
        fold=arguments.fold,
        device=arguments.device,
        epochs=arguments.epochs,
        iterations=arguments.iterations,
        workers=arguments.workers,
    )
    _say(f"Results: {train(Workspace(arguments.folder), settings, _say)}")
    return 0


def _export(arguments: argparse.Namespace) -> int:
    from inference.training.export import export_model

    sha256 = export_model(
        Workspace(arguments.folder),
        arguments.trainer,
        arguments.model,
        name=arguments.name,
        notice=arguments.notice,
    )
    _say(f"Wrote {arguments.model}, SHA-256 {sha256}")
    _say(json.dumps(json.loads((arguments.model / "model-card.json").read_text())["training"]))
    return 0


def _say(line: str) -> None:
    print(line, flush=True)
