"""Cohen's κ, unweighted and weighted, with its large-sample standard errors.

κ = (po − pe) / (1 − pe) with po = Σ w_ij p_ij and pe = Σ w_ij p_i. p_.j, w_ij agreement weights
(Cohen 1960, Educ Psychol Meas 20:37; Cohen 1968, Psychol Bull 70:213). Standard errors after
Fleiss, Cohen & Everitt (1969, Psychol Bull 72:323).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reader_study.agreement.coefficient import Coefficient, rounded_to_zero, wald_interval
from reader_study.agreement.contingency import checked_table

WeightScheme = Literal["none", "linear", "quadratic"]
Weights = NDArray[np.float64]

NO_PAIRS = "no case was graded by both raters"
ONE_LEVEL = (
    "both raters gave one and the same answer in every case, so agreement expected by chance is "
    "complete and κ is 0/0"
)


@dataclass(frozen=True)
class Kappa(Coefficient):
    """Cohen's κ with, beside ``se``, the standard error under the hypothesis κ = 0.

    Intervals use ``se``; a test of κ = 0 uses ``se0``.
    """

    se0: float | None = None


def agreement_weights(levels: int, scheme: WeightScheme) -> Weights:
    """Return the (levels, levels) agreement weights w_ij = 1 − (|i−j| / (levels−1))^p.

    p is 1 for "linear" and 2 for "quadratic"; "none" gives the identity. i and j are positions
    on the declared scale, so unused levels keep their place.
    """
    if scheme == "none":
        return np.eye(levels)
    powers = {"linear": 1, "quadratic": 2}
    if scheme not in powers:
        raise ValueError(f"Weights must be none, linear or quadratic; got {scheme!r}.")
    position = np.arange(levels)
    distance = np.abs(position[:, None] - position[None, :]) / (levels - 1)
    return np.asarray(1.0 - distance ** powers[scheme], dtype=np.float64)


def dichotomising_weights(levels: int, high_index: int) -> Weights:
    """Return weights under which κ of the full table is κ of the table cut at ``high_index``.

    Two grades agree fully when they lie on the same side of the cut and not at all otherwise.
    """
    high = np.arange(levels) >= high_index
    return np.asarray(high[:, None] == high[None, :], dtype=np.float64)


def checked_weights(weights: ArrayLike, levels: int) -> Weights:
    """Return custom agreement weights as floats, or say what is wrong with them.

    Raises
    ------
    ValueError
        If the matrix is not (levels, levels) and symmetric, if the diagonal is not 1, or if a
        weight lies outside 0 … 1.
    """
    matrix = np.asarray(weights, dtype=np.float64)
    if matrix.shape != (levels, levels):
        raise ValueError(
            f"Weights must be a {levels} × {levels} matrix, one row per level; "
            f"got shape {matrix.shape}."
        )
    if not np.all((matrix >= 0) & (matrix <= 1)):
        raise ValueError("Agreement weights must lie between 0 (none) and 1 (full agreement).")
    if not np.all(np.diag(matrix) == 1) or not np.array_equal(matrix, matrix.T):
        raise ValueError("Agreement weights must be symmetric with 1 on the diagonal.")
    return matrix


def weight_matrix(
    levels: int, weights: WeightScheme | Weights | Sequence[Sequence[float]]
) -> Weights:
    """Return agreement weights given by name or as a (levels, levels) matrix."""
    if isinstance(weights, str):
        return agreement_weights(levels, weights)
    return checked_weights(weights, levels)


def cohen_kappa(
    table: ArrayLike,
    weights: WeightScheme | Weights | Sequence[Sequence[float]] = "none",
    *,
    confidence: float = 0.95,
) -> Kappa:
    """Return Cohen's κ of two raters with standard errors and Wald interval.

    Parameters
    ----------
    table
        (K, K) counts on the declared scale; rows rater 1, columns rater 2.
    weights
        "none", "linear", "quadratic", or a (K, K) matrix of agreement weights.
    confidence
        Level of the Wald interval; its upper end is cut at 1.

    Returns
    -------
    Kappa
        Without estimate, and with the reason, where the table is empty or all its cases lie in
        one cell on the diagonal (or, more generally, where pe = 1).
    """
    counts = checked_table(table)
    levels = counts.shape[0]
    matrix = weight_matrix(levels, weights)
    n = int(counts.sum())
    if n == 0:
        return Kappa(None, None, None, NO_PAIRS)
    kappa = kappa_of_shares(counts / n, matrix)
    if kappa is None:
        return Kappa(None, None, None, ONE_LEVEL)
    se, se0 = kappa.error / math.sqrt(n), kappa.error0 / math.sqrt(n)
    return Kappa(kappa.estimate, se, wald_interval(kappa.estimate, se, confidence), None, se0)


@dataclass(frozen=True)
class KappaOfShares:
    """κ of cell shares, and √n times its standard errors for κ ≠ 0 and for κ = 0."""

    estimate: float
    error: float
    error0: float


def kappa_of_shares(shares: Weights, weights: Weights) -> KappaOfShares | None:
    """Return κ of (K, K) cell shares that add up to 1; None where it is 0/0.

    Errors after Fleiss, Cohen & Everitt (1969).
    """
    row, column = shares.sum(axis=1), shares.sum(axis=0)
    chance = np.outer(row, column)
    # Disagreements, not agreements, are summed: at 99 % agreement no digits cancel, and the
    # undefined case is an exact zero.
    expected_disagreement = float(np.sum((1 - weights) * chance))
    if expected_disagreement == 0:
        return None
    kappa = 1 - float(np.sum((1 - weights) * shares)) / expected_disagreement
    expected = float(np.sum(weights * chance))
    mean_weight = (weights @ column)[:, None] + (row @ weights)[None, :]
    spread = float(np.sum(shares * (weights - mean_weight * (1 - kappa)) ** 2))
    spread -= (kappa - expected * (1 - kappa)) ** 2
    spread0 = float(np.sum(chance * (weights - mean_weight) ** 2)) - expected**2
    return KappaOfShares(
        kappa,
        math.sqrt(rounded_to_zero(spread)) / (1 - expected),
        math.sqrt(rounded_to_zero(spread0)) / (1 - expected),
    )
