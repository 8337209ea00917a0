"""A rater takes back what they submitted a moment ago, before they answer the next case."""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from reader_study.audit.services import record
from reader_study.reading.models import (
    Assignment,
    CalibrationResult,
    Reading,
    ReadingState,
    Stage,
)
from reader_study.reading.refusals import NotPossibleError
from reader_study.signatures.services import void_covering
from reader_study.studies.models import Membership, Study, StudyState

TAKEN_BACK = "Taken back by the rater right after submitting"

_TOUCHED = Q(revision__gt=1) | Q(attempt=1, revision=1) | (Q(attempt=1) & ~Q(opened_runs=[]))
"""Drafts in which something was answered or opened; a later attempt begins with revision 1."""


@transaction.atomic
def take_back(*, assignment: Assignment) -> Reading:
    """Make the submitted answers a draft again, as the next attempt; the original stays.

    The draft goes on from the original's beginning and time at work: it is one judgement, and the
    seconds that mending a slip takes would pass for the time that the case took. A request that
    is sent again, because its answer was lost, returns the same draft.

    Raises
    ------
    NotPossibleError
        The case is not the last one that the rater submitted, the next one was begun, the attempt
        at the calibration was judged, or the study is closed.
    """
    study = Study.objects.select_for_update().get(pk=assignment.study_id)
    original = _locked_with_drafts(assignment)
    if original is not None and original.state == ReadingState.DRAFT and original.was_taken_back:
        return original
    _refuse_closed(study, assignment.stage)
    if original is None or original.state != ReadingState.SUBMITTED:
        raise NotPossibleError("This case is not submitted: you can still change it.")
    if assignment.stage == Stage.CALIBRATION:
        _refuse_judged(assignment)
    _refuse_overtaken(assignment, original)
    again = Reading.objects.create(
        assignment=assignment,
        attempt=original.attempt + 1,
        protocol=original.protocol,
        revision=1,
        grade=original.grade,
        unscorable_reason=original.unscorable_reason,
        territory_grades=original.territory_grades,
        question_answers=original.question_answers,
        comment=original.comment,
        opened_runs=original.opened_runs,
        started_at=original.started_at,
        active_ms=original.active_ms,
        last_active_at=timezone.now(),
        unlocked_by=assignment.rater,
        unlock_reason=TAKEN_BACK,
    )
    Assignment.objects.filter(pk=assignment.pk).update(current_reading=again)
    void_covering(
        study=study,
        rows=[str(original.pk)],
        by=assignment.rater,
        reason=f"Case {assignment.code} was taken back by the rater.",
    )
    record(
        action="reading taken back",
        actor=assignment.rater,
        study_id=study.id,
        subject=assignment.code,
        attempt=again.attempt,
    )
    return again


def _locked_with_drafts(assignment: Assignment) -> Reading | None:
    """Return the last attempt at the case, its row and those of the rater's drafts locked.

    Whoever answers the next case in another window at this moment holds that draft's row, or waits
    for it: what is looked up after this is what was before or comes after, not half of each.
    """
    list(
        _readings_of_rater(assignment)
        .filter(Q(state=ReadingState.DRAFT) | Q(assignment=assignment))
        .select_for_update()
        .order_by("pk")
    )
    return Reading.objects.filter(assignment=assignment).order_by("attempt").last()


def _readings_of_rater(assignment: Assignment) -> QuerySet[Reading]:
    # No join: PostgreSQL would lock the places too.
    own = Assignment.objects.filter(study=assignment.study_id, rater=assignment.rater_id)
    return Reading.objects.filter(assignment__in=own.values("pk"))


def _refuse_closed(study: Study, stage: str) -> None:
    adjudication = stage == Stage.ADJUDICATION
    if study.state != (StudyState.ADJUDICATING if adjudication else StudyState.READING):
        raise NotPossibleError("The study is not open for reading: nothing can be taken back.")


def _refuse_judged(assignment: Assignment) -> None:
    # Whoever submits the attempt's last case judges it under this lock.
    Membership.objects.select_for_update().get(study=assignment.study_id, user=assignment.rater_id)
    judged = CalibrationResult.objects.filter(
        study=assignment.study_id, rater=assignment.rater_id, attempt=assignment.attempt
    )
    if judged.exists():
        raise NotPossibleError(
            "The calibration was judged with this case: it can no longer be taken back."
        )


def _refuse_overtaken(assignment: Assignment, original: Reading) -> None:
    others = _readings_of_rater(assignment).exclude(assignment=assignment)
    if others.filter(submitted_at__gt=original.submitted_at).exists():
        raise NotPossibleError(
            "You have submitted another case since: ask the coordinator to unlock this one."
        )
    begun = others.filter(_TOUCHED, state=ReadingState.DRAFT, saved_at__gt=original.submitted_at)
    if begun.exists():
        raise NotPossibleError(
            "You have begun the next case: ask the coordinator to unlock the one before."
        )
