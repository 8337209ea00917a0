"""Chance-corrected agreement of any number of raters, missing cells allowed.

Most coefficients need only how many raters gave each case each level (:func:`level_counts`); who
gave it matters to Conger's and Light's κ. A case counts towards agreement if at least two raters
graded it. Standard errors take cases as sampled and raters as fixed; they are the linearisation
of Gwet (2014, Handbook of Inter-Rater Reliability, 4th ed., ch. 5; 2008, Br J Math Stat Psychol
61:29), with n − 1 where the two-rater formulas have n.
"""

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc
from scipy.stats import rankdata

from reader_study.agreement.coefficient import Coefficient, rounded_to_zero, wald_interval
from reader_study.agreement.contingency import pair_table
from reader_study.agreement.gradings import (
    MISSING,
    Counts,
    checked_counts,
    checked_gradings,
)
from reader_study.agreement.kappa import (
    Kappa,
    Weights,
    WeightScheme,
    cohen_kappa,
    weight_matrix,
)

ROUNDING = 1e-12
NO_PAIRS_OF_GRADES = "no case was graded by two raters"
ONE_LEVEL_THROUGHOUT = (
    "every grade is one and the same, so agreement expected by chance is complete and the "
    "coefficient is 0/0"
)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Concordance:
    """Kendall's W with its χ² test, or the reason why it does not exist."""

    w: float | None
    statistic: float | None
    df: int
    p: float | None
    undefined: str | None = None


def gwet_ac_of_counts(
    counts: ArrayLike, weights: WeightScheme | Weights = "none", *, confidence: float = 0.95
) -> Coefficient:
    """Return Gwet's AC1 ("none") or AC2 of many raters (Gwet 2008).

    pe = T Σ π_k (1 − π_k) / (K (K − 1)), π_k the mean over cases of the share of raters who gave
    level k and T the sum of all weights.

    Parameters
    ----------
    counts
        (n, K) raters of each case who gave each level of the declared scale.
    weights
        Agreement weights by name, or a (K, K) matrix.
    confidence
        Level of the Wald interval; its upper end is cut at 1.
    """
    shared = _GradedCases(counts, weights)
    levels = shared.weights.shape[0]
    spread = float(shared.weights.sum()) / (levels * (levels - 1))
    return shared.coefficient(spread * (shared.shares @ (1 - shared.mean_share)), 2, confidence)


def brennan_prediger_of_counts(
    counts: ArrayLike, weights: WeightScheme | Weights = "none", *, confidence: float = 0.95
) -> Coefficient:
    """Return Brennan & Prediger's coefficient of many raters, pe = T / K².

    Unweighted it is also Randolph's free-marginal κ. Parameters as :func:`gwet_ac_of_counts`.
    """
    shared = _GradedCases(counts, weights)
    chance = np.full(len(shared.shares), float(shared.weights.mean()))
    return shared.coefficient(chance, 0, confidence)


def fleiss_kappa(
    counts: ArrayLike, weights: WeightScheme | Weights = "none", *, confidence: float = 0.95
) -> Kappa:
    """Return Fleiss' κ with its standard errors.

    pe = Σ w_kl π_k π_l (Fleiss 1971, Psychol Bull 76:378). ``se0``, for the test of κ = 0, is that
    of Fleiss, Nee & Landis (1979, Psychol Bull 86:974); it exists for unweighted κ of cases
    with the same number of raters. Parameters as :func:`gwet_ac_of_counts`.
    """
    shared = _GradedCases(counts, weights)
    kappa = shared.coefficient(shared.shares @ shared.weights @ shared.mean_share, 2, confidence)
    se0 = None if kappa.estimate is None else _fleiss_null_error(shared)
    return Kappa(kappa.estimate, kappa.se, kappa.ci, kappa.undefined, se0)


def conger_kappa(
    gradings: ArrayLike,
    levels: int,
    weights: WeightScheme | Weights = "none",
    *,
    confidence: float = 0.95,
) -> Coefficient:
    """Return Conger's κ of many raters; of two it is Cohen's.

    Chance agreement is the mean over pairs of raters of the product of their own shares of the
    levels (Conger 1980, Psychol Bull 88:322; missing cells after Gwet 2014, ch. 5).

    Parameters
    ----------
    gradings
        (n, R) positions on the declared scale, one column for each rater;
        :data:`~reader_study.agreement.gradings.MISSING` where a rater did not grade.
    levels
        Number of levels of the declared scale, K.
    weights, confidence
        As :func:`gwet_ac_of_counts`.
    """
    grades = checked_gradings(gradings, levels)
    graded = grades != MISSING
    if not np.all(graded.any(axis=0)):
        return Coefficient(None, None, None, "a rater graded no case")
    given = (grades[:, :, None] == np.arange(levels)).astype(np.float64)
    of_rater = given.sum(axis=0) / graded.sum(axis=0)[:, None]
    shared = _GradedCases(given.sum(axis=1), weights)
    raters = grades.shape[1]
    others = (of_rater.sum(axis=0) - of_rater) @ shared.weights / (raters - 1)
    expected = float(np.sum(others * of_rater)) / raters
    # What each case adds to the raters' shares: a missing cell adds nothing, so the others of
    # that rater count for more.
    in_play = graded.any(axis=1)
    grade_share = graded[in_play].mean(axis=0)
    own = np.einsum("irk,rk->ir", given[in_play], others)
    own -= (graded[in_play] - grade_share) * np.sum(others * of_rater, axis=1)
    return shared.coefficient((own / grade_share).mean(axis=1), 2, confidence, expected)


