"""κ compared: between subgroups, and of a rater with himself."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scipy.special import ndtr, ndtri

from reader_study.agreement.coefficient import Interval, checked_confidence
from reader_study.agreement.contingency import contingency_table
from reader_study.agreement.kappa import Kappa, Weights, WeightScheme, cohen_kappa
from reader_study.agreement.scale import Scale


@dataclass(frozen=True)
class KappaDifference:
    """Difference of two independent κ, or the reason why it cannot be judged.

    Attributes
    ----------
    estimate
        First κ minus second; None where one of them has no value.
    se, ci, z, p
        Large-sample standard error, Wald interval within −2 … 2, and two-sided test of no
        difference; None where a standard error is missing or both are 0.
    undefined
        Why something is missing, for people; None where nothing is.
    """

    estimate: float | None
    se: float | None
    ci: Interval | None
    z: float | None
    p: float | None
    undefined: str | None = None


def kappa_difference(first: Kappa, second: Kappa, *, confidence: float = 0.95) -> KappaDifference:
    """Compare κ of two groups of different cases, such as two sites.

    z = (κ₁ − κ₂) / √(SE₁² + SE₂²) with the standard errors for κ ≠ 0 (Fleiss, Levin & Paik 2003,
    Statistical Methods for Rates and Proportions, 3rd ed., ch. 18). Not for two κ of the
    same cases: these are dependent.
    """
    z = float(ndtri((1 + checked_confidence(confidence)) / 2))
    if first.estimate is None or second.estimate is None:
        reason = f"one κ has no value: {first.undefined or second.undefined}"
        return KappaDifference(None, None, None, None, None, reason)
    difference = first.estimate - second.estimate
    se = math.hypot(first.se or 0.0, second.se or 0.0)
    if not first.se or not second.se:
        reason = "a standard error of 0 (perfect agreement) says nothing about uncertainty"
        return KappaDifference(difference, None, None, None, None, reason)
    ci = (max(-2.0, difference - z * se), min(2.0, difference + z * se))
    score = difference / se
    return KappaDifference(difference, se, ci, score, 2 * float(ndtr(-abs(score))))


def intra_rater_kappas(
    repeats: Mapping[str, Sequence[tuple[int | None, int | None]]],
    scale: Scale,
    weights: WeightScheme | Weights = "none",
    *,
    confidence: float = 0.95,
) -> dict[str, Kappa]:
    """Return Cohen's κ of each rater's first against repeated reading of the same cases.

    Parameters
    ----------
    repeats
        For each rater (first grade, repeated grade) of every repeated case; None where the rater
        found the case unscorable, which leaves it out.
    scale
        The declared scale.
    weights, confidence
        As :func:`~reader_study.agreement.kappa.cohen_kappa`.
    """
    return {
        rater: cohen_kappa(
            contingency_table(
                [
                    (first, again)
                    for first, again in grades
                    if first is not None and again is not None
                ],
                scale,
            ),
            weights,
            confidence=confidence,
        )
        for rater, grades in repeats.items()
    }
