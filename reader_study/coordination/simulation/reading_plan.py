"""What every rater does and when, before any of it is stored."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from reader_study.coordination.simulation.diary import Diary, Visit
from reader_study.coordination.simulation.opinions import Opinion, SimulatedRater
from reader_study.reading.models import Assignment

CORRECTED_AFTER_CASES = 6


@dataclass(frozen=True)
class PlannedReading:
    """One reading to store. A later ``attempt`` corrects one that a coordinator unlocked."""

    assignment: Assignment
    opinion: Opinion
    visit: Visit
    attempt: int = 1

    def moved(self, by: timedelta) -> "PlannedReading":
        """Return the same reading at another time."""
        started, submitted = self.visit.started_at + by, self.visit.submitted_at + by
        return replace(self, visit=replace(self.visit, started_at=started, submitted_at=submitted))


class ListPlan:
    """How one rater reads the study's own list.

    Parameters
    ----------
    rater, diary
        What the rater thinks and when the rater reads.
    case_numbers
        The simulation's number of each case.
    washout
        Time between a case and its hidden repeat.
    """

    def __init__(
        self,
        rater: SimulatedRater,
        diary: Diary,
        case_numbers: Mapping[uuid.UUID, int],
        washout: timedelta,
    ) -> None:
        self._rater = rater
        self._diary = diary
        self._case_numbers = case_numbers
        self._washout = washout
        self._submitted_at: dict[int, datetime] = {}

    def read(
        self, assignments: Sequence[Assignment], unlocked: Collection[Assignment]
    ) -> list[PlannedReading]:
        """Read all in the order of the list, and correct some cases that are unlocked meanwhile.

        A repeat whose washout has not passed is left for later, as the worklist does.
        """
        waiting = list(assignments)
        planned: list[PlannedReading] = []
        corrections: list[tuple[int, Assignment]] = []
        while waiting:
            assignment = self._take_next(waiting)
            done = len(planned) / len(assignments)
            planned.append(self._read(assignment, done, attempt=1))
            if assignment in unlocked:
                corrections.append((len(planned) + CORRECTED_AFTER_CASES, assignment))
            while corrections and (len(planned) >= corrections[0][0] or not waiting):
                planned.append(self._read(corrections.pop(0)[1], done, attempt=2))
        return planned

    def _take_next(self, waiting: list[Assignment]) -> Assignment:
        """Take the first case that may be read now, waiting for it where there is none.

        A repeat stands behind its original on the list, which nothing holds back: so whenever a
        repeat is looked at, its original has been submitted.
        """
        while True:
            for place, assignment in enumerate(waiting):
                if self._free_at(assignment) <= self._diary.now:
                    return waiting.pop(place)
            self._diary.wait_until(min(map(self._free_at, waiting)))

    def _free_at(self, assignment: Assignment) -> datetime:
        if assignment.repeat_of_id is None:
            return self._diary.now
        return self._submitted_at[assignment.repeat_of_id] + self._washout

    def _read(self, assignment: Assignment, done: float, attempt: int) -> PlannedReading:
        times_seen = attempt - 1 if assignment.repeat_of_id is None else 2
        opinion = self._rater.opinion(
            self._case_numbers[assignment.case_id], done=done, occasion=times_seen
        )
        visit = self._diary.visit()
        self._submitted_at[assignment.pk] = visit.submitted_at
        return PlannedReading(assignment, opinion, visit, attempt)
