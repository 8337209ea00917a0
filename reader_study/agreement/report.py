"""The agreement report of a two-rater study, ready for JSON."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from reader_study.agreement import wording
from reader_study.agreement.as_json import (
    Json,
    bootstrapped_kappa_values,
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
    specific_agreement,
)
from reader_study.agreement.contingency import Table, contingency_table, dichotomised
from reader_study.agreement.kappa import (
    WeightScheme,
    agreement_weights,
    cohen_kappa,
    dichotomising_weights,
)
from reader_study.agreement.resampling import (
    DEFAULT_RESAMPLES,
    BootstrapPlan,
    IntervalMethod,
    KappaBootstrap,
)
from reader_study.agreement.scale import Level, Scale

WEIGHT_SCHEMES: tuple[WeightScheme, ...] = ("none", "linear", "quadratic")


@dataclass(frozen=True)
class CaseGrades:
    """One case with the grade of each rater; None where the rater found it unscorable."""

    case: str
    site: str
    grades: tuple[int | None, int | None]


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
    raters: tuple[str, str] = ("Rater 1", "Rater 2"),
) -> Json:
    """Return rates, κ and what a reviewer asks next, for two raters.

    Parameters
    ----------
    levels, high_from
        The declared scale and the lowest value that counts as high quality.
    ratings
        One record per case. A rater's rate is of the cases that this rater could score;
        agreement is of the cases that both could.
    seed, ci_method, resamples, confidence
        Bootstrap of κ; see :func:`reader_study.agreement.bootstrap.bootstrap_kappas`.
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
    _check_cases(ratings, scale)
    plan = BootstrapPlan(seed, ci_method, resamples, confidence)
    table = contingency_table(_pairs(ratings), scale)
    kappas, dichotomised_kappa, primary_bootstrap = _kappas(table, scale, weights, plan)
    primary = kappas[WEIGHT_SCHEMES.index(weights)]
    report: Json = {
        "raters": list(raters),
        "levels": [asdict(level) for level in scale.levels],
        "high_from": scale.high_from,
        "confidence": confidence,
        "n_cases": len(ratings),
        "n_paired": int(table.sum()),
        "table": table.tolist(),
        "rates": _rates(ratings, scale, raters, confidence),
        "sites": [
            {
                "site": site,
                "rates": _rates([r for r in ratings if r.site == site], scale, raters, confidence),
            }
            for site in sorted({rating.site for rating in ratings})
        ],
        "kappa": primary,
        "kappas": kappas,
        "dichotomised_kappa": dichotomised_kappa,
        "dichotomised": _dichotomised_indices(dichotomised(table, scale.high_index)),
        "ac1": coefficient_values(gwet_ac(table, confidence=confidence)),
        "pabak": coefficient_values(
            pabak(dichotomised(table, scale.high_index), confidence=confidence)
        ),
        "percent_agreement": percent_agreement(table),
        "histogram": _histogram(primary_bootstrap),
        "sensitivity": _sensitivity(ratings, scale, raters, confidence),
    }
    report["sentence"] = wording.sentence(report)
    report["footnotes"] = wording.footnotes(report)
    report["warnings"] = wording.warnings(report)
    return report


def _check_cases(ratings: Sequence[CaseGrades], scale: Scale) -> None:
    seen: set[str] = set()
    for rating in ratings:
        if rating.case in seen:
            raise ValueError(f"Case {rating.case} occurs twice; each case is one record.")
        seen.add(rating.case)
        for grade in rating.grades:
            if grade is not None and grade not in scale.values:
                raise ValueError(
                    f"Case {rating.case}: grade {grade!r} is not on the declared scale "
                    f"{list(scale.values)}."
                )


def _pairs(ratings: Sequence[CaseGrades]) -> list[tuple[int, int]]:
    return [
        (first, second)
        for first, second in (rating.grades for rating in ratings)
        if first is not None and second is not None
    ]


def _rates(
    ratings: Sequence[CaseGrades], scale: Scale, raters: tuple[str, str], confidence: float
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


def _kappas(
    table: Table, scale: Scale, primary: WeightScheme, plan: BootstrapPlan
) -> tuple[list[Json], Json, KappaBootstrap]:
    """Return κ under every weighting, κ at the cut-point, and the primary κ's resamples.

    All of them come from the same resamples, so their intervals can be compared.
    """
    size = len(scale.levels)
    cut = dichotomising_weights(size, scale.high_index)
    schemes = [agreement_weights(size, scheme) for scheme in WEIGHT_SCHEMES]
    resampled = bootstrap_kappas(
        table,
        [*schemes, cut],
        seed=plan.seed,
        method=plan.method,
        resamples=plan.resamples,
        confidence=plan.confidence,
    )
    entries = [
        {"weights": name, **_kappa(table, matrix, bootstrap, plan), "primary": name == primary}
        for name, matrix, bootstrap in zip(
            (*WEIGHT_SCHEMES, "dichotomised"), [*schemes, cut], resampled, strict=True
        )
    ]
    return entries[:-1], entries[-1], resampled[WEIGHT_SCHEMES.index(primary)]


def _kappa(
    table: Table, weights: np.ndarray, bootstrap: KappaBootstrap, plan: BootstrapPlan
) -> Json:
    kappa = cohen_kappa(table, weights, confidence=plan.confidence)
    return {
        **bootstrapped_kappa_values(kappa, bootstrap, plan),
        "wald": interval_values(kappa.ci),
        "seed": plan.seed,
    }


def _dichotomised_indices(table: Table) -> Json:
    positive, negative = specific_agreement(table)
    return {
        "table": table.tolist(),
        "percent_agreement": percent_agreement(table),
        "positive_agreement": positive,
        "negative_agreement": negative,
        "prevalence_index": prevalence_index(table),
        "bias_index": bias_index(table),
    }


def _sensitivity(
    ratings: Sequence[CaseGrades], scale: Scale, raters: tuple[str, str], confidence: float
) -> Json | None:
    """Return rates and agreement with unscorable counted as low; None where all was scorable."""
    if all(grade is not None for rating in ratings for grade in rating.grades):
        return None
    counted = [
        [0 if grade is None else int(grade >= scale.high_from) for grade in rating.grades]
        for rating in ratings
    ]
    table = np.zeros((2, 2), dtype=np.int64)
    for first, second in counted:
        table[first, second] += 1
    return {
        "rates": [
            _rate(rater, sum(row[position] for row in counted), len(counted), 0, confidence)
            for position, rater in enumerate(raters)
        ],
        "table": table.tolist(),
        "percent_agreement": percent_agreement(table),
        "dichotomised_kappa": coefficient_values(cohen_kappa(table, confidence=confidence)),
    }


def _histogram(bootstrap: KappaBootstrap) -> Json:
    """Count the defined resamples in bins of a round width, about 20 to 50 of them."""
    values = bootstrap.values
    if not len(values):
        return {"edges": [], "counts": []}
    spread = float(values[-1] - values[0])
    bins_per_unit = next(
        (per_unit for per_unit in (200, 100, 50, 20) if spread * per_unit <= 50), 20
    )
    first = int(np.floor(values[0] * bins_per_unit))
    last = max(int(np.ceil(values[-1] * bins_per_unit)), first + 1)
    edges = np.arange(first, last + 1) / bins_per_unit
    return {"edges": edges.tolist(), "counts": np.histogram(values, edges)[0].tolist()}
