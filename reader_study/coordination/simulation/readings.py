"""Store how every rater read a simulated study."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.cohorts.models import Case
from reader_study.coordination.simulation.calibration_plan import (
    drawn_to_fail,
    planned_calibration,
)
from reader_study.coordination.simulation.diary import Diary
from reader_study.coordination.simulation.opinions import SimulatedRater, Truth
from reader_study.coordination.simulation.phantoms import RUN_COUNT
from reader_study.coordination.simulation.reading_plan import ListPlan, PlannedReading
from reader_study.reading.calibration import agrees
from reader_study.reading.models import Assignment, CalibrationResult, Reading, ReadingState, Stage
from reader_study.reading.selectors import worklist
from reader_study.studies.models import Membership, Study
from reader_study.studies.protocol import Calibration
from reader_study.studies.selectors import current_protocol, raters_of

UNLOCKED_READINGS = 2
UNLOCK_REASON = "The rater reported a slip of the keyboard."
REVISION_AT_SUBMISSION = 2
DRAFT_COMMENT = "To look at once more: M2 on the right."
DRAFT_ACTIVE_MS = 40_000
DRAFT_BEGUN_AFTER = timedelta(seconds=20)


class SimulatedReading:
    """The reading of one study.

    Parameters
    ----------
    study
        A study that was just opened for reading.
    truth
        The cases as they are.
    cases
        The rows of these cases, in the same order.
    coordinator
        Who unlocks.
    """

    def __init__(
        self, study: Study, truth: Truth, cases: Sequence[Case], coordinator: User
    ) -> None:
        self._study = study
        self._truth = truth
        self._protocol = truth.protocol
        self._case_numbers = {case.pk: number for number, case in enumerate(cases)}
        self._coordinator = coordinator
        self._version = current_protocol(study)

    def store(self, shares_read: Sequence[float]) -> datetime:
        """Store what each rater has read of the list; return when the first of them began."""
        memberships = list(raters_of(self._study))
        fail_first = drawn_to_fail(self._truth.seed, len(memberships))
        began = [
            self._store_rater(
                membership,
                share=share,
                passes=(False, True) if membership.rater_number in fail_first else (True,),
            )
            for membership, share in zip(memberships, shares_read, strict=True)
        ]
        latest = Reading.objects.filter(assignment=OuterRef("pk")).order_by("-attempt")
        Assignment.objects.filter(study=self._study).update(
            current_reading=Subquery(latest.values("pk")[:1])
        )
        return min(began)

    def store_draft(self) -> None:
        """Let the first rater have begun the next case, and left it as a draft."""
        rater = raters_of(self._study)[0].user
        following = worklist(self._study, rater).next
        if following is None:
            return
        readings = Reading.objects.filter(assignment__study=self._study, assignment__rater=rater)
        last = readings.order_by("submitted_at").values_list("submitted_at", flat=True).last()
        begun_at = (last or timezone.now()) + DRAFT_BEGUN_AFTER
        draft = Reading.objects.create(
            assignment=following,
            protocol=self._version,
            revision=1,
            comment=DRAFT_COMMENT,
            opened_runs=[0],
            started_at=begun_at,
            active_ms=DRAFT_ACTIVE_MS,
        )
        # Storing a row stamps it with the time of day; the rater left this one then.
        saved_at = begun_at + timedelta(milliseconds=DRAFT_ACTIVE_MS)
        Reading.objects.filter(pk=draft.pk).update(saved_at=saved_at)
        Assignment.objects.filter(pk=following.pk).update(current_reading=draft)

    def _store_rater(
        self, membership: Membership, *, share: float, passes: Sequence[bool]
    ) -> datetime:
        number = membership.rater_number or 0
        rater = SimulatedRater(self._truth, number)
        diary = Diary(rater.random("diary"), self._protocol.cases_per_day)
        attempts = planned_calibration(
            membership,
            rater=rater,
            diary=diary,
            case_numbers=self._case_numbers,
            protocol=self._protocol,
            passes=passes,
        )
        own_list = list(
            Assignment.objects.filter(
                study=self._study, rater=membership.user, stage=Stage.MAIN
            ).order_by("position")
        )
        repeats = self._protocol.repeats
        washout = timedelta(days=repeats.washout_days if repeats else 0)
        plan = ListPlan(rater, diary, self._case_numbers, washout)
        unlocked = _to_unlock(own_list) if number == 1 else []
        read = plan.read(own_list, unlocked)
        read = read[: max(1, round(share * len(read)))]
        by = _weeks_until_now([reading for part in (*attempts, read) for reading in part])
        for attempt, passed in zip(attempts, passes, strict=True):
            self._store_result(membership, [reading.moved(by) for reading in attempt], passed)
        moved = [reading.moved(by) for part in (*attempts, read) for reading in part]
        Reading.objects.bulk_create(map(self._row, moved))
        return min(reading.visit.started_at for reading in moved)

    def _store_result(
        self, membership: Membership, attempt: Sequence[PlannedReading], passed: bool
    ) -> None:
        calibration = self._protocol.calibration or Calibration()
        CalibrationResult.objects.create(
            study=self._study,
            rater=membership.user,
            attempt=attempt[0].assignment.attempt,
            agreed=sum(
                agrees(
                    reading.opinion.grade,
                    reading.assignment.case.reference_grade or 0,
                    calibration,
                )
                for reading in attempt
            ),
            total=len(attempt),
            passed=passed,
            finished_at=attempt[-1].visit.submitted_at,
        )

    def _row(self, planned: PlannedReading) -> Reading:
        opinion, visit = planned.opinion, planned.visit
        corrected = planned.attempt > 1
        return Reading(
            assignment=planned.assignment,
            attempt=planned.attempt,
            protocol=self._version,
            state=ReadingState.SUBMITTED,
            revision=REVISION_AT_SUBMISSION,
            grade=opinion.grade,
            unscorable_reason=opinion.unscorable_reason,
            territory_grades=opinion.territory_grades,
            question_answers=opinion.question_answers,
            comment=opinion.comment,
            opened_runs=list(range(RUN_COUNT)),
            started_at=visit.started_at,
            submitted_at=visit.submitted_at,
            active_ms=visit.active_ms,
            unlocked_by=self._coordinator if corrected else None,
            unlock_reason=UNLOCK_REASON if corrected else "",
        )


def _to_unlock(own_list: Sequence[Assignment]) -> list[Assignment]:
    """Choose cases early in the list that are not repeated, so that no repeat has to wait anew."""
    repeated = {assignment.repeat_of_id for assignment in own_list}
    once = [row for row in own_list if row.repeat_of_id is None and row.pk not in repeated]
    return once[:UNLOCKED_READINGS]


def _weeks_until_now(readings: Iterable[PlannedReading]) -> timedelta:
    """Return how far to move a plan so that its last reading lies within the last seven days.

    Whole weeks, so that working days stay working days.
    """
    last = max(reading.visit.submitted_at for reading in readings)
    return timedelta(weeks=(timezone.now() - last) // timedelta(weeks=1))
