"""The ratings as the other files use them: grades by case and rater on the declared scale."""

import csv
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from sklearn.metrics import confusion_matrix

Floats = NDArray[np.float64]
Grades = NDArray[np.int64]

HERE = Path(__file__).resolve().parent
TOLERANCE = 1e-6
UNSCORABLE = -1


@dataclass(frozen=True)
class Study:
    """Grades by case (rows) and rater (columns), UNSCORABLE where there is none.

    Grades are places on the scale, whose ``values`` are those of the protocol. ``occlusions`` holds
    the "side" and the "segment" of each case, empty where not known.
    """

    grades: Grades
    sites: NDArray[np.str_]
    levels: list[int]
    high_from: int
    confidence: float
    occlusions: dict[str, NDArray[np.str_]] = field(default_factory=dict)
    values: tuple[int, ...] = ()

    @property
    def paired(self) -> Grades:
        """Cases that both raters graded, in a study of two."""
        return np.asarray(self.grades[(self.grades != UNSCORABLE).all(axis=1)])

    @property
    def pairs(self) -> list["Study"]:
        """The study of each pair of raters, with all its cases."""
        columns = combinations(range(self.grades.shape[1]), 2)
        return [replace(self, grades=self.grades[:, list(pair)]) for pair in columns]

    @property
    def z(self) -> float:
        """Normal quantile of the confidence level."""
        return float(ndtri((1 + self.confidence) / 2))

    @property
    def tail(self) -> float:
        """Share of the distribution left out at either end."""
        return (1 - self.confidence) / 2


def read_study(protocol: dict[str, Any]) -> Study:
    """Read ratings.csv. Raters stand in the order in which the file names them."""
    rows = read_rows("ratings.csv")
    order = list(dict.fromkeys(row["rater"] for row in rows))
    cases = list(dict.fromkeys(row["case"] for row in rows))
    place = {case: number for number, case in enumerate(cases)}
    grades = np.full((len(cases), max(2, len(order))), UNSCORABLE)
    sites = np.empty(len(cases), dtype=object)
    for row in rows:
        grades[place[row["case"]], order.index(row["rater"])] = grade_of(row, protocol)
        sites[place[row["case"]]] = row["site"]
    of_case = {row["case"]: row for row in rows}
    occlusions = {
        key: np.array([of_case[case][f"occlusion_{key}"] for case in cases], dtype=str)
        for key in ("side", "segment")
    }
    return replace(_study(grades, sites, protocol), occlusions=occlusions)


def read_repeats(protocol: dict[str, Any]) -> list[Study]:
    """Read for each rater with hidden repeats the first and the repeated grade of each case."""
    if not (HERE / "repeats.csv").exists():
        return []
    first = {(row["rater"], row["case"]): row for row in read_rows("ratings.csv")}
    repeats = read_rows("repeats.csv")
    studies = []
    for rater in dict.fromkeys(rater for rater, _ in first):
        rows = [row for row in repeats if row["rater"] == rater]
        if not rows:
            continue
        pairs = [
            [grade_of(first[rater, row["case"]], protocol), grade_of(row, protocol)] for row in rows
        ]
        sites = np.array([row["site"] for row in rows], dtype=object)
        studies.append(_study(np.array(pairs), sites, protocol))
    return studies


def read_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file of the bundle."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def grade_of(row: dict[str, str], protocol: dict[str, Any]) -> int:
    """Return the place of a grade on the scale, from 1, so that none is UNSCORABLE."""
    if not row["grade"]:
        return UNSCORABLE
    return [int(level["value"]) for level in protocol["levels"]].index(int(row["grade"])) + 1


def _study(grades: Grades, sites: NDArray[Any], protocol: dict[str, Any]) -> Study:
    values = [int(level["value"]) for level in protocol["levels"]]
    return Study(
        grades=grades,
        sites=sites.astype(str),
        levels=list(range(1, len(values) + 1)),
        high_from=values.index(protocol["high_from"]) + 1,
        confidence=protocol["confidence"],
        values=tuple(values),
    )


def table_of(pairs: Grades, levels: list[int]) -> Grades:
    """Return the contingency table on the declared levels, used or not."""
    if not len(pairs):
        return np.zeros((len(levels), len(levels)), dtype=np.int64)
    return np.asarray(confusion_matrix(pairs[:, 0], pairs[:, 1], labels=levels), dtype=np.int64)
