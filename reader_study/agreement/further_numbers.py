"""What a report says beside rates and κ: two raters' habits, and further coefficients."""

from reader_study.agreement.as_json import (
    Json,
    chi_square_values,
    coefficient_values,
    interval_values,
)
from reader_study.agreement.chance_corrected import brennan_prediger, gwet_ac, scott_pi
from reader_study.agreement.coefficient import Coefficient
from reader_study.agreement.contingency import Table, dichotomised
from reader_study.agreement.gradings import Counts, Gradings
from reader_study.agreement.kappa import WeightScheme
from reader_study.agreement.krippendorff import METRICS, krippendorff_alpha
from reader_study.agreement.many_raters import (
    brennan_prediger_of_counts,
    conger_kappa,
    fleiss_kappa,
    gwet_ac_of_counts,
)
from reader_study.agreement.paired_tests import ChiSquareTest, bowker, mcnemar, stuart_maxwell
from reader_study.agreement.scale import Scale

HABIT_TESTS = ("mcnemar", "bowker", "stuart_maxwell")
AC2_WEIGHTS: tuple[WeightScheme, ...] = ("linear", "quadratic")


def habit_tests(table: Table, scale: Scale, confidence: float) -> Json:
    """Return ``mcnemar, bowker, stuart_maxwell``: do two raters use the scale alike?

    Parameters
    ----------
    table
        (K, K) counts of the cases that both graded; rows the first rater.
    scale
        McNemar's test compares the rates at its cut-point; the others look at every level.
    confidence
        Level of Tango's interval of the difference of the rates.
    """
    cut = dichotomised(table, scale.high_index)
    paired = mcnemar(cut, confidence=confidence)
    return {
        "mcnemar": {
            **_test_values(paired.asymptotic),
            "corrected": chi_square_values(paired.corrected),
            "exact_p": paired.exact_p,
            "only_first": int(cut[1, 0]),
            "only_second": int(cut[0, 1]),
            "difference": paired.difference,
            "ci": interval_values(paired.ci),
        },
        "bowker": _test_values(bowker(table)),
        "stuart_maxwell": _test_values(stuart_maxwell(table)),
    }


def _test_values(test: ChiSquareTest) -> Json:
    return {**chi_square_values(test), "refused": test.undefined}


def further_of_two(
    table: Table, counts: Counts, scale: Scale, weights: WeightScheme, confidence: float
) -> list[Json]:
    """Return AC2, Scott's π, Brennan–Prediger's coefficient and Krippendorff's α of two raters.

    Parameters
    ----------
    table, counts
        The (K, K) table, and the (n, K) counts of grades of the same cases.
    weights
        Of Scott's and Brennan–Prediger's coefficients; AC2 stands under both weightings that it
        has beside AC1, α under every metric.
    """
    return [
        *(
            _values("gwet", scheme, gwet_ac(table, scheme, confidence=confidence))
            for scheme in AC2_WEIGHTS
        ),
        _values("scott", weights, scott_pi(table, weights, confidence=confidence)),
        _values(
            "brennan_prediger", weights, brennan_prediger(table, weights, confidence=confidence)
        ),
        *_alphas(counts, scale, confidence),
    ]


def further_of_many(
    positions: Gradings, counts: Counts, scale: Scale, weights: WeightScheme, confidence: float
) -> list[Json]:
    """Return the coefficients of more than two raters together, as :func:`further_of_two`."""
    levels = len(scale.levels)
    return [
        _values("fleiss", weights, fleiss_kappa(counts, weights, confidence=confidence)),
        _values("conger", weights, conger_kappa(positions, levels, weights, confidence=confidence)),
        *(
            _values("gwet", scheme, gwet_ac_of_counts(counts, scheme, confidence=confidence))
            for scheme in AC2_WEIGHTS
        ),
        _values(
            "brennan_prediger",
            weights,
            brennan_prediger_of_counts(counts, weights, confidence=confidence),
        ),
        *_alphas(counts, scale, confidence),
    ]


def _alphas(counts: Counts, scale: Scale, confidence: float) -> list[Json]:
    """Return α in every metric; "ratio" only where the values of all levels are above 0."""
    return [
        _values(
            "krippendorff",
            metric,
            krippendorff_alpha(counts, metric, values=scale.values, confidence=confidence),
        )
        for metric in METRICS
        if metric != "ratio" or scale.values[0] > 0
    ]


def _values(name: str, weights: str, coefficient: Coefficient) -> Json:
    return {
        "coefficient": name,
        "weights": weights,
        **coefficient_values(coefficient),
        "undefined": coefficient.undefined,
    }
