"""The case bootstrap of κ of a 2×2 table without Monte-Carlo error.

The bootstrap with infinitely many resamples: every table of n cases is enumerated with its
multinomial probability under the observed shares. A check of the resampled interval, and the
answer itself where n is small.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, xlogy
from scipy.stats import binom

from reader_study.agreement.coefficient import Interval, checked_confidence
from reader_study.agreement.contingency import Table, two_by_two
from reader_study.agreement.kappa import NO_PAIRS, ONE_LEVEL
from reader_study.agreement.resampling import REFUSE_UNDEFINED_SHARE

MOST_TABLES = 3_000_000

_NEGLIGIBLE = 1e-13  # probability outside the counts that are enumerated, for each cell and side

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ExactBootstrap:
    """Exact bootstrap distribution of κ, given that κ is defined.

    Attributes
    ----------
    undefined_probability
        Probability of a resample in which κ is undefined.
    mean, sd
        Of the defined κ; None where no resample defines κ.
    ci
        Percentile interval: the smallest κ that reach probability α/2 and 1 − α/2. None where it is
        refused.
    refused
        Why there is no interval, for people; None where there is one.
    """

    undefined_probability: float
    mean: float | None
    sd: float | None
    ci: Interval | None
    refused: str | None


def exact_bootstrap_kappa(table: ArrayLike, *, confidence: float = 0.95) -> ExactBootstrap:
    """Return the exact bootstrap of Cohen's κ of a 2×2 table.

    Parameters
    ----------
    table
        (2, 2) counts. All weightings are the same on two levels.
    confidence
        Level of the percentile interval.

    Raises
    ------
    ValueError
        If the table is not 2×2, or so large that more than :data:`MOST_TABLES` tables would have to
        be enumerated; use :func:`~reader_study.agreement.bootstrap.bootstrap_kappas` there.
    """
    counts = two_by_two(table)
    checked_confidence(confidence)
    if not counts.sum():
        return ExactBootstrap(1.0, None, None, None, NO_PAIRS)
    kappas, probability = _distribution(counts)
    defined = ~np.isnan(kappas)
    undefined = float(probability[~defined].sum())
    if not defined.any():
        return ExactBootstrap(1.0, None, None, None, ONE_LEVEL)
    kappas, probability = kappas[defined], probability[defined] / probability[defined].sum()
    mean = float(probability @ kappas)
    sd = float(np.sqrt(probability @ (kappas - mean) ** 2))
    ci, refused = _percentiles(kappas, probability, undefined, (1 - confidence) / 2)
    return ExactBootstrap(undefined, mean, sd, ci, refused)


def _distribution(counts: Table) -> tuple[Floats, Floats]:
    """Return κ (NaN where undefined) and probability of every table that can be drawn."""
    n = int(counts.sum())
    cells = counts.ravel()
    order = np.argsort(cells)  # the largest cell takes what the other three leave
    ranges = [_likely_counts(n, int(cells[cell])) for cell in order[:3]]
    size = int(np.prod([len(counted) for counted in ranges]))
    if size > MOST_TABLES:
        raise ValueError(
            f"{n} cases make {size} tables, too many to enumerate; resample them instead."
        )
    smaller = np.meshgrid(*ranges, indexing="ij", sparse=True)
    largest = n - smaller[0] - smaller[1] - smaller[2]
    possible = largest >= 0
    drawn: list[Floats] = [np.empty(0)] * 4
    for cell, axis in zip(order, (*smaller, largest), strict=True):
        drawn[cell] = np.broadcast_to(axis, largest.shape)[possible].astype(np.float64)
    log_probability = gammaln(n + 1) + sum(
        xlogy(count, share) - gammaln(count + 1)
        for count, share in zip(drawn, cells / n, strict=True)
    )
    return _kappas(*drawn), np.exp(log_probability)


def _likely_counts(n: int, cell: int) -> NDArray[np.int64]:
    if cell == 0:
        return np.zeros(1, dtype=np.int64)
    low, high = binom.ppf(_NEGLIGIBLE, n, cell / n), binom.isf(_NEGLIGIBLE, n, cell / n)
    return np.arange(max(int(low) - 1, 0), min(int(high) + 1, n) + 1)


def _kappas(a: Floats, b: Floats, c: Floats, d: Floats) -> Floats:
    """Return κ = 2 (ad − bc) / ((a + b)(b + d) + (a + c)(c + d)) of [[a, b], [c, d]]."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(2 * (a * d - b * c) / ((a + b) * (b + d) + (a + c) * (c + d)))


def _percentiles(
    kappas: Floats, probability: Floats, undefined: float, tail: float
) -> tuple[Interval | None, str | None]:
    if undefined > REFUSE_UNDEFINED_SHARE:
        return None, (
            f"κ is undefined with probability {undefined:.3f}, more than the "
            f"{REFUSE_UNDEFINED_SHARE:.2f} up to which an interval is given"
        )
    if np.ptp(kappas) == 0:
        return None, (
            f"every resample gives the same κ ({kappas[0]:.2f}), so the bootstrap says nothing "
            "about its uncertainty"
        )
    order = np.argsort(kappas)
    reached = np.cumsum(probability[order])
    low, high = np.searchsorted(reached, (tail, 1 - tail))
    last = len(order) - 1
    return (float(kappas[order[min(low, last)]]), float(kappas[order[min(high, last)]])), None
