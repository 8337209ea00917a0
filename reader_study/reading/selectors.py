"""What stands in a rater's list, and what still blocks a study."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.cohorts.models import Upload
from reader_study.jobs.models import JobState
from reader_study.reading.models import Assignment, CalibrationResult, ReadingState, Stage
from reader_study.segmentation.models import MediaPack, StudyModel
from reader_study.segmentation.selectors import current_packs
from reader_study.studies.models import Role, Study, StudyState
from reader_study.studies.protocol import ProtocolDocument
from reader_study.studies.selectors import active_memberships, protocol_in_force, raters_of

SUBMITTED = Q(current_reading__state=ReadingState.SUBMITTED)
COUNTED = Q(case__withdrawn_at__isnull=True)


def assignments_visible_to(user: User) -> QuerySet[Assignment]:
    """A person's own lists, once they are theirs to read, and nothing else."""
    as_rater = Q(
        study__in=active_memberships(user, [Role.RATER]).values("study"),
        study__state__in=[
            StudyState.READING,
            StudyState.LOCKED,
            StudyState.ADJUDICATING,
            StudyState.CONCLUDED,
        ],
        stage__in=[Stage.CALIBRATION, Stage.MAIN],
    )
    as_adjudicator = Q(
        study__in=active_memberships(user, [Role.ADJUDICATOR]).values("study"),
        study__state__in=[StudyState.ADJUDICATING, StudyState.CONCLUDED],
        stage=Stage.ADJUDICATION,
    )
    return Assignment.objects.filter(
        COUNTED, as_rater | as_adjudicator, rater=user, case__deletion__isnull=True
    )


@dataclass(frozen=True)
class Wait:
    """Why there is no next case now, and until when, where that is known."""

    reason: str
    until: datetime | None = None


@dataclass(frozen=True)
class Worklist:
    """Where a rater stands in a study.

    Attributes
    ----------
    stage, attempt
        The list that is being read, and for calibration which attempt at it.
    total, submitted
        Counts in that list. Hidden repeats count from the beginning.
    next
        The case to read now; None while ``wait`` says why not.
    last_calibration
        The result of the last finished attempt.
    """

    stage: Stage
    attempt: int
    total: int
    submitted: int
    next: Assignment | None
    wait: Wait | None
    last_calibration: CalibrationResult | None


def worklist(study: Study, rater: User) -> Worklist:
    """Say where the rater stands: which list, how far, which case is next."""
    visible = assignments_visible_to(rater).filter(study=study)
    protocol = protocol_in_force(study)
    result = CalibrationResult.objects.filter(study=study, rater=rater).last()
    stage = _stage(visible, protocol, result)
    attempt = result.attempt + 1 if result and stage == Stage.CALIBRATION else 1
    own = visible.filter(stage=stage, attempt=attempt)
    counts = own.aggregate(total=Count("pk"), submitted=Count("pk", filter=SUBMITTED))
    following, wait = _next_or_wait(own, protocol, _end_of_daily_cap(visible, protocol))
    return Worklist(stage, attempt, counts["total"], counts["submitted"], following, wait, result)


def following(assignment: Assignment) -> Assignment | None:
    """The case that its rater would be given next, were this one submitted now.

    None unless this one is at hand: begun, not submitted, and still open for its answers. So a
    list can be looked along by one case, never further.
    """
    study, rater = assignment.study, assignment.rater
    stands = worklist(study, rater)
    at_hand = stands.next == assignment and assignment.current_reading is not None
    if not at_hand or study.state not in (StudyState.READING, StudyState.ADJUDICATING):
        return None
    visible = assignments_visible_to(rater).filter(study=study)
    own = visible.filter(stage=assignment.stage, attempt=assignment.attempt)
    protocol = protocol_in_force(study)
    tomorrow = _end_of_daily_cap(visible, protocol, submitted_now=assignment)
    return _next_or_wait(own, protocol, tomorrow, submitted_now=assignment)[0]


def is_following(assignment: Assignment) -> bool:
    """Whether a case comes after the one that its rater has at hand."""
    at_hand = worklist(assignment.study, assignment.rater).next
    return at_hand is not None and following(at_hand) == assignment


def _stage(
    visible: QuerySet[Assignment], protocol: ProtocolDocument, result: CalibrationResult | None
) -> Stage:
    if visible.filter(stage=Stage.ADJUDICATION).exists():
        return Stage.ADJUDICATION
    if protocol.calibration is None or (result and result.passed):
        return Stage.MAIN
    return Stage.CALIBRATION


def _next_or_wait(
    own: QuerySet[Assignment],
    protocol: ProtocolDocument,
    tomorrow: datetime | None,
    submitted_now: Assignment | None = None,
) -> tuple[Assignment | None, Wait | None]:
    unread = own.exclude(SUBMITTED).order_by("position")
    if submitted_now:
        unread = unread.exclude(pk=submitted_now.pk)
    begun = unread.filter(current_reading__isnull=False).first()
    if begun:
        return begun, None
    if not unread.exists():
        return None, Wait("finished" if own.exists() else "nothing-assigned")
    if tomorrow:
        return None, Wait("daily-limit", tomorrow)
    readable = unread.filter(_out_of_washout(protocol, submitted_now)).first()
    if readable:
        return readable, None
    return None, Wait("later", _washout_ends(unread, protocol))


