"""``python -m inference train-demo``: train the demo model anew."""

import argparse
import dataclasses
from pathlib import Path

from inference.demo.recipe import DEMO_RECIPE, FIRST_TRAINING_SEED, HELD_OUT_SEEDS


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``train-demo`` to the command line."""
    parser = subparsers.add_parser("train-demo", help="train the demo model on phantoms")
    parser.add_argument("--output", type=Path, required=True, help="directory of the model")
    parser.add_argument("--iterations", type=int, default=DEMO_RECIPE.iterations)
    parser.add_argument("--phantoms", type=int, default=len(DEMO_RECIPE.training_seeds))
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from inference.demo.train import train_demo  # torch and nnU-Net take seconds to import

    recipe = dataclasses.replace(
        DEMO_RECIPE,
        iterations=arguments.iterations,
        training_seeds=range(FIRST_TRAINING_SEED, FIRST_TRAINING_SEED + arguments.phantoms),
    )
    train_demo(recipe, HELD_OUT_SEEDS, arguments.output, lambda line: print(line, flush=True))
    print((arguments.output / "MODEL_CARD.md").read_text())
    return 0
