"""What every agreement coefficient has: an estimate, a standard error, an interval."""

from dataclasses import dataclass

from scipy.special import ndtri

Interval = tuple[float, float]


@dataclass(frozen=True)
class Coefficient:
    """An agreement coefficient, or the reason why it has no value.

    Attributes
    ----------
    estimate
        The coefficient; None where it is undefined. Never NaN.
    se
        Large-sample standard error; None where the estimate is, and where no formula is known.
    ci
        Confidence interval; None where the estimate or the standard error is, and where the
        standard error is 0 (an interval of no width would claim certainty).
    undefined
        Why there is no estimate, for people; None where there is one.
    """

    estimate: float | None
    se: float | None
    ci: Interval | None
    undefined: str | None = None


def checked_confidence(confidence: float) -> float:
    """Return a confidence level, or refuse one outside 0 … 1."""
    if not 0 < confidence < 1:
        raise ValueError(
            f"Confidence must lie between 0 and 1, for example 0.95; got {confidence}."
        )
    return confidence


def wald_interval(estimate: float, se: float, confidence: float) -> Interval | None:
    """Return estimate ± z·se, cut at 1; None where the standard error is 0."""
    if se == 0:
        return None
    z = float(ndtri((1 + checked_confidence(confidence)) / 2))
    return estimate - z * se, min(1.0, estimate + z * se)


def rounded_to_zero(variance: float) -> float:
    """Return a variance with its rounding error removed: at perfect agreement it is exactly 0."""
    return variance if variance > 1e-13 else 0.0
