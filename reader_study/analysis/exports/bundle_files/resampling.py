"""The bootstrap of kappa: cases drawn with replacement, and what another draw may differ by."""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri
from study import TOLERANCE, UNSCORABLE, Floats, Study

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


def unit_tables(study: Study, unit: str) -> Floats:
    """Return (U, P, K, K): what each unit that is drawn adds to the table of each pair of raters.

    A unit is a case, or a site with all its cases. Of two raters only the cases graded by both are
    drawn; of more, all cases are, and a pair's table holds those that both graded.
    """
    size, pairs = len(study.levels), study.pairs
    tables = np.zeros((len(study.grades), len(pairs), size, size))
    for place, pair in enumerate(pairs):
        both = np.flatnonzero((pair.grades != UNSCORABLE).all(axis=1))
        tables[both, place, pair.grades[both, 0] - 1, pair.grades[both, 1] - 1] = 1
    if unit == "site":
        sites = sorted(set(study.sites.tolist()))
        return np.array([tables[study.sites == site].sum(axis=0) for site in sites])
    return tables[tables.any(axis=(1, 2, 3))] if len(pairs) == 1 else tables


def resampled_kappas(
    study: Study, units: Floats, schemes: tuple[str, ...], resamples: int, seed: int
) -> dict[str, Floats]:
    """Return (B, P + 1) kappas of units drawn with replacement, the mean over pairs last.

    NaN stands where kappa is 0/0.
    """
    n = len(units)
    generator = np.random.default_rng(seed)
    found: dict[str, list[Floats]] = {scheme: [] for scheme in schemes}
    chunk = max(1, 2_000_000 // max(n, units[0].size))
    for start in range(0, resamples, chunk):
        count = min(chunk, resamples - start)
        drawn = generator.integers(0, n, (count, n)) + n * np.arange(count)[:, None]
        times = np.bincount(drawn.ravel(), minlength=count * n).reshape(count, n)
        tables = (times @ units.reshape(n, -1)).reshape(count, *units.shape[1:])
        for scheme in schemes:
            found[scheme].append(kappas_and_mean(tables, study, scheme))
    return {scheme: np.concatenate(parts) for scheme, parts in found.items()}


def kappas_and_mean(tables: Floats, study: Study, scheme: str) -> Floats:
    """Return (m, P + 1) kappas of (m, P, K, K) tables, their mean last; NaN where it is 0/0."""
    weights = disagreement(len(study.levels), scheme, study.high_from - 1)
    n = tables.sum(axis=(2, 3))
    observed = np.einsum("mpij,ij->mp", tables, weights) * n
    expected = np.einsum("mpi,ij,mpj->mp", tables.sum(3), weights, tables.sum(2))
    with np.errstate(divide="ignore", invalid="ignore"):
        kappas = np.where(expected > 0, 1 - observed / expected, np.nan)
    return np.column_stack([kappas, kappas.mean(axis=1)])


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
            or not len(self.values)
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


def accelerations(study: Study, units: Floats, scheme: str) -> Floats:
    """Return BCa's (P + 1,) accelerations from the kappas with one unit left out."""
    kappas = kappas_and_mean(units.sum(axis=0) - units, study, scheme)
    deviation = kappas.mean(axis=0) - kappas
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((deviation**3).sum(0) / (6 * (deviation**2).sum(0) ** 1.5))


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
