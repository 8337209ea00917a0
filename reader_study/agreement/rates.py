"""Confidence intervals of a proportion.

Wilson's score interval (Wilson 1927, J Am Stat Assoc 22:209) is the primary one: it keeps its
coverage near 0 and 1, where these studies live. Clopper–Pearson (1934, Biometrika 26:404) is
printed beside it for readers who ask for the conservative "exact" interval.
"""

import math

from scipy.special import ndtri
from scipy.stats import beta

from reader_study.agreement.coefficient import Interval, checked_confidence


def wilson_interval(successes: int, n: int, *, confidence: float = 0.95) -> Interval:
    """Return Wilson's score interval of ``successes / n``, without continuity correction.

    Raises
    ------
    ValueError
        If ``n`` is below 1, ``successes`` is outside 0 … n, or ``confidence`` outside 0 … 1.
    """
    _check_counts(successes, n)
    z = float(ndtri((1 + checked_confidence(confidence)) / 2))
    rate = successes / n
    centre = (rate + z * z / (2 * n)) / (1 + z * z / n)
    half_width = z / (1 + z * z / n) * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    # Both ends are exact here; floating point would leave 1e-18 or 0.9999999999999999.
    low = 0.0 if successes == 0 else centre - half_width
    high = 1.0 if successes == n else centre + half_width
    return low, high


def clopper_pearson_interval(successes: int, n: int, *, confidence: float = 0.95) -> Interval:
    """Return the Clopper–Pearson ("exact") interval of ``successes / n``.

    Raises
    ------
    ValueError
        As :func:`wilson_interval`.
    """
    _check_counts(successes, n)
    tail = (1 - checked_confidence(confidence)) / 2
    low = 0.0 if successes == 0 else float(beta.ppf(tail, successes, n - successes + 1))
    high = 1.0 if successes == n else float(beta.isf(tail, successes + 1, n - successes))
    return low, high


def _check_counts(successes: int, n: int) -> None:
    if n < 1:
        raise ValueError("A rate needs at least one case.")
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is not a rate: the count must lie in 0 … {n}.")
