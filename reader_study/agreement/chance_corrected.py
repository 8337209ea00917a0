"""Coefficients printed beside κ because κ alone misleads at extreme prevalence.

Feinstein & Cicchetti (1990, J Clin Epidemiol 43:543) described the paradox: raters who agree in
nearly every case get a low κ when nearly every case is alike.
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from reader_study.agreement.coefficient import Coefficient, rounded_to_zero, wald_interval
from reader_study.agreement.contingency import Table, checked_table, two_by_two
from reader_study.agreement.kappa import (
    NO_PAIRS,
    ONE_LEVEL,
    Weights,
    WeightScheme,
    agreement_weights,
)
from reader_study.agreement.rates import wilson_interval

ROUNDING = 1e-12


def percent_agreement(table: ArrayLike) -> float | None:
    """Return the share (0 … 1) of cases with identical grades; None for an empty table."""
    counts = checked_table(table)
    n = int(counts.sum())
    return int(np.trace(counts)) / n if n else None


def gwet_ac(
    table: ArrayLike, weights: WeightScheme = "none", *, confidence: float = 0.95
) -> Coefficient:
    """Return Gwet's AC1 ("none") or AC2 (weighted) of two raters.

    pe = T Σ π_k (1 − π_k) / (K (K − 1)), π_k the mean of both raters' shares of level k and T
    the sum of all weights (for AC1 T = K, hence Σ π_k (1 − π_k) / (K − 1)). Gwet (2008, Br J
    Math Stat Psychol 61:29); the standard error takes subjects as sampled and raters as fixed
    (Gwet 2014, Handbook of Inter-Rater Reliability, 4th ed., ch. 5).

    Parameters
    ----------
    table
        (K, K) counts on the declared scale.
    weights
        Agreement weights, as for κ.
    confidence
        Level of the Wald interval; its upper end is cut at 1.
    """
    counts = checked_table(table)
    levels = counts.shape[0]
    matrix = agreement_weights(levels, weights)
    share = _mean_share(counts)
    spread_of_weights = float(matrix.sum()) / (levels * (levels - 1))
    chance = spread_of_weights * (1 - (share[:, None] + share[None, :]) / 2)
    return _chance_corrected(counts, matrix, chance, confidence)


def scott_pi(
    table: ArrayLike, weights: WeightScheme = "none", *, confidence: float = 0.95
) -> Coefficient:
    """Return Scott's π of two raters, weighted where asked.

    pe = Σ w_kl π_k π_l, π_k the mean of both raters' shares of level k (Scott 1955, Public Opin
    Q 19:321). Standard error as for AC1 (Gwet 2014, ch. 5). Parameters as :func:`gwet_ac`.
    """
    counts = checked_table(table)
    matrix = agreement_weights(counts.shape[0], weights)
    mean_weight = matrix @ _mean_share(counts)
    chance = (mean_weight[:, None] + mean_weight[None, :]) / 2
    return _chance_corrected(counts, matrix, chance, confidence)


def brennan_prediger(
    table: ArrayLike, weights: WeightScheme = "none", *, confidence: float = 0.95
) -> Coefficient:
    """Return Brennan & Prediger's coefficient of two raters, weighted where asked.

    pe = T / K², T the sum of all weights: raters who guess use every level alike (Brennan &
    Prediger 1981, Educ Psychol Meas 41:687; weights after Gwet 2014, ch. 4). With two levels it
    is PABAK. Parameters as :func:`gwet_ac`.
    """
    counts = checked_table(table)
    matrix = agreement_weights(counts.shape[0], weights)
    chance = np.full(matrix.shape, float(matrix.mean()))
    return _chance_corrected(counts, matrix, chance, confidence)


def _mean_share(counts: Table) -> Weights:
    """Return π_k, the mean of both raters' shares of each level; zeros for an empty table."""
    both = counts.sum(axis=0) + counts.sum(axis=1)
    return np.asarray(both / max(2 * int(counts.sum()), 1), dtype=np.float64)


def _chance_corrected(
    counts: Table, weights: Weights, chance: Weights, confidence: float
) -> Coefficient:
    """Return (po − pe) / (1 − pe) with its large-sample standard error.

    ``chance`` (K, K) holds what a case of each cell adds to pe: its mean over the cases is pe,
    and twice its deviation is the derivative of pe.
    """
    n = int(counts.sum())
    if n == 0:
        return Coefficient(None, None, None, NO_PAIRS)
    p = counts / n
    expected = float(np.sum(p * chance))
    if 1 - expected < ROUNDING:
        return Coefficient(None, None, None, ONE_LEVEL)
    estimate = 1 - float(np.sum(p * (1 - weights))) / (1 - expected)
    influence = weights - 2 * (1 - estimate) * chance
    variance = float(np.sum(p * influence**2)) - float(np.sum(p * influence)) ** 2
    se = math.sqrt(rounded_to_zero(variance) / n) / (1 - expected)
    return Coefficient(estimate, se, wald_interval(estimate, se, confidence))


def pabak(table: ArrayLike, *, confidence: float = 0.95) -> Coefficient:
    """Return the prevalence- and bias-adjusted κ of a 2×2 table, 2 po − 1.

    Byrt, Bishop & Carlin (1993, J Clin Epidemiol 46:423). The interval is Wilson's interval of
    po, mapped by the same line, so it keeps a width at perfect agreement.
    """
    counts = two_by_two(table)
    n = int(counts.sum())
    if n == 0:
        return Coefficient(None, None, None, NO_PAIRS)
    agreed = int(np.trace(counts))
    share = agreed / n
    low, high = wilson_interval(agreed, n, confidence=confidence)
    se = 2 * math.sqrt(share * (1 - share) / n)
    return Coefficient(2 * share - 1, se, (2 * low - 1, 2 * high - 1))


def specific_agreement(table: ArrayLike) -> tuple[float | None, float | None]:
    """Return (positive, negative) agreement of a 2×2 table, low level first.

    Positive: 2a / (2a + b + c) with a = both high; negative: 2d / (2d + b + c) with d = both
    low (Cicchetti & Feinstein 1990, J Clin Epidemiol 43:551). None where no rater used a level.
    """
    counts = two_by_two(table)
    both_low, both_high = int(counts[0, 0]), int(counts[1, 1])
    apart = int(counts[0, 1] + counts[1, 0])
    positive, negative = 2 * both_high + apart, 2 * both_low + apart
    return (
        2 * both_high / positive if positive else None,
        2 * both_low / negative if negative else None,
    )


def prevalence_index(table: ArrayLike) -> float | None:
    """Return (both high − both low) / n of a 2×2 table, −1 … 1 (Byrt et al. 1993)."""
    counts = two_by_two(table)
    n = int(counts.sum())
    return int(counts[1, 1] - counts[0, 0]) / n if n else None


def bias_index(table: ArrayLike) -> float | None:
    """Return rater 1's rate of high minus rater 2's, −1 … 1 (Byrt et al. 1993)."""
    counts = two_by_two(table)
    n = int(counts.sum())
    return int(counts[1, 0] - counts[0, 1]) / n if n else None