def _washout(protocol: ProtocolDocument) -> timedelta:
    return timedelta(days=protocol.repeats.washout_days if protocol.repeats else 0)


def _out_of_washout(protocol: ProtocolDocument, submitted_now: Assignment | None = None) -> Q:
    """A repeat waits until its first reading has been submitted for long enough."""
    washout = _washout(protocol)
    latest = timezone.now() - washout
    out = Q(repeat_of__isnull=True) | Q(repeat_of__current_reading__submitted_at__lte=latest)
    if submitted_now and not washout:
        out |= Q(repeat_of=submitted_now)
    return out


def _washout_ends(unread: QuerySet[Assignment], protocol: ProtocolDocument) -> datetime | None:
    submitted_at: datetime | None = unread.aggregate(
        first=Min("repeat_of__current_reading__submitted_at")
    )["first"]
    return submitted_at + _washout(protocol) if submitted_at else None


def _end_of_daily_cap(
    visible: QuerySet[Assignment],
    protocol: ProtocolDocument,
    submitted_now: Assignment | None = None,
) -> datetime | None:
    """When the next case may be begun, where today's have been read, those of calibration too."""
    if protocol.cases_per_day is None:
        return None
    today = datetime.combine(timezone.localdate(), time.min, timezone.get_current_timezone())
    read_today = visible.filter(SUBMITTED, current_reading__submitted_at__gte=today)
    if read_today.count() + (submitted_now is not None) < protocol.cases_per_day:
        return None
    return today + timedelta(days=1)


def may_be_opened(assignment: Assignment) -> bool:
    """Whether its rater may look at a case of their list: it was begun, or is the next one."""
    return (
        assignment.current_reading is not None
        or worklist(assignment.study, assignment.rater).next == assignment
    )


def is_put_away(assignment: Assignment) -> bool:
    """Whether a case was submitted, and another one after it.

    Who could look up an old grade would find it again where the case comes back as a repeat.
    """
    reading = assignment.current_reading
    if reading is None or reading.submitted_at is None:
        return False
    own = assignments_visible_to(assignment.rater).filter(study=assignment.study)
    return own.filter(SUBMITTED, current_reading__submitted_at__gt=reading.submitted_at).exists()


def withdrawn_from(rater: User) -> QuerySet[Assignment]:
    """The rater's places whose case was taken out of the study."""
    return Assignment.objects.filter(
        Q(case__withdrawn_at__isnull=False) | Q(case__deletion__isnull=False),
        study__in=active_memberships(rater, [Role.RATER, Role.ADJUDICATOR]).values("study"),
        rater=rater,
    )


def ready_packs(study: Study) -> QuerySet[MediaPack]:
    """Media packs of the study's model, ready to be read: they show what was released, and all."""
    return (
        current_packs()
        .filter(
            segmentation__case__study=study,
            segmentation__model__in=StudyModel.objects.filter(study=study).values("model"),
        )
        .select_related("segmentation__case")
    )


@dataclass(frozen=True)
class RaterProgress:
    """How far a rater is; never what the rater said.

    Attributes
    ----------
    submitted, total
        Counts in the study's own list, hidden repeats included.
    calibration
        ``None`` where the protocol asks for none.
    """

    username: str
    full_name: str
    rater_number: int | None
    submitted: int
    total: int
    calibration: str | None


def rater_progress(study: Study) -> list[RaterProgress]:
    """Each rater's count of submitted and all cases."""
    rows = (
        Assignment.objects.filter(COUNTED, study=study, stage=Stage.MAIN)
        .order_by()
        .values_list("rater")
        .annotate(submitted=Count("pk", filter=SUBMITTED), total=Count("pk"))
    )
    counts = {rater: (submitted, total) for rater, submitted, total in rows}
    calibration = protocol_in_force(study).calibration
    passed = dict(
        CalibrationResult.objects.filter(study=study)
        .order_by("attempt")
        .values_list("rater", "passed")
    )
    return [
        RaterProgress(
            membership.user.username,
            membership.user.full_name,
            membership.rater_number,
            *counts.get(membership.user_id, (0, 0)),
            _calibration_state(passed.get(membership.user_id)) if calibration else None,
        )
        for membership in raters_of(study)
    ]


def _calibration_state(passed: bool | None) -> str:
    return {None: "not finished", False: "not passed", True: "passed"}[passed]


def unfinished_uploads(study: Study) -> QuerySet[Upload]:
    """Uploads that wait for their ingest or are being read in."""
    return Upload.objects.filter(study=study, state__in=[JobState.QUEUED, JobState.RUNNING])
