"""Intraclass correlations, for scales whose steps count as equal.

The six forms of Shrout & Fleiss (1979, Psychol Bull 86:420) with F-based intervals (ibid.; McGraw
& Wong 1996, Psychol Methods 1:30). On an ordinal scale they take the level values at face
value: quadratically weighted κ asks for the same and is the better known of the two.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import f as f_distribution

from reader_study.agreement.coefficient import Interval, checked_confidence

IccForm = Literal["ICC(1,1)", "ICC(2,1)", "ICC(3,1)", "ICC(1,k)", "ICC(2,k)", "ICC(3,k)"]


@dataclass(frozen=True)
class IntraclassCorrelation:
    """One intraclass correlation, or the reason why it does not exist.

    Attributes
    ----------
    estimate, ci
        The coefficient and its F-based interval. The interval is None at perfect agreement,
        where it would have no width, and where no degrees of freedom are left for it.
    f, df, p
        Test of the coefficient being 0.
    undefined
        Why there is no estimate, for people; None where there is one.
    """

    estimate: float | None
    ci: Interval | None
    f: float | None
    df: tuple[int, int] | None
    p: float | None
    undefined: str | None = None


@dataclass(frozen=True)
class _MeanSquares:
    """Two-way analysis of variance of n cases by k raters."""

    n: int
    k: int
    cases: float
    raters: float
    error: float
    within: float


def intraclass_correlations(
    grades: ArrayLike, *, confidence: float = 0.95
) -> dict[IccForm, IntraclassCorrelation]:
    """Return the six intraclass correlations of complete ratings.

    ICC(1,·): each case has other raters; ICC(2,·): the raters are a sample, absolute agreement;
    ICC(3,·): these raters only, consistency. (·,1) is of one rater, (·,k) of the raters' mean.

    Parameters
    ----------
    grades
        (n, k) level values, one column for each rater; cases with NaN are left out.
    confidence
        Level of the intervals.
    """
    checked_confidence(confidence)
    values = np.asarray(grades, dtype=np.float64)
    if values.ndim != 2:
        raise ValueError(f"Grades must be cases × raters; got shape {values.shape}.")
    values = values[~np.isnan(values).any(axis=1)]
    reason = _why_undefined(values)
    if reason:
        nothing = IntraclassCorrelation(None, None, None, None, None, reason)
        return dict.fromkeys(_FORMS, nothing)
    squares = _mean_squares(values)
    tail = (1 - confidence) / 2
    singles = (_one_way(squares, tail), _absolute(squares, tail), _consistency(squares, tail))
    averages = (_of_mean(single, squares.k) for single in singles)
    return dict(zip(_FORMS, (*singles, *averages), strict=True))


_FORMS: tuple[IccForm, ...] = (
    "ICC(1,1)",
    "ICC(2,1)",
    "ICC(3,1)",
    "ICC(1,k)",
    "ICC(2,k)",
    "ICC(3,k)",
)


def _why_undefined(values: np.ndarray) -> str | None:
    if len(values) < 2 or values.shape[1] < 2:
        return "an intraclass correlation needs two cases that two raters graded"
    if np.ptp(values) == 0:
        return "every grade is one and the same, so there is no variance to divide"
    return None


def _mean_squares(values: np.ndarray) -> _MeanSquares:
    n, k = values.shape
    grand = values.mean()
    case_means, rater_means = values.mean(axis=1), values.mean(axis=0)
    of_cases = k * float(np.sum((case_means - grand) ** 2))
    of_raters = n * float(np.sum((rater_means - grand) ** 2))
    residual = values - case_means[:, None] - rater_means[None, :] + grand
    of_error = float(np.sum(residual**2))
    rounding = 1e-12 * float(np.sum((values - grand) ** 2))
    of_cases, of_raters, of_error = (
        0.0 if part < rounding else part for part in (of_cases, of_raters, of_error)
    )
    return _MeanSquares(
        n,
        k,
        of_cases / (n - 1),
        of_raters / (k - 1),
        of_error / ((n - 1) * (k - 1)),
        (of_raters + of_error) / (n * (k - 1)),
    )


def _one_way(s: _MeanSquares, tail: float) -> IntraclassCorrelation:
    df = (s.n - 1, s.n * (s.k - 1))
    return _ratio_of(s.cases, s.within, s.k, df, tail)


def _consistency(s: _MeanSquares, tail: float) -> IntraclassCorrelation:
    if s.cases == s.error == 0:
        reason = "the raters differ by a constant and the cases do not differ"
        return IntraclassCorrelation(None, None, None, None, None, reason)
    df = (s.n - 1, (s.n - 1) * (s.k - 1))
    return _ratio_of(s.cases, s.error, s.k, df, tail)


def _ratio_of(
    cases: float, error: float, k: int, df: tuple[int, int], tail: float
) -> IntraclassCorrelation:
    """Return (cases − error) / (cases + (k − 1) error) with its exact F interval."""
    estimate = (cases - error) / (cases + (k - 1) * error)
    if error == 0:
        return IntraclassCorrelation(estimate, None, None, df, 0.0)
    f = cases / error
    low = f / float(f_distribution.isf(tail, *df))
    high = f * float(f_distribution.isf(tail, df[1], df[0]))
    limits = ((low - 1) / (low + k - 1), (high - 1) / (high + k - 1))
    return IntraclassCorrelation(estimate, limits, f, df, float(f_distribution.sf(f, *df)))


def _absolute(s: _MeanSquares, tail: float) -> IntraclassCorrelation:
    """Return ICC(2,1); its interval rests on Satterthwaite's degrees of freedom."""
    n, k = s.n, s.k
    df = (n - 1, (n - 1) * (k - 1))
    total = s.cases + (k - 1) * s.error + k * (s.raters - s.error) / n
    if total <= 0:
        reason = "neither the cases nor the raters differ beyond the error"
        return IntraclassCorrelation(None, None, None, None, None, reason)
    estimate = (s.cases - s.error) / total
    if s.error == 0:
        return IntraclassCorrelation(estimate, None, None, df, 0.0 if s.cases else None)
    rater_f = s.raters / s.error
    from_raters = k * estimate * rater_f
    from_error = n * (1 + (k - 1) * estimate) - k * estimate
    f = s.cases / s.error
    p = float(f_distribution.sf(f, *df))
    if math.isclose(from_raters, -from_error):
        # No degrees of freedom are left for an interval.
        return IntraclassCorrelation(estimate, None, f, df, p)
    freedom = df[1] * (from_raters + from_error) ** 2
    freedom /= df[0] * from_raters**2 + from_error**2
    low_f = float(f_distribution.isf(tail, n - 1, freedom))
    high_f = float(f_distribution.isf(tail, freedom, n - 1))
    noise = k * s.raters + (k * n - k - n) * s.error
    low = n * (s.cases - low_f * s.error) / (low_f * noise + n * s.cases)
    high = n * (high_f * s.cases - s.error) / (noise + n * high_f * s.cases)
    return IntraclassCorrelation(estimate, (low, high), f, df, p)


def _of_mean(single: IntraclassCorrelation, k: int) -> IntraclassCorrelation:
    """Return the coefficient of the mean of k raters (Spearman–Brown)."""

    def stepped_up(value: float) -> float:
        return k * value / (1 + (k - 1) * value)

    if single.estimate is None or 1 + (k - 1) * single.estimate <= 0:
        reason = single.undefined or "the cases do not differ at all, so their mean is no measure"
        return IntraclassCorrelation(None, None, None, None, None, reason)
    ci = None if single.ci is None else (stepped_up(single.ci[0]), stepped_up(single.ci[1]))
    return IntraclassCorrelation(stepped_up(single.estimate), ci, single.f, single.df, single.p)
