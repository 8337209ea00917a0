"""The summary of one measure over the cases of a set."""

import dataclasses
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

LEVEL = 0.95
RESAMPLES = 9999
SEED = 20260101
FEWEST_FOR_INTERVAL = 5
FEW = 20


@dataclass(frozen=True)
class Summary:
    """One measure over the cases of a set.

    Attributes
    ----------
    n
        Cases in which the measure is defined; all figures are of these.
    mean, median
        None without such a case.
    sd
        With n - 1; None for fewer than two.
    ci
        Limits of the confidence interval of the mean; None where there is none.
    ci_note
        Why there is no interval, or what to keep in mind; None if nothing.
    undefined
        Cases in which the measure is undefined, by reason.
    """

    n: int
    mean: float | None
    sd: float | None
    median: float | None
    ci: tuple[float, float] | None
    ci_note: str | None
    undefined: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        rounded = {
            name: None if value is None else round(value, 6)
            for name, value in (("mean", self.mean), ("sd", self.sd), ("median", self.median))
        }
        ci = None if self.ci is None else [round(limit, 6) for limit in self.ci]
        return {**dataclasses.asdict(self), **rounded, "ci": ci}


def summarise(values: Sequence[float], reasons: Sequence[str] = ()) -> Summary:
    """Summarise one measure.

    Parameters
    ----------
    values
        One for each case in which the measure is defined.
    reasons
        Why the measure is undefined, one for each other case.
    """
    undefined = dict(Counter(reasons))
    n = len(values)
    if n == 0:
        return Summary(0, None, None, None, None, "no case has a value", undefined)
    numbers = np.asarray(values, np.float64)
    ci, note = _interval_of_mean(numbers)
    sd = float(numbers.std(ddof=1)) if n > 1 else None
    return Summary(n, float(numbers.mean()), sd, float(np.median(numbers)), ci, note, undefined)


def _interval_of_mean(
    numbers: "np.ndarray[Any, np.dtype[np.float64]]",
) -> tuple[tuple[float, float] | None, str | None]:
    """Bias-corrected and accelerated bootstrap over cases (Efron, JASA 82, 1987)."""
    if len(numbers) < FEWEST_FOR_INTERVAL:
        return None, f"no interval from fewer than {FEWEST_FOR_INTERVAL} cases"
    if np.ptp(numbers) <= 1e-12 * max(1.0, float(np.abs(numbers).max())):
        return None, "no interval: all cases have the same value"
    from scipy.stats import bootstrap

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a degenerate distribution gives NaN, told below in words
        result = bootstrap(
            (numbers,),
            np.mean,
            confidence_level=LEVEL,
            n_resamples=RESAMPLES,
            method="BCa",
            rng=np.random.default_rng(SEED),
        )
    low, high = (float(limit) for limit in result.confidence_interval)
    if not np.isfinite([low, high]).all():
        return None, "no interval: the resampled means hardly differ"
    few = f"only {len(numbers)} cases: the interval tends to be too narrow"
    return (low, high), few if len(numbers) < FEW else None
