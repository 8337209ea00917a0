"""What coordinators do to the reading: open it, add to the lists, unlock a case."""

from django.db import transaction
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.audit.services import record
from reader_study.reading.lists import catch_up, complete_lists
from reader_study.reading.models import Assignment, Reading, ReadingState, Stage
from reader_study.reading.obstacles import open_blockers
from reader_study.reading.refusals import NotPossibleError
from reader_study.signatures.services import void_covering
from reader_study.studies.lifecycle import Transition
from reader_study.studies.models import Membership, Role, Study, StudyState
from reader_study.studies.selectors import current_protocol, raters_of


@transaction.atomic
def open_study(*, study: Study, actor: User) -> Study:
    """Draw and store each rater's lists and let the reading begin.

    Raises
    ------
    NotPossibleError
        Something blocks the opening.
    """
    study = Study.objects.select_for_update().get(pk=study.pk)
    blockers = open_blockers(study)
    if blockers:
        raise NotPossibleError(" ".join(blockers))
    places = complete_lists(study)
    study.state = Transition.OPEN.value.after
    study.opened_at = timezone.now()
    study.save(update_fields=["state", "opened_at"])
    record(
        action="study opened",
        actor=actor,
        study_id=study.id,
        cases=study.cases.filter(withdrawn_at__isnull=True).count(),
        places=places,
    )
    return study


@transaction.atomic
def add_to_lists(*, study: Study, actor: User) -> int:
    """Put cases and raters that came after the opening onto the lists; return how many places.

    Raises
    ------
    NotPossibleError
        The study is not open for reading.
    """
    study = Study.objects.select_for_update().get(pk=study.pk)
    if study.state != StudyState.READING:
        raise NotPossibleError("Cases are put on the lists while the study is open for reading.")
    places = complete_lists(study)
    if places:
        record(action="lists added to", actor=actor, study_id=study.id, places=places)
    return places


@transaction.atomic
def welcome_rater(*, membership: Membership, actor: User) -> int:
    """Give a rater who joins or comes back a list, where the study is being read already.

    Returns how many places were put on the list. Before the opening there are none: opening
    draws the lists of all raters.
    """
    study = Study.objects.select_for_update().get(pk=membership.study_id)
    if membership.role != Role.RATER or study.state != StudyState.READING:
        return 0
    places = len(catch_up(membership))
    if places:
        record(
            action="rater given a list",
            actor=actor,
            study_id=study.id,
            subject=membership.user.get_username(),
            places=places,
        )
    return places


@transaction.atomic
def unlock(*, assignment: Assignment, actor: User, reason: str) -> Reading:
    """Let the rater correct a submitted case: its answers begin a new draft, the original stays.

    Raises
    ------
    NotPossibleError
        The case is not submitted, is withdrawn, belongs to a calibration or to a rater who left,
        or the study is not being read.
    """
    study = Study.objects.select_for_update().get(pk=assignment.study_id)
    assignment = Assignment.objects.select_related("case", "current_reading").get(pk=assignment.pk)
    original = assignment.current_reading
    if study.state != StudyState.READING:
        raise NotPossibleError("A case can be unlocked only while the study is open for reading.")
    if assignment.stage != Stage.MAIN:
        raise NotPossibleError("Calibration cases are not unlocked: the attempt was judged.")
    if original is None or original.state != ReadingState.SUBMITTED:
        raise NotPossibleError("This case is not submitted: its rater can still change it.")
    if assignment.case.withdrawn_at is not None:
        raise NotPossibleError("This case is withdrawn: restore it first.")
    if not raters_of(study).filter(user=assignment.rater_id).exists():
        raise NotPossibleError("Its rater has left the study and could not correct it.")
    if not reason.strip():
        raise NotPossibleError("Say why the case is unlocked; the reason is kept for good.")
    correction = Reading.objects.create(
        assignment=assignment,
        attempt=original.attempt + 1,
        protocol=current_protocol(study),
        revision=1,
        grade=original.grade,
        unscorable_reason=original.unscorable_reason,
        territory_grades=original.territory_grades,
        question_answers=original.question_answers,
        comment=original.comment,
        opened_runs=original.opened_runs,
        unlocked_by=actor,
        unlock_reason=reason.strip(),
    )
    Assignment.objects.filter(pk=assignment.pk).update(current_reading=correction)
    void_covering(
        study=study,
        rows=[str(original.pk)],
        by=actor,
        reason=f"Case {assignment.code} was unlocked for correction.",
    )
    record(
        action="reading unlocked",
        actor=actor,
        study_id=study.id,
        subject=assignment.code,
        reason=reason.strip(),
        attempt=correction.attempt,
    )
    return correction
