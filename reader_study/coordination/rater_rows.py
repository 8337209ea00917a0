"""How far each rater is, at which pace, and until when: never what the rater said."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Max, Q
from django.utils import timezone

from reader_study.coordination.case_times import MS_A_MINUTE, median_or_none
from reader_study.coordination.pace import LEAST_ACTIVE_DAYS, cases_a_day, finish_date
from reader_study.reading.models import (
    Assignment,
    CalibrationResult,
    Reading,
    ReadingState,
    Stage,
)
from reader_study.reading.selectors import COUNTED
from reader_study.studies.models import Membership, Study
from reader_study.studies.protocol import ProtocolDocument

RATERS_STAGES = [Stage.CALIBRATION, Stage.MAIN]
CALIBRATION_STATES = ["not-begun", "under-way", "passed"]


class Place(NamedTuple):
    """A place on a rater's list with what its reading has come to."""

    pk: int
    rater: int
    stage: str
    attempt: int
    position: int
    repeats_place: int | None
    original_submitted_at: datetime | None
    state: str | None
    reading_attempt: int | None
    unlocked_by: int | None
    begun_at: datetime | None
    case_id: Any
    case_code: str

    @property
    def submitted(self) -> bool:
        """Whether the reading that counts is in."""
        return self.state == ReadingState.SUBMITTED

    @property
    def waits_for_correction(self) -> bool:
        """Whether a coordinator unlocked it; what raters take back themselves is a draft."""
        return not self.submitted and self.unlocked_by not in (None, self.rater)


class FirstSubmission(NamedTuple):
    """A first submission; corrections after an unlock are no measure of time or pace."""

    rater: int
    stage: str
    submitted_at: datetime
    active_ms: int
    started_at: datetime
    pack: Any

    @property
    def day(self) -> date:
        """The day by the server's calendar."""
        return timezone.localdate(self.submitted_at)

    @property
    def timed(self) -> bool:
        """Whether the case was read here; ratings without images were loaded."""
        return self.stage == Stage.MAIN and self.pack is not None


@dataclass
class Work:
    """What is stored of a rater's work."""

    places: list[Place] = field(default_factory=list)
    submissions: list[FirstSubmission] = field(default_factory=list)
    calibrations: list[bool] = field(default_factory=list)
    last_activity_at: datetime | None = None

    def on(self, stage: Stage, attempt: int = 1) -> list[Place]:
        """The places of one list."""
        return [row for row in self.places if (row.stage, row.attempt) == (stage, attempt)]


def work_of(study: Study, raters: Iterable[Membership]) -> dict[int, Work]:
    """Collect the raters' work in a number of queries that hangs on nothing."""
    work: defaultdict[int, Work] = defaultdict(Work)
    users = [member.user_id for member in raters]
    own = Q(study=study, rater__in=users)
    for row in (
        Assignment.objects.filter(own, COUNTED, stage__in=RATERS_STAGES)
        .order_by("position")
        .values_list(
            "pk",
            "rater",
            "stage",
            "attempt",
            "position",
            "repeat_of__position",
            "repeat_of__current_reading__submitted_at",
            "current_reading__state",
            "current_reading__attempt",
            "current_reading__unlocked_by",
            "current_reading__started_at",
            "case_id",
            "case__code",
        )
    ):
        work[row[1]].places.append(Place(*row))
    readings = Reading.objects.filter(
        assignment__study=study, assignment__rater__in=users, assignment__stage__in=RATERS_STAGES
    ).order_by()
    submissions: Iterable[Any] = readings.filter(
        attempt=1, state=ReadingState.SUBMITTED, assignment__case__withdrawn_at__isnull=True
    ).values_list(
        "assignment__rater",
        "assignment__stage",
        "submitted_at",
        "active_ms",
        "started_at",
        "assignment__media_pack",
    )
    for submission in submissions:
        work[submission[0]].submissions.append(FirstSubmission(*submission))
    for rater, *moments in readings.values_list("assignment__rater").annotate(
        Max("submitted_at"),
        Max("last_active_at"),
        saved_at=Max("saved_at", filter=_SAVED_BY_THE_RATER),
    ):
        work[rater].last_activity_at = max(filter(None, moments), default=None)
    for rater, passed in (
        CalibrationResult.objects.filter(own).order_by("attempt").values_list("rater", "passed")
    ):
        work[rater].calibrations.append(passed)
    return work


