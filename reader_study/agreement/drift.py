"""Trends over the order of reading, by estimators that outliers and ties do not upset."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri
from scipy.stats import theilslopes

from reader_study.agreement.coefficient import (
    Coefficient,
    Interval,
    checked_confidence,
    rounded_to_zero,
)

LEAST_CASES = 10
TOO_FEW = f"fewer than {LEAST_CASES} cases show no trend"
ONE_GRADE = "every case got the same grade"


@dataclass(frozen=True)
class Slope:
    """A straight line through values over positions, or the reason why there is none."""

    per_case: float | None
    ci: Interval | None
    intercept: float | None
    undefined: str | None = None


def robust_slope(positions: ArrayLike, values: ArrayLike, *, confidence: float = 0.95) -> Slope:
    """Return the median of the slopes of all pairs of cases (Theil 1950, Sen 1968).

    Up to 29 % of the cases may be interrupted readings without moving it far. The interval is
    Sen's (J Am Stat Assoc 63:1379), from the distribution of Kendall's S, ties among the values
    taken into account. The line passes through the medians of positions and values.

    Parameters
    ----------
    positions
        (n,) places in the order of reading.
    values
        (n,) what was measured there.
    confidence
        Level of the interval.
    """
    x, y = np.asarray(positions, dtype=np.float64), np.asarray(values, dtype=np.float64)
    if len(x) < LEAST_CASES:
        return Slope(None, None, None, TOO_FEW)
    line = theilslopes(y, x, alpha=checked_confidence(confidence))
    return Slope(
        float(line.slope), (float(line.low_slope), float(line.high_slope)), float(line.intercept)
    )


def order_association(
    positions: ArrayLike, grades: ArrayLike, *, confidence: float = 0.95
) -> Coefficient:
    """Return Kendall's τ_a of grades over the order of reading, with a jackknife interval.

    With S_ij = sign(x_j − x_i) sign(y_j − y_i), τ_a = Σ_{i≠j} S_ij / (n (n − 1)): among all pairs
    of cases, the share in which the later case has the higher grade minus the share in which it
    has the lower one. Equal grades count for neither, so the coefficient asks nothing of the scale
    but its order. Positions are distinct, and τ_a is then Somers' D of the grade.

    The standard error is the jackknife's, with the leave-one-out values τ_(i) = (Σ c − 2 c_i) /
    ((n − 1)(n − 2)), c_i = Σ_j S_ij; the interval is symmetric in artanh τ (Newson 2002, Stata J
    2:45). It takes cases as exchangeable but for the trend.
    """
    x, y = np.asarray(positions), np.asarray(grades)
    n = len(x)
    if n < LEAST_CASES:
        return Coefficient(None, None, None, TOO_FEW)
    if np.all(y == y[0]):
        return Coefficient(None, None, None, ONE_GRADE)
    concordance = _signs(x) * _signs(y)
    of_case = concordance.sum(axis=1)
    tau = float(of_case.sum() / (n * (n - 1)))
    left_out = (of_case.sum() - 2 * of_case) / ((n - 1) * (n - 2))
    variance = rounded_to_zero(float((n - 1) * np.mean((left_out - left_out.mean()) ** 2)))
    se = float(np.sqrt(variance))
    return Coefficient(tau, se, _interval(tau, se, confidence))


def _signs(values: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.sign(values[None, :] - values[:, None]).astype(np.int64)


def _interval(tau: float, se: float, confidence: float) -> Interval | None:
    if se == 0 or abs(tau) == 1:
        return None
    reach = float(ndtri((1 + checked_confidence(confidence)) / 2)) * se / (1 - tau**2)
    centre = np.arctanh(tau)
    return float(np.tanh(centre - reach)), float(np.tanh(centre + reach))
