"""Before or after recanalization, proposed from times as procedures leave them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader_study.imaging.recanalization import propose_phases

PUNCTURE = datetime(2026, 1, 2, 23, 41, tzinfo=UTC)


def at(*minutes: float | None) -> list[datetime | None]:
    """Times of runs in minutes from the groin puncture, across midnight."""
    return [None if m is None else PUNCTURE + timedelta(minutes=m) for m in minutes]


@pytest.mark.parametrize(
    ("what", "minutes", "proposed"),
    [
        ("nothing", [], []),
        ("no times", [None, None], ["", ""]),
        ("one run", [5], [""]),
        ("two projections of one finding", [5, 6.5], ["", ""]),
        ("one run before, one after", [5, 35], ["before", "after"]),
        (
            "one pass: PA and lateral before, PA and lateral after",
            [4, 5, 31, 32],
            ["before", "before", "after", "after"],
        ),
        (
            "both planes of a biplane system at once",
            [4, 4, 31, 31.02],
            ["before", "before", "after", "after"],
        ),
        (
            "the other carotid first, then one pass",
            [2, 9, 10, 48, 49],
            ["before", "before", "before", "after", "after"],
        ),
        (
            "three passes, each with its control",
            [5, 6, 24, 41, 60, 61],
            ["before", "before", "", "", "after", "after"],
        ),
        (
            "a long first pass and a second: its control may show an open vessel or not",
            [5, 50, 66, 67],
            ["before", "", "after", "after"],
        ),
        (
            "a look ten minutes later for a vessel that closes again",
            [5, 40, 50],
            ["before", "", "after"],
        ),
        ("sent in any order", [32, 4, 31, 5], ["after", "before", "after", "before"]),
        ("one run without a time", [4, None, 31], ["before", "", "after"]),
        ("a control on the next day", [4, 31, 31 + 24 * 60], ["", "", ""]),
    ],
)
def test_the_phases_are_proposed_as_a_procedure_has_them(what, minutes, proposed):
    assert propose_phases(at(*minutes)) == proposed, what


@given(st.lists(st.none() | st.integers(0, 400), max_size=12))
def test_nothing_after_comes_before_anything_before_and_equal_times_agree(minutes):
    times = at(*minutes)
    proposed = propose_phases(times)
    assert len(proposed) == len(times)
    dated = [(time, phase) for time, phase in zip(times, proposed, strict=True) if time]
    before = [time for time, phase in dated if phase == "before"]
    after = [time for time, phase in dated if phase == "after"]
    assert bool(before) == bool(after)
    if before:
        assert max(before) < min(after)
    by_time: dict[datetime | None, set[str]] = {}
    for time, phase in zip(times, proposed, strict=True):
        by_time.setdefault(time, set()).add(phase)
    assert all(len(phases) == 1 for phases in by_time.values())
