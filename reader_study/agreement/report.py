"""The agreement report of a study of two or more raters, ready for JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Literal

import numpy as np

from reader_study.agreement import wording
from reader_study.agreement.as_json import Json, coefficient_values, rate_values
from reader_study.agreement.chance_corrected import percent_agreement
from reader_study.agreement.contingency import pair_table
from reader_study.agreement.further_numbers import further_of_two
from reader_study.agreement.gradings import Gradings, grade_positions, level_counts
from reader_study.agreement.joint_bootstrap import JointBootstrap
from reader_study.agreement.kappa import WeightScheme, cohen_kappa
from reader_study.agreement.many_report import light_of_high, many_values, mean_pairwise_agreement
from reader_study.agreement.occlusion_rates import rates_by_occlusion
from reader_study.agreement.pair_report import pair_values, reported_weights
from reader_study.agreement.report_bootstrap import bootstrap_of_report
from reader_study.agreement.report_cases import CaseGrades, check_cases
from reader_study.agreement.resampling import DEFAULT_RESAMPLES, BootstrapPlan, IntervalMethod
from reader_study.agreement.scale import Level, Scale

ResamplingUnit = Literal["case", "site"]


def agreement_report(
    *,
    levels: Sequence[Level],
    high_from: int,
    ratings: Sequence[CaseGrades],
    seed: int,
    weights: WeightScheme = "none",
    ci_method: IntervalMethod = "percentile",
    resamples: int = DEFAULT_RESAMPLES,
    confidence: float = 0.95,
    resampling_unit: ResamplingUnit = "case",
    raters: Sequence[str] = ("Rater 1", "Rater 2"),
) -> Json:
    """Return rates, κ and what a reviewer asks next, for two or more raters.

    Parameters
    ----------
    levels, high_from
        The declared scale and the lowest value that counts as high quality.
    ratings
        One record per case. A rater's rate is of the cases that this rater could score;
        agreement of a pair is of the cases that both could.
    seed, ci_method, resamples, confidence
        Bootstrap of κ; see :func:`reader_study.agreement.bootstrap.bootstrap_kappas`.
    resampling_unit
        What is drawn with replacement: cases, or sites with all their cases.
    weights
        Weights of the primary κ. All three weightings are reported.
    raters
        Names for people, in the order of the grades.

    Returns
    -------
    dict
        Plain JSON values without NaN; the keys are described in ``docs/statistics.md``.

    Raises
    ------
    ValueError
        If the scale or a setting is invalid, a grade is not on the scale, or a case occurs
        twice. Data on which a number does not exist (no cases, constant raters) are no error:
        the number is None and a sentence says why.
    """
    scale = Scale.declare(levels, high_from)
    check_cases(ratings, scale)
    plan = BootstrapPlan(seed, ci_method, resamples, confidence)
    positions = grade_positions([rating.grades for rating in ratings], scale, len(raters))
    joint = bootstrap_of_report(
        positions,
        len(scale.levels),
        reported_weights(scale),
        plan,
        clusters=[rating.site for rating in ratings] if resampling_unit == "site" else None,
    )

    def rates_of(cases: Sequence[CaseGrades]) -> list[Json]:
        return _rates(cases, scale, raters, confidence)

    report: Json = {
        "raters": list(raters),
        "levels": [asdict(level) for level in scale.levels],
        "high_from": scale.high_from,
        "confidence": confidence,
        "n_cases": len(ratings),
        "rates": rates_of(ratings),
        "sites": [
            {"site": site, "rates": rates_of([r for r in ratings if r.site == site])}
            for site in sorted({rating.site for rating in ratings})
        ],
        "sides": rates_by_occlusion(ratings, "side", rates_of),
        "segments": rates_by_occlusion(ratings, "segment", rates_of),
        **_agreement(raters, positions, scale, weights, plan, joint),
        "resampling": {"unit": resampling_unit, "units": joint.units},
        "sensitivity": _sensitivity(ratings, scale, raters, confidence),
    }
    report["sentence"] = wording.sentence(report)
    report["footnotes"] = wording.footnotes(report)
    report["warnings"] = wording.warnings(report)
    return report


def _agreement(
    raters: Sequence[str],
    positions: Gradings,
    scale: Scale,
    weights: WeightScheme,
    plan: BootstrapPlan,
    joint: JointBootstrap,
) -> Json:
    if len(raters) > 2:
        return many_values(raters, positions, scale, weights, plan, joint)
    table = pair_table(positions[:, 0], positions[:, 1], len(scale.levels))
    pair = pair_values(table, scale, weights, plan, joint.pairs[0, 1])
    counts = level_counts(positions, len(scale.levels))
    further = further_of_two(table, counts, scale, weights, plan.confidence)
    return {**pair, "overall": further, "pairs": []}


def _rates(
    ratings: Sequence[CaseGrades], scale: Scale, raters: Sequence[str], confidence: float
) -> list[Json]:
    """Return each rater's rate of high quality among the cases that this rater could score."""
    rates = []
    for position, rater in enumerate(raters):
        grades = [rating.grades[position] for rating in ratings]
        scored = [grade for grade in grades if grade is not None]
        high = sum(grade >= scale.high_from for grade in scored)
        rates.append(_rate(rater, high, len(scored), len(grades) - len(scored), confidence))
    return rates


def _rate(rater: str, high: int, n: int, unscorable: int, confidence: float) -> Json:
    return {**rate_values(rater, high, n, confidence), "unscorable": unscorable}


def _sensitivity(
    ratings: Sequence[CaseGrades], scale: Scale, raters: Sequence[str], confidence: float
) -> Json | None:
    """Return rates and agreement with unscorable counted as low; None where all was scorable."""
    if all(grade is not None for rating in ratings for grade in rating.grades):
        return None
    high = np.array(
        [
            [int(grade is not None and grade >= scale.high_from) for grade in rating.grades]
            for rating in ratings
        ]
    )
    rates = [
        _rate(rater, int(column.sum()), len(column), 0, confidence)
        for rater, column in zip(raters, high.T, strict=True)
    ]
    if len(raters) > 2:
        agreement: Json = {
            "table": None,
            "percent_agreement": mean_pairwise_agreement(level_counts(high, 2)),
            "dichotomised_kappa": light_of_high(high),
        }
    else:
        table = pair_table(high[:, 0], high[:, 1], 2)
        agreement = {
            "table": table.tolist(),
            "percent_agreement": percent_agreement(table),
            "dichotomised_kappa": coefficient_values(cohen_kappa(table, confidence=confidence)),
        }
    return {"rates": rates, **agreement}
