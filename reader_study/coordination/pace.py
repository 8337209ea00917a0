"""When a rater will be done at the pace of late: pure arithmetic on days."""

import math
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

ACTIVE_DAYS = 7
"""The pace is that of the last so many days on which the rater read anything."""

LEAST_ACTIVE_DAYS = 2
"""A single day says nothing about the days between."""


def cases_a_day(read_on: Mapping[date, int], today: date) -> float | None:
    """Return the pace in cases a calendar day, days off included; None while it is unknown.

    Parameters
    ----------
    read_on
        Day → number of cases, for the days on which any was read.
    """
    active = sorted(read_on)[-ACTIVE_DAYS:]
    if len(active) < LEAST_ACTIVE_DAYS:
        return None
    # Today counts once something was read: a morning without readings is no slower pace yet.
    last = today if today in read_on else today - timedelta(days=1)
    return sum(read_on[day] for day in active) / ((last - active[0]).days + 1)


def finish_date(
    *,
    today: date,
    pace: float,
    unread: int,
    opening: Iterable[date] = (),
    until_last_repeated: int = 0,
    washout_days: int = 0,
) -> date:
    """Return the day on which the last case will have been read.

    Parameters
    ----------
    pace
        Cases a calendar day.
    unread
        Cases still to read, hidden repeats included.
    opening
        Days on which repeats that still wait open.
    until_last_repeated
        Cases still to read until the last case that will be repeated has been read; its repeat
        opens the washout after that.
    """
    days = [_after(today, unread, pace), *opening]
    if until_last_repeated:
        days.append(_after(today, until_last_repeated, pace) + timedelta(days=washout_days))
    return max(days)


def _after(today: date, cases: int, pace: float) -> date:
    return today + timedelta(days=math.ceil(cases / pace - 1e-9))
