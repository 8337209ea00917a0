"""All numbers of a set of ratings at once, as JSON values, for the command line.

The keys are described in ``docs/statistics.md`` and stay as they are.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from reader_study.agreement import summary_warnings
from reader_study.agreement.as_json import (
    Json,
    bootstrapped_kappa_values,
    chi_square_values,
    coefficient_values,
    interval_values,
    rate_values,
)
from reader_study.agreement.bootstrap import bootstrap_kappas
from reader_study.agreement.chance_corrected import (
    bias_index,
    gwet_ac,
    pabak,
    percent_agreement,
    prevalence_index,
    scott_pi,
)
from reader_study.agreement.coefficient import Coefficient
from reader_study.agreement.contingency import Table, checked_table, dichotomised, pair_table
from reader_study.agreement.gradings import (
    MISSING,
    Counts,
    Gradings,
    grade_positions,
    level_counts,
)
from reader_study.agreement.joint_bootstrap import (
    JointBootstrap,
    bootstrap_rater_pairs,
)
from reader_study.agreement.kappa import (
    Kappa,
    WeightScheme,
    agreement_weights,
    cohen_kappa,
)
from reader_study.agreement.krippendorff import METRICS, Metric, krippendorff_alpha
from reader_study.agreement.many_raters import (
    brennan_prediger_of_counts,
    fleiss_kappa,
    gwet_ac_of_counts,
    light_kappa,
)
from reader_study.agreement.pair_report import WEIGHT_SCHEMES
from reader_study.agreement.paired_tests import bowker, mcnemar, stuart_maxwell
from reader_study.agreement.ratings_file import Ratings
from reader_study.agreement.resampling import (
    BootstrapPlan,
    KappaBootstrap,
)
from reader_study.agreement.scale import Scale

METRIC_OF_WEIGHTS: dict[WeightScheme, Metric] = {
    "none": "nominal",
    "linear": "ordinal",
    "quadratic": "interval",
}


def ratings_of_table(table: ArrayLike, scale: Scale) -> Ratings:
    """Return the ratings behind a (K, K) table; rows rater 1, columns rater 2.

    Raises
    ------
    ValueError
        If the table does not hold counts, or has not one row and column for each level.
    """
    counts = checked_table(table)
    if len(counts) != len(scale.levels):
        raise ValueError(
            f"The table has {len(counts)} rows but the scale {len(scale.levels)} levels."
        )
    values = scale.values
    cells = np.repeat(np.arange(counts.size), counts.ravel()).tolist()
    pairs = tuple((values[cell // len(values)], values[cell % len(values)]) for cell in cells)
    return Ratings(("Rater 1", "Rater 2"), pairs, None)


def agreement_summary(
    ratings: Ratings, scale: Scale, weights: WeightScheme, plan: BootstrapPlan
) -> Json:
    """Return every number of two or more raters.

    Parameters
    ----------
    ratings
        Grades of each case; clusters, if any, are resampled whole.
    scale
        The declared scale with its cut-point.
    weights
        Weights of the primary κ.
    plan
        How κ is bootstrapped.

    Returns
    -------
    dict
        Plain JSON values. With more than two raters κ is the mean over pairs (Light), ``pairs``
        holds each pair's, and what is of two raters only is None.
    """
    positions = grade_positions(ratings.grades, scale, len(ratings.raters))
    two = len(ratings.raters) == 2
    table = pair_table(positions[:, 0], positions[:, 1], len(scale.levels))
    summary: Json = {
        "n": int(((positions != MISSING).sum(axis=1) >= 2).sum()),
        "rates": _rates(ratings.raters, positions, scale, plan.confidence),
    }
    joint = _joint_bootstrap(positions, scale, plan, ratings) if _is_joint(ratings) else None
    kappas = _kappas(positions, table, scale, plan, joint)
    summary["kappa"] = next(kappa for kappa in kappas if kappa["weights"] == weights)
    summary["kappas"] = kappas
    counts = level_counts(positions, len(scale.levels))
    coefficients, percent = (
        _coefficients_of_two(table, scale, plan.confidence)
        if two
        else _coefficients_of_many(counts, scale, plan.confidence)
    )
    for name, coefficient in coefficients.items():
        summary[name] = None if coefficient is None else coefficient_values(coefficient)
    summary["percent_agreement"] = percent
    alphas = _krippendorff_alphas(counts, scale, plan.confidence)
    summary["krippendorff"] = _krippendorff(alphas, METRIC_OF_WEIGHTS[weights])
    fleiss = fleiss_kappa(counts, confidence=plan.confidence)
    summary["fleiss"] = {**coefficient_values(fleiss), "se0": fleiss.se0}
    tests, test_warnings = _tests_of_two(table, scale, plan.confidence) if two else (_NO_TESTS, [])
    summary |= tests
    if joint and not two:
        summary["pairs"] = _pairs(ratings.raters, positions, scale, weights, plan, joint)
    summary["warnings"] = [
        *summary_warnings.of_kappas(kappas),
        *summary_warnings.of_coefficients({**coefficients, "fleiss": fleiss}),
        *summary_warnings.of_alphas(alphas),
        *test_warnings,
        *summary_warnings.of_design(ratings, joint),
    ]
    return summary


_NO_TESTS: Json = dict.fromkeys(
    ("mcnemar", "bowker", "stuart_maxwell", "prevalence_index", "bias_index")
)


def _is_joint(ratings: Ratings) -> bool:
    return ratings.clusters is not None or len(ratings.raters) > 2


def _joint_bootstrap(
    positions: Gradings, scale: Scale, plan: BootstrapPlan, ratings: Ratings
) -> JointBootstrap:
    levels = len(scale.levels)
    matrices = [agreement_weights(levels, scheme) for scheme in WEIGHT_SCHEMES]
    return bootstrap_rater_pairs(positions, levels, matrices, plan, clusters=ratings.clusters)


def _rates(
    raters: Sequence[str], positions: Gradings, scale: Scale, confidence: float
) -> list[Json]:
    high = (positions >= scale.high_index).sum(axis=0)
    scored = (positions != MISSING).sum(axis=0)
    return [
        rate_values(rater, int(high[place]), int(scored[place]), confidence)
        for place, rater in enumerate(raters)
    ]


def _kappas(
    positions: Gradings,
    table: Table,
    scale: Scale,
    plan: BootstrapPlan,
    joint: JointBootstrap | None,
) -> list[Json]:
    """Return κ under every weighting: Cohen's of two raters, Light's of more."""
    levels = len(scale.levels)
    bootstraps: list[KappaBootstrap]
    if joint:
        bootstraps = joint.light
    else:
        bootstraps = bootstrap_kappas(
            table,
            [agreement_weights(levels, scheme) for scheme in WEIGHT_SCHEMES],
            seed=plan.seed,
            method=plan.method,
            resamples=plan.resamples,
            confidence=plan.confidence,
        )

    def estimate(scheme: WeightScheme) -> Kappa:
        if positions.shape[1] == 2:
            return cohen_kappa(table, scheme, confidence=plan.confidence)
        light = light_kappa(positions, levels, scheme)
        return Kappa(light.estimate, light.se, light.ci, light.undefined)

    return [
        {"weights": scheme, **bootstrapped_kappa_values(estimate(scheme), bootstrap, plan)}
        for scheme, bootstrap in zip(WEIGHT_SCHEMES, bootstraps, strict=True)
    ]


def _pairs(
    raters: Sequence[str],
    positions: Gradings,
    scale: Scale,
    weights: WeightScheme,
    plan: BootstrapPlan,
    joint: JointBootstrap,
) -> list[Json]:
    levels, place = len(scale.levels), WEIGHT_SCHEMES.index(weights)
    pairs = []
    for first, second in combinations(range(len(raters)), 2):
        table = pair_table(positions[:, first], positions[:, second], levels)
        kappa = cohen_kappa(table, weights, confidence=plan.confidence)
        values = bootstrapped_kappa_values(kappa, joint.pairs[first, second][place], plan)
        pairs.append(
            {
                "raters": [raters[first], raters[second]],
                "n": int(table.sum()),
                "kappa": {"weights": weights, **values},
            }
        )
    return pairs


def _coefficients_of_two(
    table: Table, scale: Scale, confidence: float
) -> tuple[dict[str, Coefficient | None], float | None]:
    cut = dichotomised(table, scale.high_index)
    coefficients: dict[str, Coefficient | None] = {
        "ac1": gwet_ac(table, confidence=confidence),
        "pabak": pabak(cut, confidence=confidence),
        "scott": scott_pi(table, confidence=confidence),
    }
    return coefficients, percent_agreement(table)


def _coefficients_of_many(
    counts: Counts, scale: Scale, confidence: float
) -> tuple[dict[str, Coefficient | None], float | None]:
    cut = np.add.reduceat(counts, [0, scale.high_index], axis=1)
    coefficients: dict[str, Coefficient | None] = {
        "ac1": gwet_ac_of_counts(counts, confidence=confidence),
        "pabak": brennan_prediger_of_counts(cut, confidence=confidence),
        "scott": None,
    }
    raters = counts.sum(axis=1)
    paired = counts[raters >= 2]
    if not len(paired):
        return coefficients, None
    pairs = raters[raters >= 2] * (raters[raters >= 2] - 1)
    return coefficients, float(np.mean(np.sum(paired * (paired - 1), axis=1) / pairs))


def _krippendorff_alphas(
    counts: Counts, scale: Scale, confidence: float
) -> dict[Metric, Coefficient]:
    """Return α in every metric; "ratio" only where all level values are above 0."""
    return {
        metric: krippendorff_alpha(counts, metric, values=scale.values, confidence=confidence)
        if metric != "ratio" or scale.values[0] > 0
        else Coefficient(None, None, None, "the ratio metric needs level values above 0")
        for metric in METRICS
    }


def _krippendorff(alphas: dict[Metric, Coefficient], primary: Metric) -> Json:
    by_metric: Json = {metric: coefficient_values(alpha) for metric, alpha in alphas.items()}
    return {"metric": primary, **by_metric[primary], **by_metric}


def _tests_of_two(table: Table, scale: Scale, confidence: float) -> tuple[Json, list[str]]:
    """Return tests and indices of two raters, and the reasons of those that do not exist."""
    cut = dichotomised(table, scale.high_index)
    paired = mcnemar(cut, confidence=confidence)
    symmetry, margins = bowker(table), stuart_maxwell(table)
    values = {
        "mcnemar": {
            **chi_square_values(paired.asymptotic),
            "corrected": chi_square_values(paired.corrected),
            "exact_p": paired.exact_p,
            "difference": paired.difference,
            "ci": interval_values(paired.ci),
        },
        "bowker": chi_square_values(symmetry),
        "stuart_maxwell": chi_square_values(margins),
        "prevalence_index": prevalence_index(cut),
        "bias_index": bias_index(cut),
    }
    reasons = {
        "McNemar's test": paired.asymptotic.undefined,
        "Bowker's test": symmetry.undefined,
        "The Stuart–Maxwell test": margins.undefined,
    }
    return values, summary_warnings.of_reasons(reasons)
