"""When a rater will be done, by days counted by hand."""

from datetime import date, timedelta

import pytest

from reader_study.coordination.case_times import histogram, median_or_none
from reader_study.coordination.pace import cases_a_day, finish_date

TODAY = date(2026, 3, 16)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize("read_on", [{}, {TODAY: 12}])
def test_a_single_day_of_reading_makes_no_pace(read_on):
    assert cases_a_day(read_on, TODAY) is None


def test_days_off_between_the_active_days_count():
    assert cases_a_day({ago(6): 10, TODAY: 4}, TODAY) == pytest.approx(14 / 7)


def test_a_morning_without_readings_is_no_slower_pace_yet():
    assert cases_a_day({ago(2): 10, ago(1): 10}, TODAY) == pytest.approx(10)


def test_only_the_last_seven_active_days_make_the_pace():
    read_on = {ago(days): 5 for days in range(7)} | {ago(40): 900}
    assert cases_a_day(read_on, TODAY) == pytest.approx(5)


def test_a_rater_is_done_when_the_unread_cases_are_read_at_the_pace():
    assert finish_date(today=TODAY, pace=5, unread=11) == TODAY + timedelta(days=3)
    assert finish_date(today=TODAY, pace=5, unread=10) == TODAY + timedelta(days=2)


def test_nobody_is_done_before_the_last_waiting_case_opens():
    later = TODAY + timedelta(days=20)
    assert finish_date(today=TODAY, pace=5, unread=5, opening=[later]) == later


def test_a_case_still_to_be_repeated_adds_the_washout():
    done = finish_date(today=TODAY, pace=5, unread=20, until_last_repeated=10, washout_days=28)
    assert done == TODAY + timedelta(days=2 + 28)


def test_times_are_counted_in_round_bins_from_zero():
    assert histogram([0.2, 0.9, 3.0, 7.5]) == {
        "edges": [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7, 7.5, 8],
        "counts": [1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    }


@pytest.mark.parametrize("minutes", [[0.0], [2.0, 10.0], [119.0, 5000.0], [1.5] * 40])
def test_every_time_falls_into_exactly_one_bin(minutes):
    bins = histogram(minutes)
    assert sum(bins["counts"]) == len(minutes)
    assert len(bins["counts"]) <= 20
    assert bins["edges"] == sorted(set(bins["edges"]))


def test_without_times_there_is_neither_histogram_nor_median():
    assert histogram([]) == {"edges": [], "counts": []}
    assert median_or_none([]) is None
