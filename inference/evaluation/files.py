"""Write an evaluation: tables for statistics, JSON for programs."""

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from inference.evaluation.cases import Measured
from inference.evaluation.catalogue import MEASURES
from inference.evaluation.evaluate import Evaluation


def write_cases_csv(evaluation: Evaluation, path: Path) -> None:
    """Write one line a case: the whole tree's measures, empty where undefined, with the reason."""
    lines = [
        [case.case, case.site, case.set, *_cells(case.tree), f"{case.seconds:.1f}", ""]
        for case in evaluation.cases
    ]
    lines += [
        [case.case, case.site, case.set, *[""] * (len(MEASURES) + 2), case.reason]
        for case in evaluation.failed
    ]
    header = ["case", "site", "set", *MEASURES, "undefined", "seconds", "failed"]
    _write_csv(path, header, lines)


def write_arteries_csv(evaluation: Evaluation, path: Path) -> None:
    """Write one line for each artery of each case, as `write_cases_csv` does for the tree."""
    lines = [
        [case.case, case.site, case.set, artery, *_cells(measured)]
        for case in evaluation.cases
        for artery, measured in case.arteries.items()
    ]
    _write_csv(path, ["case", "site", "set", "artery", *MEASURES, "undefined"], lines)


def write_evaluation_json(entry: dict[str, Any], path: Path) -> None:
    """Write an evaluation's JSON; a number that is none, such as NaN, is an error."""
    path.write_text(json.dumps(entry, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def _cells(measured: Measured) -> list[str]:
    values = [measured.values.get(name) for name in MEASURES]
    cells = ["" if value is None else f"{value:.6g}" for value in values]
    reasons = "; ".join(f"{name}: {reason}" for name, reason in measured.undefined.items())
    return [*cells, reasons]


def _write_csv(path: Path, header: list[str], lines: Iterable[list[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *lines])
