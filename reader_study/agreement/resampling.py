"""Bootstrap of any statistic of exchangeable units: the draws, the interval, the refusals.

A unit is what is resampled: a case, or a patient with all cases of that patient. Units that hold
the same ratings are counted together, and drawing units with replacement is then a multinomial
draw of these counts (:mod:`reader_study.agreement.multinomial`): the same distribution as a loop
over units, at a cost that does not grow with their number.

The draws come from numpy's PCG64 seeded through ``SeedSequence(seed)``. The same seed, counts and
numpy version give the same digits on every machine.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import ndtr, ndtri

from reader_study.agreement.coefficient import Interval, checked_confidence
from reader_study.agreement.multinomial import Floats, Integers, drawn_units

IntervalMethod = Literal["percentile", "bca"]

DEFAULT_RESAMPLES = 100_000
WARN_UNDEFINED_SHARE = 0.01
REFUSE_UNDEFINED_SHARE = 0.20

_SAME_KAPPA = 1e-12  # closer than this, two κ differ only by rounding


@dataclass(frozen=True)
class BootstrapPlan:
    """How many resamples, from which seed, and which interval is read off them.

    Raises
    ------
    ValueError
        For an unknown method, a negative seed, fewer than one resample, or a confidence outside
        0 … 1.
    """

    seed: int
    method: IntervalMethod = "percentile"
    resamples: int = DEFAULT_RESAMPLES
    confidence: float = 0.95

    def __post_init__(self) -> None:
        """Refuse a plan that no interval can follow."""
        if self.method not in ("percentile", "bca"):
            raise ValueError(f"The interval method must be percentile or bca; got {self.method!r}.")
        if self.resamples < 1:
            raise ValueError(f"The bootstrap needs at least one resample; got {self.resamples}.")
        if self.seed < 0:
            raise ValueError(f"The seed must be 0 or above; got {self.seed}.")
        checked_confidence(self.confidence)


@dataclass(frozen=True)
class KappaBootstrap:
    """Bootstrap distribution and interval of one κ.

    Attributes
    ----------
    values
        κ of every resample in which it is defined, sorted.
    undefined
        Number of resamples in which κ is undefined; they are dropped, and counted here.
    resamples
        Number of resamples drawn, defined or not.
    ci
        The interval, or None where it is refused.
    refused
        Why there is no interval, for people; None where there is one.
    """

    values: Floats
    undefined: int
    resamples: int
    ci: Interval | None
    refused: str | None

    @property
    def undefined_share(self) -> float:
        """Share of the resamples in which κ is undefined."""
        return self.undefined / self.resamples


def resampled_units(multiplicity: Integers, plan: BootstrapPlan) -> Iterator[Integers]:
    """Yield (m, U) counts of each distinct unit in successive resamples, B rows in all."""
    generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(plan.seed)))
    return drawn_units(generator, multiplicity, plan.resamples)


def summarised(
    observed: Floats,
    resampled: Floats,
    left_out: Floats,
    multiplicity: Integers,
    plan: BootstrapPlan,
) -> list[KappaBootstrap]:
    """Return distribution and interval of each of S statistics; NaN stands for undefined.

    Parameters
    ----------
    observed
        (S,) statistics of the data.
    resampled
        (S, B) statistics of the resamples. They are sorted in place and kept: of many raters they
        fill most of the memory, and a copy would double it.
    left_out
        (S, U) statistics with one unit of each kind left out: units of a kind leave the same
        data behind, so each value counts as often as its kind.
    multiplicity
        (U,) units of each kind.
    plan
        What was drawn and which interval is wanted.
    """
    accelerations = _accelerations(left_out, multiplicity)
    results = []
    for estimate, values, skew in zip(observed, resampled, accelerations, strict=True):
        values.sort()  # NaN go to the end
        defined = values[: len(values) - int(np.isnan(values).sum())]
        ci, refused = _interval(float(estimate), defined, float(skew), plan)
        undefined = plan.resamples - len(defined)
        results.append(KappaBootstrap(defined, undefined, plan.resamples, ci, refused))
    return results


def _accelerations(left_out: Floats, multiplicity: Integers) -> Floats:
    """Return BCa's (S,) accelerations a = Σ d³ / (6 (Σ d²)^{3/2}) (Efron 1987).

    d is the mean leave-one-out statistic minus each. NaN where these do not vary or are undefined.
    """
    units = int(multiplicity.sum())
    share = multiplicity / units
    deviation = (left_out @ share)[:, None] - left_out
    squares = units * (deviation**2 @ share)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(units * (deviation**3 @ share) / (6 * squares**1.5), dtype=np.float64)


def _interval(
    estimate: float, values: Floats, acceleration: float, plan: BootstrapPlan
) -> tuple[Interval | None, str | None]:
    """Return the interval, or None with the reason for refusing it."""
    undefined = plan.resamples - len(values)
    # Wherever leaving out one unit makes κ undefined, so are a quarter of the resamples or more:
    # past this line the jackknife behind the acceleration is finite.
    if undefined > REFUSE_UNDEFINED_SHARE * plan.resamples:
        return None, (
            f"κ is undefined in {100 * undefined / plan.resamples:.1f} % of the resamples, more "
            f"than the {100 * REFUSE_UNDEFINED_SHARE:.0f} % up to which an interval is given"
        )
    if values[-1] - values[0] < _SAME_KAPPA:
        return None, (
            f"every resample gives the same κ ({values[0]:.2f}), so the bootstrap says nothing "
            "about its uncertainty"
        )
    tail = (1 - plan.confidence) / 2
    if plan.method == "percentile":
        low, high = np.quantile(values, (tail, 1 - tail))
        return (float(low), float(high)), None
    below = np.searchsorted(values, (estimate - _SAME_KAPPA, estimate + _SAME_KAPPA))
    quantiles = _bca_quantiles(float(ndtri(below.mean() / len(values))), acceleration, tail)
    if quantiles is None:
        return None, "the BCa correction does not exist for these data; use the percentile method"
    low, high = np.quantile(values, quantiles)
    return (float(low), float(high)), None


def _bca_quantiles(bias: float, acceleration: float, tail: float) -> Floats | None:
    """Return where BCa reads its two limits off the resampled κ; None where it is undefined."""
    if not (np.isfinite(bias) and np.isfinite(acceleration)):
        return None
    reach = bias + ndtri((tail, 1 - tail))
    shrink = 1 - acceleration * reach
    return ndtr(bias + reach / shrink) if np.all(shrink > 0) else None
