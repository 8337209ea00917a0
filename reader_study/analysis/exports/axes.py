"""Axes of the paper's figures."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

SHARE_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2)
COEFFICIENT_STEPS = (0.02, 0.05, 0.1, 0.2, 0.5)
MOST_STEPS = 8

_ROUNDING = 1e-9  # 0.3 / 0.1 is just below 3, and must still count as 3 steps


@dataclass(frozen=True)
class Axis:
    """An axis from ``low`` to ``high`` with round ticks, both ends among them."""

    low: float
    high: float
    ticks: tuple[float, ...]


def round_axis(values: Sequence[float], steps: Sequence[float]) -> Axis:
    """Return the shortest axis that holds all values and has at most MOST_STEPS steps.

    Without values the axis goes from 0 to 1. ``steps`` are the widths to choose from, rising;
    the last is taken where none is wide enough.
    """
    smallest, largest = (min(values), max(values)) if values else (0.0, 1.0)
    step = next(
        (s for s in steps if _above(largest, s) - _below(smallest, s) <= MOST_STEPS), steps[-1]
    )
    first = _below(smallest, step)
    last = max(_above(largest, step), first + 1)
    ticks = tuple(round(number * step, 6) for number in range(first, last + 1))
    return Axis(ticks[0], ticks[-1], ticks)


def _below(value: float, step: float) -> int:
    return math.floor(value / step + _ROUNDING)


def _above(value: float, step: float) -> int:
    return math.ceil(value / step - _ROUNDING)
