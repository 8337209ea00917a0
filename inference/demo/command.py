"""``python -m inference train-demo``: the seed study in small, on phantoms."""

import argparse
import json
import os
import time
from pathlib import Path
from typing import Any


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``train-demo`` to the command line."""
    parser = subparsers.add_parser(
        "train-demo",
        help="train and evaluate the demo model on phantoms, also beyond occlusions",
        description="Make phantom NCCT-CTA pairs, register them, train, evaluate each set, and "
        "measure how much of the arteries beyond an occlusion the model finds. Phantoms only, not "
        "for clinical use.",
    )
    parser.add_argument(
        "--output", type=Path, required=True, metavar="DIR", help="folder for model and figures"
    )
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from inference.demo.design import DEMO_DESIGN
    from inference.demo.train import train_demo  # torch and nnU-Net take seconds to import

    begin = time.monotonic()

    def report(line: str) -> None:
        print(f"{(time.monotonic() - begin) / 60:5.1f} min  {line}", flush=True)

    card = train_demo(DEMO_DESIGN, arguments.output, report, processes=os.cpu_count() or 1)
    print(f"\n{_table(card)}\n\n{_how_to_use(arguments.output)}\n")
    print(json.dumps(summary_line(card, (time.monotonic() - begin) / 60)))
    return 0


def summary_line(card: dict[str, Any], minutes: float) -> dict[str, Any]:
    """Return the figures of the last line: Dice by set, and what was found beyond occlusions."""
    beyond = card["occlusion"]["measures"]
    sets = card["evaluation"]["sets"]
    shares = ("recall_beyond_occlusion", "centre_line_recall_beyond_occlusion")
    return {
        "dice": {name: round(one["measures"]["dice"]["mean"], 3) for name, one in sets.items()},
        **{share: round(beyond[share]["mean"], 3) for share in shares},
        "minutes": round(minutes, 1),
    }


def _table(card: dict[str, Any]) -> str:
    sets = card["evaluation"]["sets"]
    names = list(next(iter(sets.values()))["measures"])
    lines = ["Phantoms only. Mean ± SD by set:", ""]
    lines.append(f"{'':<28}" + "".join(f"{name:>22}" for name in sets))
    lines.append(f"{'n':<28}" + "".join(f"{one['n']:>22}" for one in sets.values()))
    for name in names:
        cells = "".join(f"{_mean(one['measures'][name]):>22}" for one in sets.values())
        lines.append(f"{name:<28}{cells}")
    occlusion = card["occlusion"]
    lines += ["", f"{occlusion['n']} other phantoms with one M1 occluded:"]
    for name, summary in occlusion["measures"].items():
        lines.append(f"{name:<44}{_mean(summary):>16}  95 % CI {_interval(summary)}")
    return "\n".join(lines)


def _mean(summary: dict[str, Any]) -> str:
    if summary["mean"] is None:
        return "undefined"
    spread = "" if summary["sd"] is None else f" ± {summary['sd']:.3f}"
    return f"{summary['mean']:.3f}{spread}"


def _interval(summary: dict[str, Any]) -> str:
    if summary["ci"] is None:
        return "none"
    low, high = summary["ci"]
    return f"{low:.3f} to {high:.3f}"


def _how_to_use(output: Path) -> str:
    return (
        f"The model is in {output / 'model'}, its figures in {output / 'figures'}.\n"
        f"Look at it in a new demo study (a var/ without one): make demo MODEL={output / 'model'}"
    )
