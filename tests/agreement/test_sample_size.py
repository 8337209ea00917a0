"""Planned sizes against irr's published example and against the intervals they promise."""

import math

import numpy as np
import pytest

from reader_study.agreement.kappa import cohen_kappa
from reader_study.agreement.sample_size import (
    cases_for_test,
    cases_for_width,
    planned_binary_table,
    planned_table,
)


def test_irr_gives_the_same_size_for_a_one_sided_test():
    # R: irr::N.cohen.kappa(0.5, 0.5, 0.7, 0.85) prints 96
    assert cases_for_test(0.7, 0.85, (0.5, 0.5), two_sided=False) == 96


def test_a_two_sided_test_and_more_power_need_more_cases():
    one_sided = cases_for_test(0.8, 0.6, (0.7, 0.75), two_sided=False)
    two_sided = cases_for_test(0.8, 0.6, (0.7, 0.75))
    powerful = cases_for_test(0.8, 0.6, (0.7, 0.75), power=0.9)

    assert one_sided < two_sided < powerful


def test_a_planned_binary_table_has_its_rates_and_kappa():
    table = planned_binary_table(0.6, (0.9, 0.85))

    assert (table.sum(), table[1].sum(), table[:, 1].sum()) == pytest.approx((1, 0.9, 0.85))
    assert cohen_kappa(np.round(table * 1e9)).estimate == pytest.approx(0.6, abs=1e-6)


@pytest.mark.parametrize("scheme", ["none", "linear", "quadratic"])
def test_a_planned_table_has_its_kappa_under_every_weighting(scheme):
    table = planned_table(0.74, (0.02, 0.08, 0.3, 0.6))

    assert cohen_kappa(np.round(table * 1e9), scheme).estimate == pytest.approx(0.74, abs=1e-6)


@pytest.mark.parametrize("scheme", ["none", "linear", "quadratic"])
def test_the_planned_width_comes_out(scheme):
    table = planned_table(0.6, (0.2, 0.3, 0.5))
    cases = cases_for_width(table, 0.2, scheme)

    result = cohen_kappa(np.round(table * 1e7), scheme)
    assert result.se is not None
    standard_error = result.se * math.sqrt(1e7 / cases)

    assert 2 * 1.959964 * standard_error == pytest.approx(0.2, rel=0.01)


def test_half_the_width_needs_four_times_the_cases():
    table = planned_table(0.6, (0.2, 0.3, 0.5))

    assert cases_for_width(table, 0.05) == pytest.approx(4 * cases_for_width(table, 0.1), abs=4)


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (lambda: planned_binary_table(0.95, (0.9, 0.7)), "at most"),
        (lambda: planned_binary_table(0.5, (1.0, 0.7)), "between 0 and 1"),
        (lambda: planned_table(0.5, (0.5, 0.6)), "add up to 1"),
        (lambda: planned_table(1.2, (0.5, 0.5)), "planned κ"),
        (lambda: cases_for_width(planned_table(0.5, (0.5, 0.5)), 0), "above 0"),
        (lambda: cases_for_width([[0, 0], [0, 1]], 0.1), "one level"),
        (lambda: cases_for_width([[1, 2], [3, 4]], 0.1), "add up to 1"),
        (lambda: cases_for_test(0.6, 0.6, (0.5, 0.5)), "equal"),
        (lambda: cases_for_test(0.6, 0.4, (0.5, 0.5), power=80), "between 0 and 1"),
    ],
)
def test_impossible_plans_are_refused(plan, message):
    with pytest.raises(ValueError, match=message):
        plan()
