"""How the time that cases took is summed up: pure numbers, in minutes."""

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import Any

MS_A_MINUTE = 60_000

BIN_WIDTHS = [0.5, 1, 2, 5, 10, 15, 30, 60]
MOST_BINS = 20


def median_or_none(values: Sequence[float]) -> float | None:
    """Return the median; None of nothing."""
    return round(median(values), 2) if values else None


def histogram(minutes: Sequence[float]) -> dict[str, list[Any]]:
    """Count in bins of a round width, which begin at 0; the last one holds all that took longer.

    Returns
    -------
    ``edges`` (one more than ``counts``) and ``counts``; both empty without any times.
    """
    if not minutes:
        return {"edges": [], "counts": []}
    longest = max(minutes)
    fitting = (width for width in BIN_WIDTHS if longest < width * MOST_BINS)
    width = next(fitting, BIN_WIDTHS[-1])
    bins = min(math.floor(longest / width) + 1, MOST_BINS)
    edges = [width * number for number in range(bins + 1)]
    edges[-1] = max(edges[-1], math.ceil(longest))
    counts = [sum(low <= value < high for value in minutes) for low, high in pairwise(edges)]
    counts[-1] += sum(value == edges[-1] for value in minutes)
    return {"edges": edges, "counts": counts}