def light_kappa(
    gradings: ArrayLike, levels: int, weights: WeightScheme | Weights = "none"
) -> Coefficient:
    """Return Light's κ, the mean of Cohen's κ over all pairs of raters.

    Light (1971, Psychol Bull 76:365). Each pair counts over the cases that both graded. There is
    no standard error; bootstrap all pairs jointly for an interval. Parameters as
    :func:`conger_kappa`.
    """
    grades = checked_gradings(gradings, levels)
    estimates = []
    for first, second in combinations(range(grades.shape[1]), 2):
        kappa = cohen_kappa(pair_table(grades[:, first], grades[:, second], levels), weights)
        if kappa.estimate is None:
            pair = f"raters {first + 1} and {second + 1}"
            return Coefficient(None, None, None, f"κ of {pair} has no value: {kappa.undefined}")
        estimates.append(kappa.estimate)
    return Coefficient(float(np.mean(estimates)), None, None)


def kendall_w(gradings: ArrayLike, levels: int) -> Concordance:
    """Return Kendall's coefficient of concordance, corrected for ties, with its χ² test.

    W = 12 S / (m² (n³ − n) − m Σ (t³ − t)), S the squared deviations of the n rank sums of m
    raters and t the sizes of ties within raters; χ² = m (n − 1) W (Kendall 1948, Rank Correlation
    Methods, ch. 6). Cases with a missing cell are left out. Parameters as :func:`conger_kappa`.
    """
    grades = checked_gradings(gradings, levels)
    complete = grades[(grades != MISSING).all(axis=1)]
    n, raters = complete.shape
    if n < 2:
        return Concordance(None, None, 0, None, "fewer than two cases were graded by every rater")
    rank_sums = rankdata(complete, axis=0).sum(axis=1)
    sizes = np.stack([(complete == level).sum(axis=0) for level in range(levels)]).astype(float)
    ties = float(np.sum(sizes**3 - sizes))
    spread = raters**2 * (n**3 - n) - raters * ties
    if spread == 0:
        return Concordance(None, None, n - 1, None, "no rater told any two cases apart")
    w = 12 * float(np.sum((rank_sums - rank_sums.mean()) ** 2)) / spread
    statistic = raters * (n - 1) * w
    return Concordance(w, statistic, n - 1, float(chdtrc(n - 1, statistic)))


class _GradedCases:
    """What every coefficient of counts shares: shares of levels, observed agreement by case."""

    def __init__(self, counts: ArrayLike, weights: WeightScheme | Weights) -> None:
        table: Counts = checked_counts(counts)
        table = table[table.sum(axis=1) > 0]
        self.counts = table
        self.weights = weight_matrix(table.shape[1], weights)
        self.raters = table.sum(axis=1)
        self.shares = table / np.maximum(self.raters, 1)[:, None]
        self.mean_share: Floats = (
            self.shares.mean(axis=0) if len(table) else np.zeros(table.shape[1])
        )

    def coefficient(
        self, chance: Floats, derivative: int, confidence: float, expected: float | None = None
    ) -> Coefficient:
        """Return (pa − pe) / (1 − pe) with the standard error of its linearisation.

        ``chance`` (n,) is what each case adds to pe; pe is its mean unless ``expected`` gives
        it. pe moves by ``derivative`` times a case's deviation.
        """
        paired = self.raters >= 2
        if not paired.any():
            return Coefficient(None, None, None, NO_PAIRS_OF_GRADES)
        pe = float(chance.mean()) if expected is None else expected
        if 1 - pe < ROUNDING:
            return Coefficient(None, None, None, ONE_LEVEL_THROUGHOUT)
        n = len(self.counts)
        agreement = self._agreement_by_case()
        estimate = 1 - float((1 - agreement[paired]).mean()) / (1 - pe)
        if n < 2:
            return Coefficient(estimate, None, None)
        by_case = np.where(paired, (n / paired.sum()) * (agreement - pe), 0.0) / (1 - pe)
        by_case -= derivative * (1 - estimate) * (chance - pe) / (1 - pe)
        variance = float(np.sum((by_case - estimate) ** 2)) / (n - 1)
        se = math.sqrt(rounded_to_zero(variance) / n)
        return Coefficient(estimate, se, wald_interval(estimate, se, confidence))

    def _agreement_by_case(self) -> Floats:
        """Return the weighted share of agreeing pairs of raters; 0 where there is no pair."""
        agreeing = np.sum(self.counts * (self.counts @ self.weights - 1), axis=1)
        return np.asarray(agreeing / np.maximum(self.raters * (self.raters - 1), 1))


def _fleiss_null_error(shared: _GradedCases) -> float | None:
    raters = int(shared.raters[0])
    weighted = not np.array_equal(shared.weights, np.eye(len(shared.weights)))
    if weighted or not np.all(shared.raters == raters):
        return None
    share = shared.mean_share
    products = share * (1 - share)
    total = float(products.sum())
    spread = total**2 - float(np.sum(products * (1 - 2 * share)))
    pairs = len(shared.counts) * raters * (raters - 1)
    return math.sqrt(2 * rounded_to_zero(spread) / pairs) / total
