"""Case bootstrap of κ of two raters.

Drawing n cases with replacement and tabulating them is a multinomial draw of the table's cells, so
the resampled tables are drawn directly, over the occupied cells in falling order of their counts
(equal counts: row by row). Seeds and digits: see :mod:`reader_study.agreement.resampling`.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from reader_study.agreement.contingency import checked_table
from reader_study.agreement.kappa import NO_PAIRS, Weights, checked_weights
from reader_study.agreement.multinomial import Floats, Integers
from reader_study.agreement.resampling import (
    DEFAULT_RESAMPLES,
    BootstrapPlan,
    IntervalMethod,
    KappaBootstrap,
    resampled_units,
    summarised,
)


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
    plan = BootstrapPlan(seed, method, resamples, confidence)
    matrices = [checked_weights(matrix, counts.shape[0]) for matrix in weights]
    if not counts.sum():
        return [KappaBootstrap(np.empty(0), 0, resamples, None, NO_PAIRS) for _ in matrices]
    occupied = np.flatnonzero(counts)
    occupied = occupied[np.argsort(-counts.ravel()[occupied], kind="stable")]
    one_case_each = np.eye(counts.size)[occupied].reshape(-1, *counts.shape)
    multiplicity = counts.ravel()[occupied]
    statistic = KappasOfUnits(one_case_each, matrices)
    resampled = [statistic.kappas(draws) for draws in resampled_units(multiplicity, plan)]
    return summarised(
        statistic.kappas(multiplicity[None, :])[:, 0],
        np.concatenate(resampled, axis=1),
        statistic.left_out(multiplicity),
        multiplicity,
        plan,
    )


class KappasOfUnits:
    """κ under several weightings, of many resamples of units.

    Parameters
    ----------
    unit_tables
        (U, K, K) the cases of each kind of unit as a table; rows rater 1, columns rater 2.
    weights
        One (K, K) matrix of agreement weights for each κ.
    """

    def __init__(self, unit_tables: Floats, weights: Sequence[Weights]) -> None:
        units, self._levels, _ = unit_tables.shape
        disagreements = np.stack([1 - matrix for matrix in weights])
        rows, columns = unit_tables.sum(axis=2), unit_tables.sum(axis=1)
        # All that κ needs is linear in the units: one product with this matrix gives it.
        self.features = np.concatenate(
            [
                rows.sum(axis=1, keepdims=True),
                columns,
                np.einsum("uij,wij->uw", unit_tables, disagreements),
                np.einsum("ui,wij->uwj", rows, disagreements).reshape(units, -1),
            ],
            axis=1,
        )
        self._kappas = len(disagreements)

    def kappas(self, draws: Integers) -> Floats:
        """Return (W, m) κ of (m, U) counts of units; NaN where undefined."""
        return self.of_features(draws.astype(np.float64) @ self.features)

    def left_out(self, multiplicity: Integers) -> Floats:
        """Return (W, U) κ of all units but one of each kind; NaN where undefined."""
        return self.of_features(multiplicity @ self.features - self.features)

    def of_features(self, features: Floats) -> Floats:
        """Return (W, m) κ of (m, F) sums of features over drawn units; NaN where undefined."""
        ends = np.cumsum([1, self._levels, self._kappas])
        n, columns, observed, weighted_rows = np.split(features, ends, axis=1)
        by_level = weighted_rows.reshape(len(features), self._kappas, self._levels)
        expected = np.einsum("mwk,mk->wm", by_level, columns)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(1 - n[:, 0] * observed.T / expected, dtype=np.float64)
