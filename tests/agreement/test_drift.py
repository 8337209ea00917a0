"""Trends over the order of reading, against scipy and against counting by hand."""

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import kendalltau, somersd

from reader_study.agreement.drift import order_association, robust_slope
from reader_study.agreement.reading_course import CaseReading, reading_course
from tests.agreement.tables import scale_of


def interval(found):
    """Return the interval, which must exist."""
    assert found.ci is not None
    return found.ci


def grades_over(n, *, trend=0.0, seed=1):
    """Return positions in a shuffled order and grades 1 to 4."""
    generator = np.random.default_rng(seed)
    positions = generator.permutation(n) + 1
    raw = 3 + trend * positions / n + generator.normal(size=n)
    return positions, np.clip(np.round(raw), 1, 4).astype(int)


def test_the_slope_is_the_median_of_all_slopes_and_one_interruption_hardly_moves_it():
    generator = np.random.default_rng(3)
    positions = np.arange(1, 41)
    seconds = 120 - 0.5 * positions + generator.normal(size=40)
    by_hand = np.median(
        [
            (seconds[j] - seconds[i]) / (positions[j] - positions[i])
            for i, j in combinations(range(40), 2)
        ]
    )

    slope = robust_slope(positions, seconds)
    interrupted = robust_slope(positions, np.where(positions == 30, 4000, seconds))

    assert slope.per_case == pytest.approx(by_hand, abs=1e-12)
    assert interval(slope)[0] < -0.5 < interval(slope)[1]
    assert interrupted.per_case == pytest.approx(-0.5, abs=0.05)


def test_the_interval_of_the_slope_holds_the_true_slope_as_often_as_it_says():
    generator = np.random.default_rng(5)
    positions = np.arange(60)
    held = 0
    for _ in range(400):
        values = 2 * positions + generator.standard_t(3, size=60)
        low, high = interval(robust_slope(positions, values))
        held += low <= 2 <= high
    assert held / 400 == pytest.approx(0.95, abs=0.03)


@pytest.mark.parametrize("trend", [0.0, 1.5, -2.0])
def test_the_association_is_somers_d_of_the_grade_by_the_order(trend):
    positions, grades = grades_over(60, trend=trend)

    found = order_association(positions, grades)

    assert found.estimate == pytest.approx(somersd(positions, grades).statistic, abs=1e-12)


def test_without_ties_it_is_kendalls_tau():
    generator = np.random.default_rng(2)
    positions, values = generator.permutation(30), generator.permutation(30)

    found = order_association(positions, values)

    assert found.estimate == pytest.approx(kendalltau(positions, values).statistic, abs=1e-12)


def test_its_standard_error_is_the_jackknife_case_by_case():
    positions, grades = grades_over(40)
    left_out = [
        order_association(np.delete(positions, case), np.delete(grades, case)).estimate
        for case in range(40)
    ]

    found = order_association(positions, grades)

    assert found.se == pytest.approx(np.sqrt(39 * np.array(left_out, dtype=float).var()), abs=1e-12)
    low, high = interval(found)
    assert found.estimate is not None
    assert -1 < low < found.estimate < high < 1


def test_its_interval_holds_nothing_as_often_as_it_says_where_grades_do_not_drift():
    held = 0
    for seed in range(400):
        low, high = interval(order_association(*grades_over(60, seed=seed)))
        held += low <= 0 <= high
    assert held / 400 == pytest.approx(0.95, abs=0.03)


def test_reversing_the_order_reverses_both():
    positions, grades = grades_over(50, trend=1.0)

    there, back = order_association(positions, grades), order_association(51 - positions, grades)
    forwards, backwards = robust_slope(positions, grades), robust_slope(51 - positions, grades)

    assert there.estimate is not None
    assert back.estimate == pytest.approx(-there.estimate)
    assert interval(back) == pytest.approx((-interval(there)[1], -interval(there)[0]))
    assert forwards.per_case is not None
    assert backwards.per_case == -forwards.per_case


def test_constant_grades_and_few_cases_have_no_trend_and_say_why():
    constant = order_association(np.arange(20), np.full(20, 4))
    few = order_association(np.arange(5), np.arange(5))

    assert (constant.estimate, constant.undefined) == (None, "every case got the same grade")
    assert few.undefined == robust_slope(np.arange(5), np.arange(5)).undefined
    assert "fewer than 10" in str(few.undefined)


def readings(seconds, grades):
    return [
        CaseReading(place, second, grade)
        for place, (second, grade) in enumerate(zip(seconds, grades, strict=True), start=1)
    ]


def test_a_rater_who_grew_quicker_and_stricter_is_told_so():
    seconds = [100.0 - place for place in range(40)]
    grades = [4] * 18 + [3, 4] * 2 + [3] * 18

    course = reading_course("Rater 1", readings(seconds, grades), scale_of(4, 3), 0.95)

    assert course["seconds"]["slope"]["per_100"] == pytest.approx(-100)
    assert "grew quicker: by 100 s for every 100 cases" in course["sentence"]
    assert "Later cases got lower grades (τ = −0.5" in course["sentence"]
    assert course["points"][0] == [1, 100.0, 4]


def test_a_rater_without_a_clock_or_with_unscorable_cases_has_what_there_is():
    grades = [None if place % 5 == 0 else 3 + place % 2 for place in range(30)]

    course = reading_course("Rater 2", readings([None] * 30, grades), scale_of(4, 3), 0.95)

    assert course["seconds"] is None
    assert course["n"] == 30
    assert course["sentence"].startswith("Rater 2: no times were measured. No drift of the grades")
