"""Case bootstrap of κ.

Drawing n cases with replacement and tabulating them is a multinomial draw of the table's cells,
so the resampled tables are drawn directly: the same distribution as a loop over cases, at a cost
that does not grow with n.

The draws come from numpy's PCG64 seeded through ``SeedSequence(seed)``, over the occupied cells
in falling order of their counts (equal counts: row by row). The same seed, table and numpy
version give the same digits on every machine.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from reader_study.agreement.coefficient import Interval, checked_confidence
from reader_study.agreement.contingency import Table, checked_table
from reader_study.agreement.kappa import NO_PAIRS, Weights, checked_weights

IntervalMethod = Literal["percentile", "bca"]
Floats = NDArray[np.float64]

DEFAULT_RESAMPLES = 100_000
WARN_UNDEFINED_SHARE = 0.01
REFUSE_UNDEFINED_SHARE = 0.20

_CHUNK = 16_384  # resamples held at once; the digits do not depend on it
_SAME_KAPPA = 1e-12  # closer than this, two κ differ only by rounding


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


def bootstrap_kappas(
    table: ArrayLike,
    weights: Sequence[Weights],
    *,
    seed: int,
    method: IntervalMethod = "percentile",
    resamples: int = DEFAULT_RESAMPLES,
    confidence: float = 0.95,
) -> list[KappaBootstrap]:
    """Bootstrap several κ of one table from the same resamples.

    Parameters
    ----------
    table
        (K, K) counts on the declared scale; rows rater 1, columns rater 2.
    weights
        One (K, K) matrix of agreement weights for each κ.
    seed
        Seed of the draws, 0 or above.
    method
        "percentile", or "bca": bias-corrected and accelerated (Efron 1987, J Am Stat Assoc
        82:171), ties counted half in the bias, acceleration from the leave-one-out κ.
    resamples
        Number of resamples B.
    confidence
        Level of the interval; its ends are linearly interpolated quantiles.

    Returns
    -------
    list of KappaBootstrap
        In the order of ``weights``.

    Raises
    ------
    ValueError
        For a malformed table or weights, an unknown method, a negative seed, fewer than one
        resample, or a confidence outside 0 … 1.
    """
    counts = checked_table(table)
    matrices = [checked_weights(matrix, counts.shape[0]) for matrix in weights]
    _check_settings(method, resamples, seed)
    checked_confidence(confidence)
    if not counts.sum():
        return [KappaBootstrap(np.empty(0), 0, resamples, None, NO_PAIRS) for _ in matrices]
    cells = _OccupiedCells(counts, matrices)
    kappas = np.empty((len(matrices), resamples))
    start = 0
    for draws in _multinomial_chunks(cells.counts, resamples, seed):
        kappas[:, start : start + len(draws)] = cells.kappas(draws)
        start += len(draws)
    observed = cells.kappas(cells.counts[None, :])[:, 0]
    acceleration = cells.accelerations() if method == "bca" else np.zeros(len(matrices))
    results = []
    for estimate, resampled, skew in zip(observed, kappas, acceleration, strict=True):
        values = np.sort(resampled[~np.isnan(resampled)])
        ci, refused = _interval(estimate, values, resamples, method, float(skew), confidence)
        results.append(KappaBootstrap(values, resamples - len(values), resamples, ci, refused))
    return results


class _OccupiedCells:
    """κ of many resamples of one table, from the counts of its C occupied cells alone."""

    def __init__(self, table: Table, weights: Sequence[Weights]) -> None:
        levels = table.shape[0]
        occupied = np.flatnonzero(table)
        occupied = occupied[np.argsort(-table.ravel()[occupied], kind="stable")]
        self.counts = table.ravel()[occupied]
        self._row_of_cell = np.eye(levels)[occupied // levels]
        self._column_of_cell = np.eye(levels)[occupied % levels]
        self._disagreements = [1 - matrix for matrix in weights]
        self._disagreement_of_cell = np.stack(
            [matrix.ravel()[occupied] for matrix in self._disagreements], axis=1
        )

    def kappas(self, counts: NDArray[np.int64]) -> Floats:
        """Return (weights, m) κ of (m, C) cell counts of equal total; NaN where undefined."""
        n = int(counts[0].sum())
        cells = counts.astype(np.float64)
        rows, columns = cells @ self._row_of_cell, cells @ self._column_of_cell
        observed = (cells @ self._disagreement_of_cell).T
        expected = np.stack(
            [np.einsum("mk,mk->m", rows @ matrix, columns) for matrix in self._disagreements]
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(1 - n * observed / expected, dtype=np.float64)

    def accelerations(self) -> Floats:
        """Return BCa's acceleration for each κ.

        Cases of one cell leave the same table behind, so the jackknife over all n cases has one
        value per cell, counted as often as the cell. NaN where these values do not vary.
        """
        left_out = self.kappas(self.counts[None, :] - np.eye(len(self.counts), dtype=np.int64))
        share = self.counts / self.counts.sum()
        deviation = (left_out @ share)[:, None] - left_out
        n = int(self.counts.sum())
        squares = n * (deviation**2 @ share)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(n * (deviation**3 @ share) / (6 * squares**1.5), dtype=np.float64)


def _multinomial_chunks(
    counts: NDArray[np.int64], resamples: int, seed: int
) -> Iterator[NDArray[np.int64]]:
    generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed)))
    n = int(counts.sum())
    for start in range(0, resamples, _CHUNK):
        yield generator.multinomial(n, counts / n, size=min(_CHUNK, resamples - start))


def _interval(
    estimate: float,
    values: Floats,
    resamples: int,
    method: IntervalMethod,
    acceleration: float,
    confidence: float,
) -> tuple[Interval | None, str | None]:
    """Return the interval, or None with the reason for refusing it."""
    undefined = resamples - len(values)
    # Wherever leaving out one case makes κ undefined, so are more than a third of the resamples:
    # past this line the jackknife behind the acceleration is finite.
    if undefined > REFUSE_UNDEFINED_SHARE * resamples:
        return None, (
            f"κ is undefined in {100 * undefined / resamples:.1f} % of the resamples, more than "
            f"the {100 * REFUSE_UNDEFINED_SHARE:.0f} % up to which an interval is given"
        )
    if values[-1] - values[0] < _SAME_KAPPA:
        return None, (
            f"every resample gives the same κ ({values[0]:.2f}), so the bootstrap says nothing "
            "about its uncertainty"
        )
    tail = (1 - confidence) / 2
    if method == "percentile":
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


def _check_settings(method: str, resamples: int, seed: int) -> None:
    if method not in ("percentile", "bca"):
        raise ValueError(f"The interval method must be percentile or bca; got {method!r}.")
    if resamples < 1:
        raise ValueError(f"The bootstrap needs at least one resample; got {resamples}.")
    if seed < 0:
        raise ValueError(f"The seed must be 0 or above; got {seed}.")
