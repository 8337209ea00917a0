"""Intervals of proportions."""

import pytest

from reader_study.agreement.rates import clopper_pearson_interval, wilson_interval


@pytest.mark.parametrize(
    ("successes", "n", "wilson", "clopper_pearson"),
    [
        (81, 263, (0.255289, 0.366210), (0.252737, 0.367622)),
        (0, 20, (0.0, 0.161125), (0.0, 0.168433)),
        (20, 20, (1 - 0.161125, 1.0), (1 - 0.168433, 1.0)),
    ],
)
def test_intervals_match_the_oracles(successes, n, wilson, clopper_pearson):
    assert wilson_interval(successes, n) == pytest.approx(wilson, abs=1e-6)
    assert clopper_pearson_interval(successes, n) == pytest.approx(clopper_pearson, abs=1e-6)


@pytest.mark.parametrize("interval", [wilson_interval, clopper_pearson_interval])
def test_the_ends_are_exact_where_the_rate_is(interval):
    assert interval(0, 7)[0] == 0.0
    assert interval(7, 7)[1] == 1.0


@pytest.mark.parametrize("interval", [wilson_interval, clopper_pearson_interval])
def test_higher_confidence_gives_a_wider_interval(interval):
    low, high = interval(30, 40, confidence=0.9)
    lower, higher = interval(30, 40, confidence=0.99)

    assert lower < low < high < higher


@pytest.mark.parametrize("interval", [wilson_interval, clopper_pearson_interval])
@pytest.mark.parametrize(("successes", "n"), [(0, 0), (5, 4), (-1, 4)])
def test_impossible_counts_are_refused(interval, successes, n):
    with pytest.raises(ValueError, match="rate"):
        interval(successes, n)


def test_confidence_outside_zero_to_one_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        wilson_interval(1, 2, confidence=95)
