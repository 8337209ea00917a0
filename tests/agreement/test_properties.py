"""What must hold for every table."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from reader_study.agreement.bootstrap import bootstrap_kappas
from reader_study.agreement.chance_corrected import brennan_prediger, gwet_ac, scott_pi
from reader_study.agreement.kappa import WeightScheme, agreement_weights, cohen_kappa
from reader_study.agreement.paired_tests import bowker, stuart_maxwell
from reader_study.agreement.rates import clopper_pearson_interval, wilson_interval

SCHEMES: tuple[WeightScheme, ...] = ("none", "linear", "quadratic")
schemes = st.sampled_from(SCHEMES)
tables = st.integers(2, 5).flatmap(
    lambda levels: st_numpy.arrays(np.int64, (levels, levels), elements=st.integers(0, 40))
)


def close(value: object) -> Any:
    return pytest.approx(value, abs=1e-9)


@given(tables, schemes)
def test_exchanging_the_raters_changes_nothing(table, scheme):
    one, other = cohen_kappa(table, scheme), cohen_kappa(table.T, scheme)

    assert (one.estimate is None) == (other.estimate is None)
    if one.estimate is not None:
        assert (one.estimate, one.se, one.se0) == close((other.estimate, other.se, other.se0))


@given(tables, schemes)
def test_reversing_the_scale_changes_nothing(table, scheme):
    one, other = cohen_kappa(table, scheme), cohen_kappa(table[::-1, ::-1], scheme)

    if one.estimate is not None:
        assert (one.estimate, one.se) == close((other.estimate, other.se))


@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_levels_does_not_matter_to_unweighted_kappa(table, random):
    order = list(range(len(table)))
    random.shuffle(order)

    one, other = cohen_kappa(table), cohen_kappa(table[np.ix_(order, order)])

    if one.estimate is not None:
        assert (one.estimate, one.se) == close((other.estimate, other.se))


@given(tables, st.integers(0, 5))
def test_an_unused_level_leaves_unweighted_kappa_alone(table, position):
    position = min(position, len(table))
    wider = np.insert(np.insert(table, position, 0, axis=0), position, 0, axis=1)

    one, other = cohen_kappa(table), cohen_kappa(wider)

    assert (one.estimate is None) == (other.estimate is None)
    if one.estimate is not None:
        assert (one.estimate, one.se) == close((other.estimate, other.se))


@given(tables, schemes, st.integers(2, 9))
def test_copies_of_the_cohort_keep_kappa_and_shrink_its_error(table, scheme, copies):
    one, more = cohen_kappa(table, scheme), cohen_kappa(table * copies, scheme)

    if one.estimate is not None:
        assert more.estimate == close(one.estimate)
        assert more.se == pytest.approx(one.se / np.sqrt(copies), abs=1e-6)


@given(tables, schemes)
def test_kappa_is_at_most_one_and_one_only_on_the_diagonal(table, scheme):
    kappa = cohen_kappa(table, scheme).estimate

    if kappa is not None:
        assert kappa <= 1
        assert (kappa == 1) == (np.trace(table) == table.sum())


@given(tables)
def test_all_weightings_agree_on_two_levels(table):
    table = table[:2, :2]
    results = [cohen_kappa(table, scheme) for scheme in SCHEMES]

    assert len({result.estimate is None for result in results}) == 1
    if results[0].estimate is not None:
        assert results[1].estimate == results[2].estimate == close(results[0].estimate)


@given(tables, schemes)
def test_gwets_coefficient_exists_whenever_there_are_cases(table, scheme):
    result = gwet_ac(table, scheme)

    assert (result.estimate is None) == (table.sum() == 0)
    if result.estimate is not None:
        assert abs(result.estimate) < 10
        assert result.se is not None
        assert 0 <= result.se < 10


COEFFICIENTS = (gwet_ac, scott_pi, brennan_prediger)


def assert_same_coefficients(one: Any, other: Any, scheme: WeightScheme) -> None:
    for coefficient in COEFFICIENTS:
        first, second = coefficient(one, scheme), coefficient(other, scheme)
        assert (first.estimate is None) == (second.estimate is None)
        if first.estimate is not None:
            assert second.estimate == close(first.estimate)
            assert second.se == pytest.approx(first.se, abs=1e-6)


@given(tables, schemes)
def test_the_other_coefficients_do_not_care_which_rater_is_first(table, scheme):
    assert_same_coefficients(table, table.T, scheme)


@given(tables, schemes)
def test_the_other_coefficients_do_not_care_which_end_is_up(table, scheme):
    assert_same_coefficients(table, table[::-1, ::-1], scheme)


@given(tables, schemes, st.integers(2, 9))
def test_copies_of_the_cohort_keep_the_other_coefficients(table, scheme, copies):
    for coefficient in COEFFICIENTS:
        one, more = coefficient(table, scheme), coefficient(table * copies, scheme)
        if one.estimate is not None:
            assert more.estimate == close(one.estimate)
            assert more.se == pytest.approx(one.se / np.sqrt(copies), abs=1e-6)


@given(tables)
def test_an_unused_level_counts_where_guessing_would_use_it(table):
    wider = np.pad(table, (0, 1))

    scott, wider_scott = scott_pi(table), scott_pi(wider)
    assert (scott.estimate is None) == (wider_scott.estimate is None)
    if scott.estimate is not None:
        assert wider_scott.estimate == close(scott.estimate)
    narrow, wide = brennan_prediger(table).estimate, brennan_prediger(wider).estimate
    if narrow is not None and np.trace(table) < table.sum():
        assert wide is not None
        assert wide > narrow


@given(tables, st.integers(2, 9))
def test_tests_of_paired_margins_grow_with_the_cohort_and_ignore_the_diagonal(table, copies):
    for test in (bowker, stuart_maxwell):
        one, more = test(table), test(table * copies)
        agreed = test(table + 7 * np.eye(len(table), dtype=np.int64))
        exchanged = test(table.T)
        assert one.df == more.df == agreed.df == exchanged.df
        if one.statistic is not None:
            assert more.statistic == pytest.approx(copies * one.statistic, abs=1e-6)
            assert agreed.statistic == pytest.approx(one.statistic, abs=1e-6)
            assert exchanged.statistic == pytest.approx(one.statistic, abs=1e-6)


@settings(max_examples=40)
@given(tables, schemes, st.sampled_from(["percentile", "bca"]))
def test_a_bootstrap_interval_is_finite_or_refused_with_a_reason(table, scheme, method):
    result = bootstrap_kappas(
        table, [agreement_weights(len(table), scheme)], seed=2, method=method, resamples=300
    )[0]

    assert (result.ci is None) == (result.refused is not None)
    if result.ci is not None:
        low, high = result.ci
        assert low <= high <= 1
    assert np.all(np.isfinite(result.values))
    if table.sum():
        assert len(result.values) + result.undefined == 300
    if cohen_kappa(table, scheme).estimate is None:
        assert not len(result.values)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_rate_intervals_hold_the_rate_and_lie_in_zero_to_one(counts):
    successes, n = counts
    for interval in (wilson_interval, clopper_pearson_interval):
        low, high = interval(successes, n)
        assert 0 <= low <= successes / n <= high <= 1
