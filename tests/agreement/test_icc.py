"""Intraclass correlations against psych::ICC, and at their limits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from reader_study.agreement.icc import IccForm, intraclass_correlations
from tests.agreement.test_r_packages import expected, rows

NAMES: dict[str, IccForm] = {
    "ICC1": "ICC(1,1)",
    "ICC2": "ICC(2,1)",
    "ICC3": "ICC(3,1)",
    "ICC1k": "ICC(1,k)",
    "ICC2k": "ICC(2,k)",
    "ICC3k": "ICC(3,k)",
}


@pytest.mark.parametrize("name", ["shrout_fleiss_1979", "anxiety_3raters_ordinal"])
def test_psych_gives_the_same_correlations_and_intervals(name):
    grades = [[float(cell) for cell in row] for row in rows(name)]

    ours = intraclass_correlations(grades)

    for peer in expected(name)["icc"]:
        result = ours[NAMES[peer["type"]]]
        assert result.estimate == pytest.approx(peer["ICC"], abs=1e-9)
        assert result.ci == pytest.approx((peer["lower bound"], peer["upper bound"]), abs=1e-6)
        assert result.f == pytest.approx(peer["F"], abs=1e-9)
        assert result.df == (peer["df1"], peer["df2"])
        assert result.p == pytest.approx(peer["p"], abs=1e-9)


def test_a_constant_shift_of_one_rater_costs_agreement_but_not_consistency():
    case = np.arange(8.0)

    result = intraclass_correlations(np.stack([case, case + 3], axis=1))

    assert result["ICC(3,1)"].estimate == 1.0
    absolute = result["ICC(2,1)"].estimate
    assert absolute is not None
    assert absolute < 0.6


def test_perfect_agreement_has_no_interval():
    result = intraclass_correlations([[1, 1], [2, 2], [4, 4]])

    assert {icc.estimate for icc in result.values()} == {1.0}
    assert {icc.ci for icc in result.values()} == {None}


@pytest.mark.parametrize("grades", [[[1, 1]], [[2, 2], [2, 2]], [[1, np.nan], [np.nan, 2]]])
def test_ratings_without_information_get_a_sentence(grades):
    for icc in intraclass_correlations(grades).values():
        assert icc.estimate is None
        assert icc.undefined


def test_two_raters_who_exchange_two_cases_have_no_absolute_agreement():
    result = intraclass_correlations([[1, 2], [2, 1]])

    assert result["ICC(2,1)"].undefined
    assert result["ICC(3,1)"].estimate == -1.0
    assert result["ICC(3,k)"].undefined


def test_no_interval_is_given_where_no_degrees_of_freedom_are_left_for_it():
    result = intraclass_correlations([[1, 3, 2]] + 5 * [[2, 2, 2]])

    assert result["ICC(2,1)"].estimate == pytest.approx(-0.5)
    assert result["ICC(2,1)"].ci is None


@given(st_numpy.arrays(np.int64, (6, 3), elements=st.integers(1, 4)))
def test_a_correlation_is_finite_or_says_why_not(grades):
    for icc in intraclass_correlations(grades).values():
        assert (icc.estimate is None) == (icc.undefined is not None)
        if icc.estimate is not None:
            assert np.isfinite(icc.estimate)
            assert icc.ci is None or np.all(np.isfinite(icc.ci))
