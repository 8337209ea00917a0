"""What a report says of more than two raters: each pair, and coefficients of all together."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from reader_study.agreement.as_json import Json, coefficient_values
from reader_study.agreement.contingency import pair_table
from reader_study.agreement.further_numbers import HABIT_TESTS, further_of_many
from reader_study.agreement.gradings import Counts, Gradings, level_counts
from reader_study.agreement.joint_bootstrap import JointBootstrap
from reader_study.agreement.kappa import Kappa, Weights, WeightScheme
from reader_study.agreement.many_raters import (
    brennan_prediger_of_counts,
    gwet_ac_of_counts,
    light_kappa,
)
from reader_study.agreement.pair_report import kappa_entries, pair_values, reported_weights
from reader_study.agreement.resampling import BootstrapPlan
from reader_study.agreement.scale import Scale


def many_values(
    raters: Sequence[str],
    positions: Gradings,
    scale: Scale,
    weights: WeightScheme,
    plan: BootstrapPlan,
    joint: JointBootstrap,
) -> Json:
    """Return every number of more than two raters, under the keys of a report of two.

    ``kappa`` is the mean over the pairs (Light's κ) with the interval of the joint bootstrap;
    ``pairs`` holds what a report of those two raters would. A table of all raters does not exist
    and is None.
    """
    levels = len(scale.levels)
    counts = level_counts(positions, levels)
    cut = np.add.reduceat(counts, [0, scale.high_index], axis=1)
    return {
        "n_paired": int((counts.sum(axis=1) >= 2).sum()),
        "table": None,
        **kappa_entries(
            [_light(positions, levels, matrix) for matrix in reported_weights(scale)],
            joint.light,
            weights,
            plan,
        ),
        "dichotomised": None,
        "paradox": None,
        **dict.fromkeys(HABIT_TESTS),
        "ac1": coefficient_values(gwet_ac_of_counts(counts, confidence=plan.confidence)),
        "pabak": coefficient_values(brennan_prediger_of_counts(cut, confidence=plan.confidence)),
        "percent_agreement": mean_pairwise_agreement(counts),
        "overall": further_of_many(positions, counts, scale, weights, plan.confidence),
        "pairs": [
            {
                "raters": [raters[first], raters[second]],
                **pair_values(
                    pair_table(positions[:, first], positions[:, second], levels),
                    scale,
                    weights,
                    plan,
                    joint.pairs[first, second],
                ),
            }
            for first, second in combinations(range(len(raters)), 2)
        ],
    }


def mean_pairwise_agreement(counts: Counts) -> float | None:
    """Return the share of agreeing pairs of raters, mean over the cases with a pair; or None."""
    paired = counts[counts.sum(axis=1) >= 2]
    if not len(paired):
        return None
    raters = paired.sum(axis=1)
    return float(np.mean(np.sum(paired * (paired - 1), axis=1) / (raters * (raters - 1))))


def light_of_high(high: Gradings) -> Json:
    """Return Light's κ of (n, R) answers, 0 low and 1 high; no interval is known for it."""
    return coefficient_values(light_kappa(high, 2))


def _light(positions: Gradings, levels: int, weights: Weights) -> Kappa:
    light = light_kappa(positions, levels, weights)
    return Kappa(light.estimate, light.se, light.ci, light.undefined)
