"""Grades of any number of raters as arrays on the declared scale."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reader_study.agreement.scale import Scale

Gradings = NDArray[np.int64]
Counts = NDArray[np.int64]

MISSING = -1
"""Position that stands for "not graded by this rater"."""


def grade_positions(grades: Iterable[Sequence[int | None]], scale: Scale, raters: int) -> Gradings:
    """Return (n, R) positions on the scale from the grades of each case, None where missing.

    Raises
    ------
    ValueError
        If a grade is not on the scale, or if a case has not one entry for each rater.
    """
    rows = [[MISSING if grade is None else scale.index(grade) for grade in case] for case in grades]
    if any(len(row) != raters for row in rows):
        raise ValueError(
            f"Every case needs one entry for each of {raters} raters; use None where missing."
        )
    return np.array(rows, dtype=np.int64).reshape(len(rows), raters)


def checked_gradings(gradings: ArrayLike, levels: int) -> Gradings:
    """Return (n, R) positions on a scale of ``levels`` levels, or say what is wrong with them.

    Raises
    ------
    ValueError
        If the array is not two-dimensional with at least two raters, or holds anything but
        whole numbers from 0 to levels − 1 and :data:`MISSING`.
    """
    grades = np.asarray(gradings)
    if grades.ndim != 2 or grades.shape[1] < 2:
        raise ValueError(f"Gradings must be cases × raters, two or more; got shape {grades.shape}.")
    if grades.dtype.kind not in "iu":
        raise ValueError(f"Gradings must be positions on the scale; got values of {grades.dtype}.")
    if np.any((grades < MISSING) | (grades >= levels)):
        raise ValueError(f"Gradings must lie in 0 … {levels - 1}, or be {MISSING} where missing.")
    return grades.astype(np.int64)


def level_counts(gradings: ArrayLike, levels: int) -> Counts:
    """Return (n, K): how many raters gave each case each level."""
    grades = checked_gradings(gradings, levels)
    return np.stack([(grades == level).sum(axis=1) for level in range(levels)], axis=1)


def checked_counts(counts: ArrayLike) -> Counts:
    """Return (n, K) counts of raters by case and level, or say what is wrong with them.

    Raises
    ------
    ValueError
        If the array is not two-dimensional with at least two levels, or holds anything but
        whole numbers from 0 upwards.
    """
    table = np.asarray(counts)
    if table.ndim != 2 or table.shape[1] < 2:
        raise ValueError(f"Counts must be cases × levels, two or more; got shape {table.shape}.")
    if table.dtype.kind not in "iuf" or not np.all((table >= 0) & (table == np.floor(table))):
        raise ValueError("Counts of raters must be whole numbers from 0 upwards.")
    return table.astype(np.int64)
