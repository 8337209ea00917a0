"""What raters do: begin a case, answer, submit. Every step locks the reading's row."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from reader_study.audit.services import record
from reader_study.reading.calibration import judge_finished_attempt
from reader_study.reading.models import Assignment, Reading, ReadingState, Stage
from reader_study.reading.refusals import (
    IncompleteReadingError,
    NotPossibleError,
    StaleRevisionError,
)
from reader_study.reading.timing import add_active_time
from reader_study.studies.models import StudyState
from reader_study.studies.protocol import NOT_OPACIFIED, ProtocolDocument
from reader_study.studies.selectors import current_protocol


@dataclass(frozen=True)
class Answers:
    """A rater's answers: a grade, or the code of why there is none, and the protocol's items.

    Attributes
    ----------
    territory_grades
        Territory code → level of the scale or ``not-opacified``.
    question_answers
        Question code → yes or no.
    """

    grade: int | None
    unscorable_reason: str
    comment: str
    territory_grades: dict[str, int | str] = field(default_factory=dict)
    question_answers: dict[str, bool] = field(default_factory=dict)


def reading_of(assignment: Assignment) -> Reading:
    """Return the assignment's reading, which begins when the rater first opens the case."""
    if assignment.current_reading is not None:
        return assignment.current_reading
    now = timezone.now()
    try:
        with transaction.atomic():
            begun = Reading.objects.create(
                assignment=assignment,
                protocol=current_protocol(assignment.study),
                started_at=now,
                last_active_at=now,
            )
            Assignment.objects.filter(pk=assignment.pk).update(current_reading=begun)
    except IntegrityError:  # another tab was first
        begun = Reading.objects.get(assignment=assignment)
    assignment.current_reading = begun
    return begun


def open_for_change(assignment: Assignment) -> Reading:
    """Return the reading, its row locked for this transaction. Raises NotPossibleError."""
    reading = Reading.objects.select_for_update().get(pk=reading_of(assignment).pk)
    if reading.state == ReadingState.SUBMITTED:
        raise NotPossibleError("This case was submitted and is locked.")
    adjudication = assignment.stage == Stage.ADJUDICATION
    if assignment.study.state != (StudyState.ADJUDICATING if adjudication else StudyState.READING):
        raise NotPossibleError("The study is not open for reading.")
    return reading


def _check_answers(answers: Answers, protocol: ProtocolDocument) -> None:
    levels = set(protocol.level_values)
    if answers.grade is not None and answers.unscorable_reason:
        raise NotPossibleError("A case has a grade or a reason why not, never both.")
    if answers.grade is not None and answers.grade not in levels:
        raise NotPossibleError(f"{answers.grade} is not a level of the protocol.")
    if answers.unscorable_reason and answers.unscorable_reason not in {
        reason.code for reason in protocol.unscorable_reasons
    }:
        raise NotPossibleError(f"“{answers.unscorable_reason}” is not a reason of the protocol.")
    territories = {territory.code for territory in protocol.territories}
    for code, grade in answers.territory_grades.items():
        if code not in territories:
            raise NotPossibleError(f"“{code}” is not a territory of the protocol.")
        if grade != NOT_OPACIFIED and grade not in levels:
            raise NotPossibleError(f"{grade} is not a level of the protocol.")
    questions = {question.code for question in protocol.questions}
    for code in answers.question_answers:
        if code not in questions:
            raise NotPossibleError(f"“{code}” is not a question of the protocol.")


def _store(reading: Reading, answers: Answers, revision: int) -> None:
    if reading.revision != revision:
        raise StaleRevisionError(reading)
    _check_answers(answers, ProtocolDocument.model_validate(reading.protocol.document))
    reading.grade = answers.grade
    reading.unscorable_reason = answers.unscorable_reason
    reading.territory_grades = answers.territory_grades
    reading.question_answers = answers.question_answers
    reading.comment = answers.comment
    reading.revision += 1


@transaction.atomic
def save_draft(*, assignment: Assignment, answers: Answers, revision: int) -> Reading:
    """Keep unfinished answers. Raises StaleRevisionError, NotPossibleError."""
    reading = open_for_change(assignment)
    _store(reading, answers, revision)
    reading.save()
    return reading


