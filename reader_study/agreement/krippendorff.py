"""Krippendorff's α of any number of raters, missing cells allowed.

α = 1 − (N − 1) Do / De over the N grades of the cases that two or more raters graded: Do the mean
squared difference δ² within cases, each case weighted by its number of raters, De that of all pairs
of grades (Krippendorff 2011, Computing Krippendorff's Alpha-Reliability; 2004, Content
Analysis, 2nd ed., ch. 11).
"""

import math
from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reader_study.agreement.coefficient import Coefficient, rounded_to_zero, wald_interval
from reader_study.agreement.gradings import Counts, checked_counts
from reader_study.agreement.kappa import Weights, checked_weights
from reader_study.agreement.many_raters import NO_PAIRS_OF_GRADES, ONE_LEVEL_THROUGHOUT

Metric = Literal["nominal", "ordinal", "interval", "ratio"]
METRICS: tuple[Metric, ...] = get_args(Metric)

Floats = NDArray[np.float64]


def krippendorff_alpha(
    counts: ArrayLike,
    metric: Metric | Weights = "ordinal",
    *,
    values: Sequence[float] | None = None,
    confidence: float = 0.95,
) -> Coefficient:
    """Return Krippendorff's α with its standard error.

    Parameters
    ----------
    counts
        (n, K) raters of each case who gave each level of the declared scale.
    metric
        How far two levels lie apart: "nominal", "ordinal" (by the number of grades between
        them), "interval" and "ratio" (by their values); or a (K, K) matrix of agreement weights,
        for which 1 − w takes the place of δ².
    values
        The K values of the levels for "interval" and "ratio"; 1 … K unless given.
    confidence
        Level of the Wald interval; its upper end is cut at 1.

    Returns
    -------
    Coefficient
        The standard error is Gwet's linearisation (2014, ch. 5) with δ² held fixed; for
        "ordinal", whose δ² depends on the data, it is therefore an approximation.

    Raises
    ------
    ValueError
        For malformed counts, values or weights, an unknown metric, or a ratio metric with a
        value of 0 or below.
    """
    table = checked_counts(counts)
    table = table[table.sum(axis=1) >= 2]
    if not len(table):
        return Coefficient(None, None, None, NO_PAIRS_OF_GRADES)
    if np.count_nonzero(table.sum(axis=0)) == 1:
        return Coefficient(None, None, None, ONE_LEVEL_THROUGHOUT)
    disagreement = _disagreement(table, metric, values)
    expected = float(_shares(table) @ disagreement @ _shares(table))
    if expected == 0:
        return Coefficient(None, None, None, ONE_LEVEL_THROUGHOUT)
    by_case = _disagreement_by_case(table, disagreement)
    grades = int(table.sum())
    ratio = float(by_case.mean()) / expected
    estimate = 1 - (1 - 1 / grades) * ratio
    se = _standard_error(table, disagreement, by_case, expected)
    return Coefficient(
        estimate, se, None if se is None else wald_interval(estimate, se, confidence)
    )


def squared_differences(counts: ArrayLike, metric: Metric, values: Sequence[float]) -> Floats:
    """Return Krippendorff's δ² (K, K) of every pair of levels.

    Nominal: 1 unless equal. Ordinal: (Σ n_g over the levels from c to k − (n_c + n_k) / 2)², n_g
    the grades of level g. Interval: (c − k)². Ratio: ((c − k) / (c + k))².
    """
    totals = checked_counts(counts).sum(axis=0).astype(np.float64)
    if metric == "ordinal":
        middle = np.cumsum(totals) - totals / 2
        return np.asarray((middle[:, None] - middle[None, :]) ** 2)
    if metric == "nominal":
        return 1 - np.eye(len(totals))
    if metric not in METRICS:
        raise ValueError(f"The metric must be one of {', '.join(METRICS)}; got {metric!r}.")
    level = np.asarray(values, dtype=np.float64)
    if level.shape != totals.shape:
        raise ValueError(f"There are {len(totals)} levels but {len(level)} values.")
    difference = level[:, None] - level[None, :]
    if metric == "interval":
        return np.asarray(difference**2)
    if np.any(level <= 0):
        raise ValueError("The ratio metric needs level values above 0.")
    return np.asarray((difference / (level[:, None] + level[None, :])) ** 2)


def _disagreement(
    table: Counts, metric: Metric | Weights, values: Sequence[float] | None
) -> Floats:
    """Return δ² (K, K) scaled to at most 1."""
    levels = table.shape[1]
    if not isinstance(metric, str):
        return 1 - checked_weights(metric, levels)
    squares = squared_differences(table, metric, range(1, levels + 1) if values is None else values)
    return np.asarray(squares / squares.max(), dtype=np.float64)


def _shares(table: Counts) -> Floats:
    return np.asarray(table.sum(axis=0) / table.sum(), dtype=np.float64)


def _disagreement_by_case(table: Counts, disagreement: Floats) -> Floats:
    """Return each case's disagreement, so weighted that its mean is that of all grades."""
    raters = table.sum(axis=1)
    return np.asarray(
        np.sum(table * (table @ disagreement), axis=1) / (raters.mean() * (raters - 1)),
        dtype=np.float64,
    )


def _standard_error(
    table: Counts, disagreement: Floats, by_case: Floats, expected: float
) -> float | None:
    """Return the standard error; None for a single case."""
    n = len(table)
    if n < 2:
        return None
    mean_raters = float(table.sum(axis=1).mean())
    excess = table.sum(axis=1) / mean_raters - 1
    observed = float(by_case.mean())
    of_observed = by_case - observed - (1 - 1 / table.sum()) * observed * excess
    chance = (table @ disagreement @ _shares(table)) / mean_raters
    of_expected = chance - expected - expected * excess
    influence = of_observed - 2 * observed / expected * of_expected
    variance = float(np.sum(influence**2)) / (n * (n - 1) * expected**2)
    return math.sqrt(rounded_to_zero(variance))
