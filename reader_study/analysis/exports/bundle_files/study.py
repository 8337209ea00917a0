"""The ratings as the other files use them: grades by case and rater on the declared scale."""

import csv
from dataclasses import dataclass
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
    """Grades by case (rows) and rater (columns), UNSCORABLE where there is none."""

    grades: Grades
    sites: NDArray[np.str_]
    raters: list[str]
    levels: list[int]
    high_from: int
    confidence: float

    @property
    def paired(self) -> Grades:
        """Cases that both raters graded."""
        return np.asarray(self.grades[(self.grades != UNSCORABLE).all(axis=1)])

    @property
    def z(self) -> float:
        """Normal quantile of the confidence level."""
        return float(ndtri((1 + self.confidence) / 2))

    @property
    def tail(self) -> float:
        """Share of the distribution left out at either end."""
        return (1 - self.confidence) / 2


def read_study(protocol: dict[str, Any], names: list[str]) -> Study:
    """Read ratings.csv. Raters stand in the order in which the file names them."""
    with (HERE / "ratings.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    order = list(dict.fromkeys(row["rater"] for row in rows))
    cases = list(dict.fromkeys(row["case"] for row in rows))
    place = {case: number for number, case in enumerate(cases)}
    levels = [int(level["value"]) for level in protocol["levels"]]
    grades = np.full((len(cases), 2), UNSCORABLE)
    sites = np.empty(len(cases), dtype=object)
    for row in rows:
        # Levels become 1, 2, 3 …, so that no grade can be taken for UNSCORABLE.
        grade = levels.index(int(row["grade"])) + 1 if row["grade"] else UNSCORABLE
        grades[place[row["case"]], order.index(row["rater"])] = grade
        sites[place[row["case"]]] = row["site"]
    return Study(
        grades=grades,
        sites=sites.astype(str),
        raters=names,
        levels=list(range(1, len(levels) + 1)),
        high_from=levels.index(protocol["high_from"]) + 1,
        confidence=protocol["confidence"],
    )


def table_of(pairs: Grades, levels: list[int]) -> Grades:
    """Return the contingency table on the declared levels, used or not."""
    if not len(pairs):
        return np.zeros((len(levels), len(levels)), dtype=np.int64)
    return np.asarray(confusion_matrix(pairs[:, 0], pairs[:, 1], labels=levels), dtype=np.int64)
