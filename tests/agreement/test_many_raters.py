"""Coefficients of many raters: known identities, missing cells, and data without an answer."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from statsmodels.stats.inter_rater import fleiss_kappa as statsmodels_fleiss

from reader_study.agreement.chance_corrected import (
    brennan_prediger,
    gwet_ac,
    scott_pi,
)
from reader_study.agreement.gradings import (
    MISSING,
    checked_counts,
    checked_gradings,
    grade_positions,
    level_counts,
)
from reader_study.agreement.kappa import WeightScheme, agreement_weights, cohen_kappa
from reader_study.agreement.krippendorff import METRICS, Metric, krippendorff_alpha
from reader_study.agreement.many_raters import (
    brennan_prediger_of_counts,
    conger_kappa,
    fleiss_kappa,
    gwet_ac_of_counts,
    kendall_w,
    light_kappa,
)
from reader_study.agreement.scale import Level, Scale
from tests.agreement import tables

SCHEMES: tuple[WeightScheme, ...] = ("none", "linear", "quadratic")
LEVELS = 4
gradings = st_numpy.arrays(
    np.int64, st.tuples(st.integers(2, 12), st.integers(2, 5)), elements=st.integers(-1, LEVELS - 1)
)
complete = st_numpy.arrays(
    np.int64, st.tuples(st.integers(3, 12), st.integers(2, 5)), elements=st.integers(0, LEVELS - 1)
)


def every_coefficient(grades: np.ndarray, levels: int, scheme: WeightScheme) -> dict[str, Any]:
    counts = level_counts(grades, levels)
    metric: dict[WeightScheme, Metric] = {
        "none": "nominal",
        "linear": "ordinal",
        "quadratic": "interval",
    }
    return {
        "ac": gwet_ac_of_counts(counts, scheme),
        "bp": brennan_prediger_of_counts(counts, scheme),
        "fleiss": fleiss_kappa(counts, scheme),
        "conger": conger_kappa(grades, levels, scheme),
        "light": light_kappa(grades, levels, scheme),
        "alpha": krippendorff_alpha(counts, metric[scheme]),
    }


def assert_same(one: dict[str, Any], other: dict[str, Any], *names: str) -> None:
    for name in names or one:
        assert (one[name].estimate is None) == (other[name].estimate is None), name
        if one[name].estimate is not None:
            assert other[name].estimate == pytest.approx(one[name].estimate, abs=1e-9), name
            if one[name].se is not None:
                assert other[name].se == pytest.approx(one[name].se, abs=1e-6), name


@given(gradings, st.sampled_from(SCHEMES), st.randoms(use_true_random=False))
def test_the_order_of_raters_and_cases_does_not_matter(grades, scheme, random):
    raters, cases = list(range(grades.shape[1])), list(range(len(grades)))
    random.shuffle(raters)
    random.shuffle(cases)

    assert_same(
        every_coefficient(grades, LEVELS, scheme),
        every_coefficient(grades[cases][:, raters], LEVELS, scheme),
    )


@given(gradings, st.sampled_from(SCHEMES))
def test_reversing_the_scale_changes_nothing(grades, scheme):
    flipped = np.where(grades == MISSING, MISSING, LEVELS - 1 - grades)

    assert_same(
        every_coefficient(grades, LEVELS, scheme), every_coefficient(flipped, LEVELS, scheme)
    )


@given(gradings)
def test_an_unused_level_changes_nothing_but_what_counts_levels(grades):
    narrow = every_coefficient(grades, LEVELS, "none")
    wide = every_coefficient(grades, LEVELS + 2, "none")

    assert_same(narrow, wide, "fleiss", "conger", "light", "alpha")
    alphas = (level_counts(grades, levels) for levels in (LEVELS, LEVELS + 2))
    one, other = (krippendorff_alpha(counts, "ordinal") for counts in alphas)
    assert_same({"ordinal": one}, {"ordinal": other})


@given(complete, st.sampled_from(SCHEMES), st.integers(2, 4))
def test_copies_of_the_cohort_keep_the_coefficients(grades, scheme, copies):
    one = every_coefficient(grades, LEVELS, scheme)
    more = every_coefficient(np.tile(grades, (copies, 1)), LEVELS, scheme)

    for name in ("ac", "bp", "fleiss", "conger", "light"):
        if one[name].estimate is not None:
            assert more[name].estimate == pytest.approx(one[name].estimate, abs=1e-9)
    if one["alpha"].estimate is not None:
        # α corrects for the number of grades; without the correction it is the same
        grown = grades.size * copies
        uncorrected = (1 - one["alpha"].estimate) / (1 - 1 / grades.size)
        assert (1 - more["alpha"].estimate) / (1 - 1 / grown) == pytest.approx(uncorrected)


@given(gradings, st.sampled_from(SCHEMES))
def test_a_coefficient_is_finite_or_says_why_not(grades, scheme):
    for result in every_coefficient(grades, LEVELS, scheme).values():
        assert (result.estimate is None) == (result.undefined is not None)
        if result.estimate is not None:
            assert np.isfinite(result.estimate)
            assert result.estimate <= 1 + 1e-9
            assert result.se is None or np.isfinite(result.se)


@given(gradings)
def test_concordance_lies_in_zero_to_one_or_says_why_not(grades):
    result = kendall_w(grades, LEVELS)

    assert (result.w is None) == (result.undefined is not None)
    if result.w is not None:
        assert -1e-9 <= result.w <= 1 + 1e-9


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("table", [tables.GWET_ABSTRACTORS, tables.FLEISS_COHEN_EVERITT_1969])
def test_two_raters_have_the_coefficients_of_their_table(table, scheme):
    grades = np.stack(tables.gradings(table), axis=1)
    many = every_coefficient(grades, 3, scheme)
    n = len(grades)

    for name, of_table in (
        ("conger", cohen_kappa(table, scheme)),
        ("fleiss", scott_pi(table, scheme)),
        ("ac", gwet_ac(table, scheme)),
        ("bp", brennan_prediger(table, scheme)),
    ):
        assert many[name].estimate == pytest.approx(of_table.estimate, abs=1e-12)
        assert of_table.se is not None
        assert many[name].se == pytest.approx(of_table.se * np.sqrt(n / (n - 1)), abs=1e-12)
    assert many["light"].estimate == pytest.approx(cohen_kappa(table, scheme).estimate)


def test_krippendorffs_own_example_in_four_metrics():
    counts = level_counts(tables.KRIPPENDORFF_2011, 5)

    alphas = [krippendorff_alpha(counts, metric).estimate for metric in METRICS]

    assert alphas == pytest.approx([0.743421, 0.815388, 0.849107, 0.797403], abs=1e-6)
    assert gwet_ac_of_counts(counts).estimate == pytest.approx(0.77544, abs=5e-6)


@pytest.mark.parametrize("seed", range(5))
def test_statsmodels_gives_the_same_fleiss_kappa(seed):
    counts = np.random.default_rng(seed).multinomial(5, [0.1, 0.2, 0.3, 0.4], size=30)

    for method, ours in (
        ("fleiss", fleiss_kappa(counts)),
        ("randolph", brennan_prediger_of_counts(counts)),
    ):
        peer = statsmodels_fleiss(counts, method=method)
        assert ours.estimate == pytest.approx(peer, abs=1e-12)


@pytest.mark.parametrize("name", ["ac", "fleiss", "conger", "alpha"])
def test_standard_errors_are_those_of_the_bootstrap(name):
    rng = np.random.default_rng(4)
    truth = rng.choice(LEVELS, size=150, p=[0.1, 0.2, 0.3, 0.4])
    grades = np.clip(truth[:, None] + rng.integers(-1, 2, size=(150, 3)), 0, LEVELS - 1)
    grades[rng.random(grades.shape) < 0.15] = MISSING

    values = [
        every_coefficient(grades[rng.integers(150, size=150)], LEVELS, "none")[name].estimate
        for _ in range(300)
    ]

    assert every_coefficient(grades, LEVELS, "none")[name].se == pytest.approx(
        np.std(values), rel=0.15
    )


def test_fleiss_null_error_exists_for_equal_numbers_of_raters_only():
    counts = np.array([[3, 0], [1, 2], [0, 3]])

    assert fleiss_kappa(counts).se0 is not None
    assert fleiss_kappa(counts, agreement_weights(2, "linear")).se0 is not None
    assert fleiss_kappa(np.array([[3, 0], [1, 1], [0, 3]])).se0 is None
    assert fleiss_kappa(np.array([[3, 0, 0], [1, 2, 0], [0, 0, 3]]), "linear").se0 is None


def test_raters_who_all_say_the_same_get_a_sentence_or_ac1():
    results = every_coefficient(np.full((6, 3), 2), LEVELS, "none")

    for name in ("fleiss", "conger", "light", "alpha"):
        assert results[name].undefined
    assert results["ac"].estimate == results["bp"].estimate == 1.0
    assert kendall_w(np.full((6, 3), 2), LEVELS).undefined


def test_cases_with_a_single_grade_leave_nothing_to_compare():
    grades = np.array([[1, MISSING], [MISSING, 2], [MISSING, MISSING]])

    for result in every_coefficient(grades, LEVELS, "none").values():
        assert result.estimate is None
        assert result.undefined


def test_a_rater_without_a_single_grade_gets_a_sentence():
    grades = np.array([[1, 1, MISSING], [2, 1, MISSING]])

    assert "no case" in str(conger_kappa(grades, LEVELS).undefined)
    assert "raters 1 and 3" in str(light_kappa(grades, LEVELS).undefined)


def test_interval_and_ratio_alpha_use_the_values_of_the_levels():
    counts = np.array([[2, 0, 0], [1, 1, 0], [0, 2, 0], [0, 1, 1], [0, 0, 2]])

    even = krippendorff_alpha(counts, "interval", values=[10, 20, 30])
    uneven = krippendorff_alpha(counts, "interval", values=[10, 20, 100])

    assert even.estimate == pytest.approx(krippendorff_alpha(counts, "interval").estimate)
    assert uneven.estimate != pytest.approx(even.estimate)
    assert krippendorff_alpha(counts, "ratio", values=[1, 2, 4]).estimate is not None


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: krippendorff_alpha([[1, 1]], "cyclic"), ", ".join(METRICS)),  # type: ignore[arg-type]
        (lambda: krippendorff_alpha([[1, 1]], "ratio", values=[0, 1]), "above 0"),
        (lambda: krippendorff_alpha([[1, 1]], "interval", values=[1]), "1 values"),
        (lambda: checked_counts([[1, -1]]), "whole numbers"),
        (lambda: checked_counts([1, 2]), "cases × levels"),
        (lambda: checked_gradings([[0, 4]], 4), "0 … 3"),
        (lambda: checked_gradings([[0.0, 1.0]], 4), "positions"),
        (lambda: checked_gradings([[0], [1]], 4), "two or more"),
        (
            lambda: grade_positions([(1, 2), (1,)], Scale((Level(1, ""), Level(2, "")), 2), 2),
            "each of 2 raters",
        ),
    ],
)
def test_malformed_data_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