@transaction.atomic
def heartbeat(*, assignment: Assignment, active: bool) -> Reading:
    """Count the time since the last heartbeat as time at work on the case.

    The browser beats every 15 s while the rater is at work, and once with ``active`` false when
    they pause, leave, or have not touched anything for a while. Raises NotPossibleError.
    """
    reading = open_for_change(assignment)
    add_active_time(reading, now=timezone.now(), still_active=active)
    reading.save(update_fields=["active_ms", "last_active_at"])
    return reading


@transaction.atomic
def mark_run_opened(*, assignment: Assignment, run: int) -> Reading:
    """Remember that the rater looked at an angiography run (0-based)."""
    reading = open_for_change(assignment)
    count = run_count(assignment)
    if not 0 <= run < count:
        raise NotPossibleError(f"This case has {count} runs; there is no run {run + 1}.")
    if run not in reading.opened_runs:
        reading.opened_runs = sorted([*reading.opened_runs, run])
        reading.save(update_fields=["opened_runs", "saved_at"])
    return reading


def run_count(assignment: Assignment) -> int:
    """How many angiography runs the rater is shown."""
    if assignment.media_pack is None:
        return 0
    runs: list[Any] = assignment.media_pack.manifest["runs"]
    return len(runs)


def _listed(words: list[str]) -> str:
    """Return "1, 2 and 3"."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _missing(reading: Reading, assignment: Assignment) -> list[str]:
    missing = []
    protocol = ProtocolDocument.model_validate(reading.protocol.document)
    if reading.grade is None and not reading.unscorable_reason:
        missing.append("a grade, or the reason why there is none")
    if not reading.unscorable_reason:
        ungraded = [
            territory.label
            for territory in protocol.territories
            if territory.required and territory.code not in reading.territory_grades
        ]
        if ungraded:
            missing.append(f"a grade for {_listed(ungraded)}")
        missing += [
            f"an answer to “{question.label}”"
            for question in protocol.questions
            if question.required and question.code not in reading.question_answers
        ]
    if protocol.require_all_runs_opened:
        unopened = [
            str(run + 1) for run in range(run_count(assignment)) if run not in reading.opened_runs
        ]
        if unopened:
            runs = (
                f"run {unopened[0]} has" if len(unopened) == 1 else f"runs {_listed(unopened)} have"
            )
            missing.append(f"DSA {runs} not been opened")
    return missing


def _submitted_under(key: uuid.UUID | None, assignment: Assignment) -> Reading | None:
    """Return what a request submitted that arrives once more, be it corrected since."""
    if key is None:
        return None
    return assignment.readings.filter(submission_key=key, state=ReadingState.SUBMITTED).first()


@transaction.atomic
def submit(
    *,
    assignment: Assignment,
    answers: Answers,
    revision: int,
    submission_key: uuid.UUID | None = None,
) -> Reading:
    """Lock the rater's answers.

    A request that is sent again under the same ``submission_key``, because its answer was lost
    on the way, is answered like the first and changes nothing.

    Raises
    ------
    IncompleteReadingError, StaleRevisionError, NotPossibleError
    """
    Reading.objects.select_for_update().get(pk=reading_of(assignment).pk)
    answered = _submitted_under(submission_key, assignment)
    if answered is not None:
        return answered
    reading = open_for_change(assignment)
    _store(reading, answers, revision)
    missing = _missing(reading, assignment)
    if missing:
        raise IncompleteReadingError(missing)
    now = timezone.now()
    add_active_time(reading, now=now, still_active=False)
    reading.state = ReadingState.SUBMITTED
    reading.submitted_at = now
    reading.submission_key = submission_key
    reading.save()
    record(
        action="reading submitted",
        actor=assignment.rater,
        study_id=assignment.study_id,
        subject=assignment.code,
        grade=reading.grade,
        unscorable_reason=reading.unscorable_reason,
        attempt=reading.attempt,
    )
    if assignment.stage == Stage.CALIBRATION:
        judge_finished_attempt(assignment)
    return reading
