"""How many cases a study of two raters needs.

All sizes rest on the large-sample variance of κ (Fleiss, Cohen & Everitt 1969, Psychol Bull 72:323)
in a planned table of cell probabilities. At extreme prevalence that variance is too small for
the numbers of cases usual in reader studies: check a plan near 98 % by simulation.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from reader_study.agreement.coefficient import checked_confidence
from reader_study.agreement.kappa import Weights, WeightScheme, kappa_of_shares, weight_matrix

Shares = NDArray[np.float64]

_ROUNDING = 1e-12


def planned_binary_table(kappa: float, high_rates: tuple[float, float]) -> Shares:
    """Return the (2, 2) cell probabilities, low first, of two raters with these rates and this κ.

    Raises
    ------
    ValueError
        If a rate is not inside 0 … 1, or no table has these rates and this κ.
    """
    first, second = high_rates
    if not (0 < first < 1 and 0 < second < 1):
        raise ValueError(f"Rates of high must lie between 0 and 1; got {first} and {second}.")
    chance = first * second + (1 - first) * (1 - second)
    both_high = (kappa * (1 - chance) + chance - 1 + first + second) / 2
    table = np.array(
        [[1 - first - second + both_high, second - both_high], [first - both_high, both_high]]
    )
    if table.min() < -_ROUNDING:
        most = 1 - abs(first - second) / (1 - chance)
        raise ValueError(
            f"No table has rates {first} and {second} and κ = {kappa}; "
            f"with these rates κ is at most {most:.3f}."
        )
    return np.asarray(np.clip(table, 0.0, 1.0), dtype=np.float64)


def planned_table(kappa: float, shares: Sequence[float]) -> Shares:
    """Return (K, K) cell probabilities of two raters who use the levels alike, with this κ.

    A share κ of the cases is rated identically and the rest independently; then κ is the same
    under every weighting.

    Raises
    ------
    ValueError
        If the shares are not positive numbers that add up to 1, or κ is outside 0 … 1.
    """
    share = np.asarray(shares, dtype=np.float64)
    if share.ndim != 1 or share.size < 2 or np.any(share <= 0) or abs(share.sum() - 1) > 1e-9:
        raise ValueError("Shares of the levels must be above 0 and add up to 1.")
    if not 0 <= kappa <= 1:
        raise ValueError(f"The planned κ must lie in 0 … 1; got {kappa}.")
    return np.asarray(kappa * np.diag(share) + (1 - kappa) * np.outer(share, share))


def cases_for_width(
    table: ArrayLike,
    width: float,
    weights: WeightScheme | Weights = "none",
    *,
    confidence: float = 0.95,
) -> int:
    """Return the cases for which the Wald interval of κ has this expected width.

    n = (2 z SE₁ / width)², SE₁ the standard error of κ for one case (Flack, Afifi, Lachenbruch &
    Schouten 1988, Psychometrika 53:321; for two levels Cantor 1996, Psychol Methods 1:150).

    Parameters
    ----------
    table
        (K, K) planned cell probabilities.
    width
        Whole width of the interval, above 0.
    weights
        Agreement weights of the κ that is planned.
    confidence
        Level of the interval.
    """
    if width <= 0:
        raise ValueError(f"The width of an interval must be above 0; got {width}.")
    z = float(ndtri((1 + checked_confidence(confidence)) / 2))
    error = _error_of_one_case(table, weights)
    return max(2, math.ceil((2 * z * error / width) ** 2))


CLOSEST = 0.0001
"""What κ and κ₀ must differ by; the number of cases would grow beyond all numbers."""


def cases_for_test(
    kappa: float,
    kappa0: float,
    high_rates: tuple[float, float],
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    two_sided: bool = True,
) -> int:
    """Return the cases with which a test against κ₀ finds κ, on two levels.

    n = ((z_{1−α} SE₁(κ₀) + z_{power} SE₁(κ)) / (κ − κ₀))² (Cantor 1996; R: irr's
    N.cohen.kappa), α halved for a two-sided test, both raters keeping their rates under κ₀.

    Raises
    ------
    ValueError
        If κ equals κ₀, power or alpha is outside 0 … 1, or no table has these rates and κ.
    """
    if kappa == kappa0:
        raise ValueError("κ and κ₀ are equal: no number of cases tells them apart.")
    if abs(kappa - kappa0) < CLOSEST:
        raise ValueError(f"κ and κ₀ are closer than {CLOSEST}: no study is large enough for that.")
    checked_confidence(power)
    tail = checked_confidence(alpha) / (2 if two_sided else 1)
    under_null = _error_of_one_case(planned_binary_table(kappa0, high_rates), "none")
    under_plan = _error_of_one_case(planned_binary_table(kappa, high_rates), "none")
    reach = float(ndtri(1 - tail)) * under_null + float(ndtri(power)) * under_plan
    return max(2, math.ceil((reach / (kappa - kappa0)) ** 2))


def _error_of_one_case(table: ArrayLike, weights: WeightScheme | Weights) -> float:
    """Return √n times the standard error of κ in a table of cell probabilities."""
    shares = np.asarray(table, dtype=np.float64)
    if shares.ndim != 2 or shares.shape[0] != shares.shape[1] or abs(shares.sum() - 1) > 1e-9:
        raise ValueError("A planned table is square and its probabilities add up to 1.")
    kappa = kappa_of_shares(shares, weight_matrix(len(shares), weights))
    if kappa is None:
        raise ValueError("The planned table has one level only, so κ does not exist.")
    return kappa.error
