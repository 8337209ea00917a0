"""Bootstrap of κ of every pair of raters from the same resamples, of cases or of patients."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from reader_study.agreement.bootstrap import KappasOfUnits
from reader_study.agreement.contingency import pair_table
from reader_study.agreement.gradings import Gradings, checked_gradings
from reader_study.agreement.kappa import NO_PAIRS, Weights, checked_weights
from reader_study.agreement.multinomial import Floats, Integers
from reader_study.agreement.resampling import (
    BootstrapPlan,
    KappaBootstrap,
    resampled_units,
    summarised,
)

RaterPair = tuple[int, int]

FEW_CLUSTERS = 30
"""Below so many patients a cluster bootstrap is known to be too narrow (Cameron, Gelbach & Miller
2008, Rev Econ Stat 90:414); the caller should say so."""


@dataclass(frozen=True)
class JointBootstrap:
    """Bootstrap of κ of all pairs of raters.

    Attributes
    ----------
    pairs
        For each pair of raters (positions from 0), one bootstrap for each weighting.
    light
        The mean κ over all pairs (Light's κ), one for each weighting; a resample counts as
        undefined if any pair is.
    units
        Number of cases or clusters that were resampled.
    """

    pairs: dict[RaterPair, list[KappaBootstrap]]
    light: list[KappaBootstrap]
    units: int


def bootstrap_rater_pairs(
    gradings: ArrayLike,
    levels: int,
    weights: Sequence[Weights],
    plan: BootstrapPlan,
    *,
    clusters: Sequence[Hashable] | None = None,
) -> JointBootstrap:
    """Bootstrap κ of every pair of raters, all from the same resamples.

    Whole cases are drawn, missing grades and all, or whole clusters with all their cases (Field &
    Welsh 2007, J R Stat Soc B 69:369); a pair's κ is of those drawn cases that both graded. For two
    raters without missing grades and clusters the digits are those of
    :func:`~reader_study.agreement.bootstrap.bootstrap_kappas`.

    Parameters
    ----------
    gradings
        (n, R) positions on the declared scale;
        :data:`~reader_study.agreement.gradings.MISSING` where a rater did not grade.
    levels
        Number of levels of the declared scale, K.
    weights
        One (K, K) matrix of agreement weights for each κ.
    plan
        Seed, method, resamples and confidence.
    clusters
        (n,) the patient of each case; None to resample cases.

    Raises
    ------
    ValueError
        For malformed gradings or weights, or if there is not one cluster for each case.
    """
    grades = checked_gradings(gradings, levels)
    matrices = [checked_weights(matrix, levels) for matrix in weights]
    pairs = list(combinations(range(grades.shape[1]), 2))
    if not len(grades):
        nothing = KappaBootstrap(np.empty(0), 0, plan.resamples, None, NO_PAIRS)
        return JointBootstrap(
            {pair: [nothing] * len(matrices) for pair in pairs}, [nothing] * len(matrices), 0
        )
    units, multiplicity = _distinct_units(grades, clusters)
    statistics = [KappasOfUnits(_unit_tables(units, pair, levels), matrices) for pair in pairs]

    # One product for all pairs: many small ones wait for a busy machine's other cores each time.
    features = np.concatenate([statistic.features for statistic in statistics], axis=1)

    def with_mean(sums: Floats) -> Floats:
        """Return κ of (m, pairs · F) sums as (S, m), S the pairs and last their mean, each W."""
        parts = np.split(sums, len(pairs), axis=1)
        kappas = [
            statistic.of_features(part) for statistic, part in zip(statistics, parts, strict=True)
        ]
        stacked = np.stack([*kappas, np.mean(kappas, axis=0)])
        return stacked.reshape(-1, stacked.shape[-1])

    resampled = np.empty(((len(pairs) + 1) * len(matrices), plan.resamples))
    filled = 0
    for draws in resampled_units(multiplicity, plan):
        of_draws = with_mean(draws.astype(np.float64) @ features)
        resampled[:, filled : filled + len(draws)] = of_draws
        filled += len(draws)
    results = summarised(
        with_mean(multiplicity[None, :].astype(np.float64) @ features)[:, 0],
        resampled,
        with_mean(multiplicity @ features - features),
        multiplicity,
        plan,
    )
    size = len(matrices)
    by_pair = [results[start : start + size] for start in range(0, len(results), size)]
    return JointBootstrap(
        dict(zip(pairs, by_pair, strict=False)), by_pair[-1], int(multiplicity.sum())
    )


def _distinct_units(
    grades: Gradings, clusters: Sequence[Hashable] | None
) -> tuple[list[Gradings], Integers]:
    """Return the distinct units, most frequent first (equals: by their grades), and how often."""
    units: dict[Hashable, list[tuple[int, ...]]] = {}
    labels = range(len(grades)) if clusters is None else clusters
    if len(labels) != len(grades):
        raise ValueError(f"There are {len(grades)} cases but {len(labels)} clusters.")
    for label, row in zip(labels, grades.tolist(), strict=True):
        units.setdefault(label, []).append(tuple(row))
    kinds: dict[tuple[tuple[int, ...], ...], int] = {}
    for cases in units.values():
        kind = tuple(sorted(cases))
        kinds[kind] = kinds.get(kind, 0) + 1
    ordered = sorted(kinds, key=lambda kind: (-kinds[kind], kind))
    return [np.array(kind) for kind in ordered], np.array([kinds[kind] for kind in ordered])


def _unit_tables(units: list[Gradings], pair: RaterPair, levels: int) -> Floats:
    """Return (U, K, K): the cases of each unit that both raters of the pair graded."""
    first, second = pair
    return np.stack([pair_table(unit[:, first], unit[:, second], levels) for unit in units]).astype(
        np.float64
    )
