"""When a simulated rater reads: sessions on working days, faster with practice."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.utils.timezone import get_current_timezone

from reader_study.reading.timing import LONGEST_BEAT

WORKS_THAT_DAY = 0.75
FIRST_HOUR, LAST_HOUR = 8.0, 15.5
SHORTEST_SESSION, LONGEST_SESSION = 12, 30
SATURDAY = 5
# Any Monday: whoever plans with a diary moves the plan to where it belongs.
FIRST_MONDAY = (2001, 1, 1)

FIRST_CASE_SECONDS, PRACTISED_SECONDS = 130.0, 65.0
CASES_TO_PRACTISE = 40.0
SPREAD_OF_LOG_SECONDS = 0.4
SPREAD_BETWEEN_RATERS = 0.2
INTERRUPTED_SHARE = 0.05
INTERRUPTION_SECONDS = (120.0, 1500.0)
BETWEEN_CASES_SECONDS = (2.0, 25.0)


@dataclass(frozen=True)
class Visit:
    """One case, opened and submitted."""

    started_at: datetime
    submitted_at: datetime
    active_ms: int


class Diary:
    """One rater's time, from some Monday on, in the installation's time zone.

    Parameters
    ----------
    random
        The rater's random numbers.
    cases_per_day
        The protocol's limit.
    """

    def __init__(self, random: np.random.Generator, cases_per_day: int | None) -> None:
        self._random = random
        self._day = datetime(*FIRST_MONDAY, tzinfo=get_current_timezone())
        self._limit = cases_per_day
        self._left_today = 0
        self._read = 0
        self._pace = float(np.exp(random.normal(0, SPREAD_BETWEEN_RATERS)))
        self.now = self._day
        self._next_session()

    def visit(self) -> Visit:
        """Read one case; the clock goes on."""
        if not self._left_today:
            self._next_session()
        usual = PRACTISED_SECONDS + (FIRST_CASE_SECONDS - PRACTISED_SECONDS) * np.exp(
            -self._read / CASES_TO_PRACTISE
        )
        active = self._pace * usual * np.exp(self._random.normal(0, SPREAD_OF_LOG_SECONDS))
        away, counted = 0.0, 0.0
        if self._random.random() < INTERRUPTED_SHARE:
            away = self._random.uniform(*INTERRUPTION_SECONDS)
            counted = LONGEST_BEAT.total_seconds()
        started = self.now
        self.now += timedelta(seconds=round(float(active + away), 3))
        visit = Visit(started, self.now, int(1000 * (active + counted)))
        self.now += timedelta(seconds=round(float(self._random.uniform(*BETWEEN_CASES_SECONDS)), 3))
        self._left_today -= 1
        self._read += 1
        return visit

    def wait_until(self, moment: datetime) -> None:
        """Read nothing more before this moment."""
        while self.now < moment:
            self._next_session()

    def _next_session(self) -> None:
        """Go to the next day on which the rater reads."""
        while True:
            self._day += timedelta(days=1)
            if self._day.weekday() < SATURDAY and self._random.random() < WORKS_THAT_DAY:
                break
        hour = float(self._random.uniform(FIRST_HOUR, LAST_HOUR))
        self.now = self._day + timedelta(seconds=round(3600 * hour))
        session = int(self._random.integers(SHORTEST_SESSION, LONGEST_SESSION + 1))
        self._left_today = min(session, self._limit or session)