# An unlock stores a draft in the rater's name, which is the coordinator's doing.
_SAVED_BY_THE_RATER = Q(state=ReadingState.DRAFT) & (Q(attempt=1) | Q(revision__gt=1))


def rater_row(
    member: Membership, work: Work, protocol: ProtocolDocument, *, told_cases: Collection[Any]
) -> dict[str, Any]:
    """One rater's row on the dashboard; no other case than the ``told_cases`` is named."""
    today = timezone.localdate()
    main = work.on(Stage.MAIN)
    calibration = _calibration(work) if protocol.calibration else None
    timed = [submission for submission in work.submissions if submission.timed]
    finish, reason = _estimate(work, main, protocol, today, calibration)
    return {
        "username": member.user.username,
        "full_name": member.user.full_name,
        "rater_number": member.rater_number,
        "calibration": calibration,
        "submitted": sum(row.submitted for row in main),
        "total": len(main),
        "read_today": sum(submission.day == today for submission in work.submissions),
        "last_activity_at": work.last_activity_at,
        "median_active_minutes": median_or_none([row.active_ms / MS_A_MINUTE for row in timed]),
        "median_wall_minutes": median_or_none(
            [(row.submitted_at - row.started_at).total_seconds() / 60 for row in timed]
        ),
        "finish_on": finish,
        "no_finish_because": reason,
        "opening_later": _opening_later(main, protocol),
        "unlocked": [
            {
                "assignment_id": row.pk,
                "case_id": row.case_id,
                "case_code": row.case_code,
                "since": row.begun_at,
            }
            for row in main
            if row.case_id in told_cases and row.waits_for_correction
        ],
    }


def _calibration(work: Work) -> dict[str, Any]:
    """Which attempt the rater is at; how well they agreed is told to nobody here."""
    passed = any(work.calibrations)
    attempt = max(len(work.calibrations) + (0 if passed else 1), 1)
    places = work.on(Stage.CALIBRATION, attempt)
    begun = bool(work.calibrations) or any(row.state for row in places)
    return {
        "state": "passed" if passed else "under-way" if begun else "not-begun",
        "attempt": attempt,
        "submitted": sum(row.submitted for row in places),
        "total": len(places),
    }


def _washout(protocol: ProtocolDocument) -> timedelta:
    return timedelta(days=protocol.repeats.washout_days if protocol.repeats else 0)


def _opens_at(row: Place, protocol: ProtocolDocument) -> datetime | None:
    """When a repeat opens; None while its case has not been read for the first time."""
    if row.original_submitted_at is None:
        return None
    return row.original_submitted_at + _washout(protocol)


def _closed_repeats(main: list[Place], protocol: ProtocolDocument) -> list[Place]:
    now = timezone.now()
    return [
        row
        for row in main
        if row.repeats_place is not None
        and row.state is None
        and ((opens_at := _opens_at(row, protocol)) is None or opens_at > now)
    ]


def _opening_later(main: list[Place], protocol: ProtocolDocument) -> dict[str, Any]:
    closed = _closed_repeats(main, protocol)
    moments = [opens_at for row in closed if (opens_at := _opens_at(row, protocol))]
    return {"count": len(closed), "first_at": min(moments, default=None)}


def _estimate(
    work: Work,
    main: list[Place],
    protocol: ProtocolDocument,
    today: date,
    calibration: dict[str, Any] | None,
) -> tuple[date | None, str]:
    """Return the day on which the rater will be done, or why it cannot be told."""
    unread = [row for row in main if not row.submitted]
    if not main:
        return None, "nothing assigned yet"
    if not unread:
        return None, "done"
    if calibration and calibration["state"] != "passed":
        return None, "calibration comes first"
    read_on = Counter(row.day for row in work.submissions if row.stage == Stage.MAIN)
    pace = cases_a_day(read_on, today)
    if pace is None:
        return None, f"known after {LEAST_ACTIVE_DAYS} days of reading"
    closed = _closed_repeats(main, protocol)
    to_repeat = [row.repeats_place or 0 for row in closed if row.original_submitted_at is None]
    until_last_repeated = sum(
        row.position <= max(to_repeat, default=0) and row.repeats_place is None for row in unread
    )
    finish = finish_date(
        today=today,
        pace=pace,
        unread=len(unread),
        opening=[
            timezone.localdate(opens_at) for row in closed if (opens_at := _opens_at(row, protocol))
        ],
        until_last_repeated=until_last_repeated,
        washout_days=_washout(protocol).days,
    )
    return finish, ""
