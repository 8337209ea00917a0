"""Open a study for reading, and take the raters' answers."""

import random
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.audit.services import record
from reader_study.cohorts.models import Case
from reader_study.reading.models import Assignment, Reading, ReadingState
from reader_study.reading.selectors import open_blockers, ready_packs
from reader_study.segmentation.models import MediaPack
from reader_study.studies.models import Membership, Study, StudyState
from reader_study.studies.protocol import ProtocolDocument
from reader_study.studies.selectors import current_protocol, raters_of

# No letters or digits that are mistaken for one another when read aloud.
CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class NotPossibleError(Exception):
    """The state of the study or of the reading forbids what was asked; the message says why."""


class StaleRevisionError(Exception):
    """Another tab saved meanwhile; nothing was overwritten."""

    def __init__(self, reading: Reading) -> None:
        super().__init__(
            "This case was changed in another window. Your text is still here; "
            "load the newer version before you go on."
        )
        self.reading = reading


class IncompleteReadingError(Exception):
    """Something required is missing; ``missing`` says what, in words."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__("Not submitted: " + "; ".join(missing) + ".")
        self.missing = missing


@dataclass(frozen=True)
class Answers:
    """A rater's answers: a grade, or the code of why there is none."""

    grade: int | None
    unscorable_reason: str
    comment: str


def new_code() -> str:
    """Return an opaque code such as ``K7Q2-9FXD``."""
    letters = [secrets.choice(CODE_ALPHABET) for _ in range(8)]
    return "".join(letters[:4]) + "-" + "".join(letters[4:])


def reading_order(cases: list[Case], *, seed: int, study: Study, rater_number: int) -> list[Case]:
    """Shuffle cases for one rater; the same seed gives the same order on every database.

    The study's identifier is part of the seed: the same raters meet unrelated orders in
    another study.
    """
    ordered = sorted(cases, key=lambda case: case.code)
    generator = random.Random(f"{seed}:{study.id}:{rater_number}")  # noqa: S311 - not a secret
    generator.shuffle(ordered)
    return ordered


def assign_cases(
    *, membership: Membership, packs: Mapping[Case, MediaPack | None], seed: int
) -> list[Assignment]:
    """Draw a rater's order of the cases and store it, each case under a code of its own.

    A case without a media pack is one whose ratings are loaded, not read.
    """
    study = membership.study
    order = reading_order(
        list(packs), seed=seed, study=study, rater_number=membership.rater_number or 0
    )
    return Assignment.objects.bulk_create(
        Assignment(
            study=study,
            rater=membership.user,
            case=case,
            media_pack=packs[case],
            position=position,
            code=new_code(),
        )
        for position, case in enumerate(order, start=1)
    )


@transaction.atomic
def open_study(*, study: Study, actor: User) -> Study:
    """Draw and store each rater's order and let the reading begin.

    Raises
    ------
    NotPossibleError
        Something blocks the opening.
    """
    study = Study.objects.select_for_update().get(pk=study.pk)
    blockers = open_blockers(study)
    if blockers:
        raise NotPossibleError(" ".join(blockers))
    protocol = ProtocolDocument.model_validate(current_protocol(study).document)
    packs: dict[Case, MediaPack | None] = {
        pack.segmentation.case: pack for pack in ready_packs(study)
    }
    for membership in raters_of(study):
        assign_cases(membership=membership, packs=packs, seed=protocol.seed)
    study.state = StudyState.READING
    study.opened_at = timezone.now()
    study.save(update_fields=["state", "opened_at"])
    record(action="study opened", actor=actor, study_id=study.id, cases=len(packs))
    return study


def reading_of(assignment: Assignment) -> Reading:
    """Return the assignment's reading, which begins when the rater first opens the case."""
    existing = Reading.objects.filter(assignment=assignment).first()
    if existing is not None:
        return existing
    try:
        with transaction.atomic():
            return Reading.objects.create(
                assignment=assignment, protocol=current_protocol(assignment.study)
            )
    except IntegrityError:  # another tab was first
        return Reading.objects.get(assignment=assignment)


def _open_for_change(assignment: Assignment) -> Reading:
    reading = Reading.objects.select_for_update().get(pk=reading_of(assignment).pk)
    if reading.state == ReadingState.SUBMITTED:
        raise NotPossibleError("This case was submitted and is locked.")
    if assignment.study.state != StudyState.READING:
        raise NotPossibleError("The study is not open for reading.")
    return reading


def _check_answers(answers: Answers, protocol: ProtocolDocument) -> None:
    if answers.grade is not None and answers.unscorable_reason:
        raise NotPossibleError("A case has a grade or a reason why not, never both.")
    if answers.grade is not None and answers.grade not in {
        level.value for level in protocol.levels
    }:
        raise NotPossibleError(f"{answers.grade} is not a level of the protocol.")
    if answers.unscorable_reason and answers.unscorable_reason not in {
        reason.code for reason in protocol.unscorable_reasons
    }:
        raise NotPossibleError(f"“{answers.unscorable_reason}” is not a reason of the protocol.")


def _store(reading: Reading, answers: Answers, revision: int) -> None:
    if reading.revision != revision:
        raise StaleRevisionError(reading)
    _check_answers(answers, ProtocolDocument.model_validate(reading.protocol.document))
    reading.grade = answers.grade
    reading.unscorable_reason = answers.unscorable_reason
    reading.comment = answers.comment
    reading.revision += 1


@transaction.atomic
def save_draft(*, assignment: Assignment, answers: Answers, revision: int) -> Reading:
    """Keep unfinished answers. Raises StaleRevisionError, NotPossibleError."""
    reading = _open_for_change(assignment)
    _store(reading, answers, revision)
    reading.save()
    return reading


@transaction.atomic
def mark_run_opened(*, assignment: Assignment, run: int) -> Reading:
    """Remember that the rater looked at an angiography run (0-based)."""
    reading = _open_for_change(assignment)
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


def _missing(reading: Reading, assignment: Assignment) -> list[str]:
    missing = []
    if reading.grade is None and not reading.unscorable_reason:
        missing.append("a grade, or the reason why there is none")
    protocol = ProtocolDocument.model_validate(reading.protocol.document)
    if protocol.require_all_runs_opened:
        missing += [
            f"DSA run {run + 1} has not been opened"
            for run in range(run_count(assignment))
            if run not in reading.opened_runs
        ]
    return missing


@transaction.atomic
def submit(*, assignment: Assignment, answers: Answers, revision: int) -> Reading:
    """Lock the rater's answers.

    Raises
    ------
    IncompleteReadingError, StaleRevisionError, NotPossibleError
    """
    reading = _open_for_change(assignment)
    _store(reading, answers, revision)
    missing = _missing(reading, assignment)
    if missing:
        raise IncompleteReadingError(missing)
    reading.state = ReadingState.SUBMITTED
    reading.submitted_at = timezone.now()
    reading.save()
    record(
        action="reading submitted",
        actor=assignment.rater,
        study_id=assignment.study_id,
        subject=assignment.code,
        grade=reading.grade,
        unscorable_reason=reading.unscorable_reason,
    )
    return reading
