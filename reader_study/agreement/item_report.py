"""What a report says of one item beside the grade: a territory, or a yes-or-no question."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reader_study.agreement.as_json import (
    Json,
    bootstrapped_kappa_values,
    coefficient_values,
    rate_values,
)
from reader_study.agreement.chance_corrected import gwet_ac
from reader_study.agreement.coefficient import Coefficient
from reader_study.agreement.contingency import pair_table
from reader_study.agreement.gradings import Gradings, level_counts
from reader_study.agreement.kappa import Kappa, WeightScheme, agreement_weights, cohen_kappa
from reader_study.agreement.many_raters import gwet_ac_of_counts, light_kappa
from reader_study.agreement.many_report import mean_pairwise_agreement
from reader_study.agreement.report_bootstrap import bootstrap_of_report
from reader_study.agreement.resampling import BootstrapPlan
from reader_study.agreement.scale import Scale

MOST_RESAMPLES = 10_000
"""Items are secondary: so many resamples give their intervals to about a hundredth."""


@dataclass(frozen=True)
class ItemAnswers:
    """The answers on one item.

    Attributes
    ----------
    positions
        (n, R) positions on the scale; MISSING where the rater gave no grade on it.
    not_opacified
        (n, R) whether the rater said that no run shows the territory.
    sites
        (n,) the site of each case where sites are resampled, else None.
    """

    positions: Gradings
    not_opacified: np.ndarray
    sites: Sequence[str] | None = None


def item_report(
    answers: ItemAnswers,
    raters: Sequence[str],
    scale: Scale,
    weights: WeightScheme,
    plan: BootstrapPlan,
) -> Json:
    """Return rates and agreement on one item.

    Of the grades alone: rates of high with their denominators, κ under the primary weights (of
    more than two raters the mean over pairs, Light 1971), AC1 and the share of identical grades.
    ``answers`` is of all answers, "not opacified" being one of its own beside the levels: it is
    no place on the scale, so κ there is unweighted.

    Returns
    -------
    dict
        ``rates[]`` (as everywhere, with ``not_opacified`` and ``unanswered``), and ``n_paired,
        kappa, ac1, percent_agreement``, and ``answers``: ``n_paired, kappa, percent_agreement``,
        None where nobody said "not opacified".
    """
    few = BootstrapPlan(
        plan.seed, plan.method, min(plan.resamples, MOST_RESAMPLES), plan.confidence
    )
    levels = len(scale.levels)
    positions = answers.positions
    all_answers = np.where(answers.not_opacified, levels, positions)
    counts = level_counts(positions, levels)
    return {
        "rates": [_rate(answers, place, rater, scale, plan) for place, rater in enumerate(raters)],
        **_agreement(positions, levels, weights, few, answers.sites),
        "ac1": coefficient_values(_ac1(positions, counts, plan.confidence)),
        "answers": _agreement(all_answers, levels + 1, "none", few, answers.sites)
        if answers.not_opacified.any()
        else None,
    }


def _rate(answers: ItemAnswers, place: int, rater: str, scale: Scale, plan: BootstrapPlan) -> Json:
    given = answers.positions[:, place]
    scored = int((given >= 0).sum())
    not_opacified = int(answers.not_opacified[:, place].sum())
    high = int((given >= scale.high_index).sum())
    return {
        **rate_values(rater, high, scored, plan.confidence),
        "not_opacified": not_opacified,
        "unanswered": len(given) - scored - not_opacified,
    }


def _agreement(
    positions: Gradings,
    levels: int,
    weights: WeightScheme,
    plan: BootstrapPlan,
    sites: Sequence[str] | None,
) -> Json:
    matrix = agreement_weights(levels, weights)
    counts = level_counts(positions, levels)
    joint = bootstrap_of_report(positions, levels, [matrix], plan, clusters=sites)
    return {
        "n_paired": int((counts.sum(axis=1) >= 2).sum()),
        "kappa": {
            "weights": weights,
            **bootstrapped_kappa_values(
                _kappa(positions, levels, matrix, plan.confidence), joint.light[0], plan
            ),
        },
        "percent_agreement": mean_pairwise_agreement(counts),
    }


def _kappa(positions: Gradings, levels: int, matrix: np.ndarray, confidence: float) -> Kappa:
    if positions.shape[1] == 2:
        table = pair_table(positions[:, 0], positions[:, 1], levels)
        return cohen_kappa(table, matrix, confidence=confidence)
    light = light_kappa(positions, levels, matrix)
    return Kappa(light.estimate, light.se, light.ci, light.undefined)


def _ac1(positions: Gradings, counts: np.ndarray, confidence: float) -> Coefficient:
    if positions.shape[1] == 2:
        table = pair_table(positions[:, 0], positions[:, 1], counts.shape[1])
        return gwet_ac(table, confidence=confidence)
    return gwet_ac_of_counts(counts, confidence=confidence)
