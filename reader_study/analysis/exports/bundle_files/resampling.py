"""The bootstrap of kappa: cases drawn with replacement, and what another draw may differ by."""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from study import TOLERANCE, Floats, Study, table_of

STANDARD_ERRORS = 5
REFUSED_ABOVE = 0.20  # share of undefined resamples
SAME_KAPPA = 1e-12  # closer than this, two values of kappa differ by rounding alone


@dataclass(frozen=True)
class MonteCarlo:
    """A number that depends on random draws, and the range in which another draw's must lie."""

    value: float
    low: float
    high: float


def disagreement(size: int, scheme: str, high_index: int) -> Floats:
    """Return 1 minus the agreement weights of a scheme."""
    i, j = np.indices((size, size))
    if scheme == "dichotomised":
        return np.asarray((i >= high_index) != (j >= high_index), dtype=float)
    if scheme == "none":
        return np.asarray(i != j, dtype=float)
    return np.asarray((np.abs(i - j) / (size - 1)) ** {"linear": 1, "quadratic": 2}[scheme])


def resampled_kappas(
    study: Study, schemes: tuple[str, ...], resamples: int, seed: int
) -> dict[str, Floats]:
    """Return each kappa of cases drawn with replacement; NaN where it is 0/0."""
    size = len(study.levels)
    cell = (study.paired[:, 0] - 1) * size + study.paired[:, 1] - 1
    n = len(cell)
    generator = np.random.default_rng(seed)
    found: dict[str, list[Floats]] = {scheme: [] for scheme in schemes}
    chunk = max(1, 2_000_000 // n)
    for start in range(0, resamples, chunk):
        count = min(chunk, resamples - start)
        drawn = cell[generator.integers(0, n, (count, n))]
        drawn += size * size * np.arange(count)[:, None]
        tables = np.bincount(drawn.ravel(), minlength=count * size * size)
        for scheme in schemes:
            found[scheme].append(kappas_of_tables(tables.reshape(count, size, size), study, scheme))
    return {scheme: np.concatenate(parts) for scheme, parts in found.items()}


def kappas_of_tables(tables: NDArray[np.int64], study: Study, scheme: str) -> Floats:
    """Return kappa of (m, K, K) tables; NaN where it is 0/0."""
    weights = disagreement(len(study.levels), scheme, study.high_from - 1)
    counts = tables.astype(float)
    n = counts[0].sum()
    observed = np.einsum("mij,ij->m", counts, weights) / n
    expected = np.einsum("mi,ij,mj->m", counts.sum(2), weights, counts.sum(1)) / n**2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 0, 1 - observed / expected, np.nan)


class Bootstrap:
    """The resampled values of one kappa, beside what the report drew."""

    def __init__(self, values: Floats, printed_resamples: int) -> None:
        self.values = np.sort(values[~np.isnan(values)])
        self.undefined = int(np.isnan(values).sum())
        self.drawn = len(values)
        self.printed_resamples = printed_resamples
        self._both = 1 / self.drawn + 1 / printed_resamples

    def count(self, low: int, high: int) -> MonteCarlo:
        """Return how many of the report's resamples fall where between low and high of ours do."""
        ends = []
        for number, sign in ((low, -1), (high, 1)):
            share = (number + 1) / (self.drawn + 2)
            error = STANDARD_ERRORS * math.sqrt(share * (1 - share) * self._both)
            ends.append(self.printed_resamples * (number / self.drawn + sign * error) + sign)
        value = self.printed_resamples * (low + high) / 2 / self.drawn
        return MonteCarlo(value, max(0.0, ends[0]), ends[1])

    def quantile(self, low_share: float, share: float, high_share: float) -> MonteCarlo:
        """Return a quantile, and the range that its share's uncertainty leaves it."""
        ends = []
        for position, sign in ((low_share, -1), (high_share, 1)):
            error = STANDARD_ERRORS * math.sqrt(position * (1 - position) * self._both)
            ends.append(np.quantile(self.values, min(1, max(0, position + sign * error))))
        value = float(np.quantile(self.values, share))
        return MonteCarlo(value, float(ends[0]) - TOLERANCE, float(ends[1]) + TOLERANCE)

    @property
    def refused(self) -> bool:
        """Whether there is no interval: too often undefined, or the same in every resample."""
        return (
            self.undefined > REFUSED_ABOVE * self.drawn
            or self.values[-1] - self.values[0] < SAME_KAPPA
        )


def percentile_interval(study: Study, bootstrap: Bootstrap) -> list[MonteCarlo] | None:
    """Return the percentile interval, or None where it is refused."""
    if bootstrap.refused:
        return None
    return [bootstrap.quantile(share, share, share) for share in (study.tail, 1 - study.tail)]


def bca_interval(
    study: Study, bootstrap: Bootstrap, estimate: float, acceleration: float
) -> list[MonteCarlo] | None:
    """Return Efron's (1987) bias-corrected and accelerated interval, or None."""
    if bootstrap.refused:
        return None
    near = np.searchsorted(bootstrap.values, (estimate - SAME_KAPPA, estimate + SAME_KAPPA))
    below = near.mean() / len(bootstrap.values)  # ties count half
    error = STANDARD_ERRORS * math.sqrt(
        0.25 * (1 / bootstrap.drawn + 1 / bootstrap.printed_resamples)
    )
    shares = ndtri(np.clip([below - error, below, below + error], 1e-12, 1 - 1e-12))
    limits = []
    for tail in (study.tail, 1 - study.tail):
        reach = shares + ndtri(tail)
        limits.append(bootstrap.quantile(*ndtr(shares + reach / (1 - acceleration * reach))))
    return limits


def acceleration_of(study: Study, scheme: str) -> float:
    """Return BCa's acceleration from the kappas with one case left out."""
    size = len(study.levels)
    table = table_of(study.paired, study.levels)
    cells = np.argwhere(table)
    left_out = np.repeat(table[None], len(cells), axis=0)
    left_out[np.arange(len(cells)), cells[:, 0], cells[:, 1]] -= 1
    kappas = kappas_of_tables(left_out.reshape(-1, size, size), study, scheme)
    times = table[cells[:, 0], cells[:, 1]]
    deviation = np.average(kappas, weights=times) - kappas
    return float((times @ deviation**3) / (6 * (times @ deviation**2) ** 1.5))


def histogram(edges: list[float], values: Floats | None, resamples: int) -> dict[str, Any]:
    """Return the counts between the printed edges; a value on an edge may fall on either side."""
    if values is None or not edges:
        return {"edges": edges, "counts": []}
    bootstrap = Bootstrap(values, resamples)
    margin = 1e-9
    counts = []
    for low, high in pairwise(edges):
        inner = np.searchsorted(bootstrap.values, (low + margin, high - margin))
        outer = np.searchsorted(bootstrap.values, (low - margin, high + margin))
        counts.append(bootstrap.count(int(np.diff(inner)[0]), int(np.diff(outer)[0])))
    return {"edges": edges, "counts": counts}
