"""Contingency tables of two raters on the declared scale.

The table always has one row and one column for every declared level, used or not: dropping
unused levels changes the spacing of linear and quadratic weights and so changes weighted κ.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reader_study.agreement.scale import Scale

Table = NDArray[np.int64]


def contingency_table(pairs: Iterable[tuple[int, int]], scale: Scale) -> Table:
    """Count pairs of grades.

    Parameters
    ----------
    pairs
        (rater 1's grade, rater 2's grade) of each case that both raters graded.
    scale
        The declared scale; K levels.

    Returns
    -------
    Table
        (K, K) counts; rows rater 1, columns rater 2, lowest level first.

    Raises
    ------
    ValueError
        If a grade is not on the scale.
    """
    size = len(scale.levels)
    table = np.zeros((size, size), dtype=np.int64)
    for first, second in pairs:
        table[scale.index(first), scale.index(second)] += 1
    return table


def pair_table(first: NDArray[np.int64], second: NDArray[np.int64], levels: int) -> Table:
    """Count the cases that both raters graded, from positions (n,) on the scale.

    A negative position stands for a missing grade.
    """
    both = (first >= 0) & (second >= 0)
    cells = first[both] * levels + second[both]
    return np.bincount(cells, minlength=levels * levels).reshape(levels, levels)


def checked_table(table: ArrayLike) -> Table:
    """Return a table as int64 counts, or say what is wrong with it.

    Raises
    ------
    ValueError
        If the table is not square, has fewer than two levels, or holds anything but whole
        numbers from 0 upwards.
    """
    counts = np.asarray(table)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
        raise ValueError(
            f"A contingency table must be square (levels × levels); got shape {counts.shape}."
        )
    if counts.shape[0] < 2:
        raise ValueError("A contingency table needs at least two levels.")
    if counts.dtype.kind not in "iuf":
        raise ValueError(f"A contingency table must hold counts; got values of {counts.dtype}.")
    if not np.all(np.isfinite(counts)) or np.any(counts < 0) or np.any(counts != np.floor(counts)):
        raise ValueError("Counts of a contingency table must be whole numbers from 0 upwards.")
    return counts.astype(np.int64)


def two_by_two(table: ArrayLike) -> Table:
    """Return a 2×2 table of counts, low level first, or refuse a longer scale."""
    counts = checked_table(table)
    if counts.shape != (2, 2):
        raise ValueError(
            f"This index needs a 2 × 2 table; got {counts.shape[0]} levels. Cut the scale first."
        )
    return counts


def dichotomised(table: ArrayLike, high_index: int) -> Table:
    """Collapse a (K, K) table at the cut-point.

    Parameters
    ----------
    table
        (K, K) counts, lowest level first.
    high_index
        Position of the lowest level that counts as high, 1 … K-1.

    Returns
    -------
    Table
        (2, 2) counts, low first: ``[[low/low, low/high], [high/low, high/high]]``.
    """
    counts = checked_table(table)
    if not 1 <= high_index < counts.shape[0]:
        raise ValueError(
            f"The cut-point must lie between level 2 and level {counts.shape[0]}; "
            f"got position {high_index + 1}."
        )
    starts = [0, high_index]
    return np.add.reduceat(np.add.reduceat(counts, starts, axis=0), starts, axis=1)
