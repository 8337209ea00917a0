"""Do two raters differ in how they use the scale? Tests and an interval for paired rates.

All of them look only at the cases on which the raters differ: they compare the raters' habits,
not their agreement.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, ndtri
from scipy.stats import binomtest

from reader_study.agreement.coefficient import Interval, checked_confidence
from reader_study.agreement.contingency import checked_table, two_by_two
from reader_study.agreement.kappa import NO_PAIRS

NO_DISAGREEMENT = "the raters never differ, so there is nothing to compare"

_BISECTIONS = 60  # halvings of an interval of length 2: below the spacing of floats


@dataclass(frozen=True)
class ChiSquareTest:
    """A χ² test, or the reason why it does not exist.

    Attributes
    ----------
    statistic, df, p
        χ², its degrees of freedom and the two-sided p value; None where undefined.
    undefined
        Why there is no test, for people; None where there is one.
    """

    statistic: float | None
    df: int | None
    p: float | None
    undefined: str | None = None


@dataclass(frozen=True)
class McNemarTest:
    """McNemar's test in its three forms, and the difference of rates that it tests.

    Attributes
    ----------
    asymptotic, corrected
        Without and with Edwards' continuity correction.
    exact_p
        Two-sided p of the exact conditional (binomial) test; None without cases.
    difference
        Rater 1's rate of high minus rater 2's; None without cases.
    ci
        Tango's score interval of the difference; None without cases.
    """

    asymptotic: ChiSquareTest
    corrected: ChiSquareTest
    exact_p: float | None
    difference: float | None
    ci: Interval | None


def mcnemar(table: ArrayLike, *, confidence: float = 0.95) -> McNemarTest:
    """Compare the rates of high of two raters in a 2×2 table, low level first.

    With b and c the cases that only rater 1 and only rater 2 called high: χ² = (b − c)² / (b + c)
    (McNemar 1947, Psychometrika 12:153), corrected (|b − c| − 1)² / (b + c) (Edwards 1948,
    Psychometrika 13:185), exact: b is binomial of b + c and ½.
    """
    counts = two_by_two(table)
    n, b, c = int(counts.sum()), int(counts[1, 0]), int(counts[0, 1])
    if n == 0:
        nothing = ChiSquareTest(None, None, None, NO_PAIRS)
        return McNemarTest(nothing, nothing, None, None, None)
    interval = tango_interval(b, c, n, confidence=confidence)
    if b + c == 0:
        nothing = ChiSquareTest(None, None, None, NO_DISAGREEMENT)
        return McNemarTest(nothing, nothing, 1.0, 0.0, interval)
    return McNemarTest(
        _chi_square((b - c) ** 2 / (b + c), 1),
        _chi_square(max(abs(b - c) - 1, 0) ** 2 / (b + c), 1),
        float(binomtest(b, b + c).pvalue),
        (b - c) / n,
        interval,
    )


def tango_interval(b: int, c: int, n: int, *, confidence: float = 0.95) -> Interval:
    """Return Tango's score interval of the paired difference of rates (b − c) / n.

    The limits Δ solve (b − c − nΔ)² = z² n (2q + Δ(1 − Δ)), q the maximum-likelihood probability
    of the c cell under Δ (Tango 1998, Stat Med 17:891, eq. 24–26).

    Parameters
    ----------
    b, c
        Cases high for rater 1 only, and for rater 2 only.
    n
        All cases that both raters graded.
    confidence
        Level of the interval.

    Raises
    ------
    ValueError
        If ``n`` is below 1, or b and c are negative or exceed n together.
    """
    if n < 1:
        raise ValueError("A difference of rates needs at least one case.")
    if min(b, c) < 0 or b + c > n:
        raise ValueError(f"{b} and {c} discordant of {n} cases is impossible.")
    z = float(ndtri((1 + checked_confidence(confidence)) / 2))

    def outside(delta: float) -> bool:
        linear = -b - c + (2 * n - b + c) * delta
        constant = -c * delta * (1 - delta)
        q = (math.sqrt(max(linear**2 - 8 * n * constant, 0.0)) - linear) / (4 * n)
        return (b - c - n * delta) ** 2 > z * z * n * (2 * q + delta * (1 - delta))

    def limit(end: float) -> float:
        far, near = end, (b - c) / n
        for _ in range(_BISECTIONS):
            middle = (far + near) / 2
            far, near = (middle, near) if outside(middle) else (far, middle)
        return near

    return limit(-1.0), limit(1.0)


def bowker(table: ArrayLike) -> ChiSquareTest:
    """Test whether a (K, K) table is symmetric.

    χ² = Σ_{i<j} (n_ij − n_ji)² / (n_ij + n_ji) over the pairs of levels that hold a case, as many
    degrees of freedom (Bowker 1948, J Am Stat Assoc 43:572). Empty pairs carry no information
    and take no degree of freedom. With two levels it is McNemar's test.
    """
    counts = checked_table(table)
    upper = np.triu_indices(len(counts), 1)
    above, below = counts[upper], counts.T[upper]
    held = above + below > 0
    if not held.any():
        return _nothing_to_test(int(counts.sum()))
    squares = (above - below)[held] ** 2 / (above + below)[held]
    return _chi_square(float(squares.sum()), int(held.sum()))


def stuart_maxwell(table: ArrayLike) -> ChiSquareTest:
    """Test whether both raters use the levels of a (K, K) table equally often.

    χ² = d′ V⁻ d with d_i = n_i. − n_.i, V_ii = n_i. + n_.i − 2 n_ii and V_ij = −(n_ij + n_ji)
    (Stuart 1955, Biometrika 42:412; Maxwell 1970, Br J Psychiatry 116:651). The degrees of
    freedom are the rank of V: K − 1, less where levels hold no disagreement.
    """
    counts = checked_table(table)
    pairs = counts + counts.T
    covariance = np.diag(pairs.sum(axis=1)) - pairs
    rank = int(np.linalg.matrix_rank(covariance))
    if rank == 0:
        return _nothing_to_test(int(counts.sum()))
    difference = counts.sum(axis=1) - counts.sum(axis=0)
    statistic = difference @ np.linalg.pinv(covariance, hermitian=True) @ difference
    return _chi_square(max(float(statistic), 0.0), rank)


def _chi_square(statistic: float, df: int) -> ChiSquareTest:
    return ChiSquareTest(statistic, df, float(chdtrc(df, statistic)))


def _nothing_to_test(n: int) -> ChiSquareTest:
    return ChiSquareTest(None, None, None, NO_DISAGREEMENT if n else NO_PAIRS)
