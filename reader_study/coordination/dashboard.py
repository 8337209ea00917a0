"""What the coordinator's dashboard says: who is how far, what waits, what stands in the way.

Before the lock nobody is told a grade, nor how far raters agree: neither is read here.
"""

from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from reader_study.cohorts.models import Case, CasePurpose
from reader_study.coordination.case_selectors import study_models
from reader_study.coordination.case_states import STOPPED_CASES, seconds_left, with_states
from reader_study.coordination.case_times import MS_A_MINUTE, histogram, median_or_none
from reader_study.coordination.rater_rows import FirstSubmission, rater_row, work_of
from reader_study.jobs.models import JobState
from reader_study.reading.models import Assignment, Stage
from reader_study.reading.obstacles import (
    Obstacle,
    obstacles_to_locking,
    obstacles_to_opening,
    unlisted_cases,
)
from reader_study.reading.selectors import COUNTED, SUBMITTED, unfinished_uploads
from reader_study.segmentation.models import MediaPack, SegmentationJob
from reader_study.studies.models import Membership, Site, Study, StudyState
from reader_study.studies.protocol import ProtocolDocument
from reader_study.studies.selectors import protocol_in_force, raters_of

DAYS_SHOWN = 30
RUNNING_SHOWN = 8


def progress(study: Study, sites: QuerySet[Site]) -> dict[str, Any]:
    """The study's dashboard; cases are told of these sites only."""
    protocol = protocol_in_force(study)
    members = list(raters_of(study))
    work = work_of(study, members)
    submissions = [row for member in members for row in work[member.user_id].submissions]
    cases = _cases(study, sites)
    present = [case for case in cases if not case.withdrawn]
    told_cases = {case.pk for case in present}
    return {
        "obstacles": _obstacles(study),
        "raters": [
            rater_row(member, work[member.user_id], protocol, told_cases=told_cases)
            for member in members
        ],
        "queue": _queue(study, sites, Counter(case.preparation for case in present)),
        "calibration_cases": sum(case.purpose == CasePurpose.CALIBRATION for case in present),
        "withdrawn_cases": len(cases) - len(present),
        "ready_but_unlisted": _ready_but_unlisted(study, present),
        "unscorable": _unscorable(study, sites, members, protocol),
        "time_per_case": _time_per_case(submissions),
        "submissions_per_day": _submissions_per_day(submissions),
    }


def _obstacles(study: Study) -> list[Obstacle]:
    """What stands in the way of the study's next step."""
    if study.state == StudyState.SETUP:
        return obstacles_to_opening(study)
    return obstacles_to_locking(study) if study.state == StudyState.READING else []


class _CaseStands(NamedTuple):
    """Where one case is."""

    pk: Any
    preparation: str
    purpose: str
    withdrawn: bool


def _cases(study: Study, sites: QuerySet[Site]) -> list[_CaseStands]:
    rows = with_states(
        Case.objects.filter(study=study, site__in=sites),
        reading_in=unfinished_uploads(study).exists(),
    ).values_list("pk", "preparation", "purpose", "withdrawn_at")
    return [
        _CaseStands(pk, preparation, purpose, withdrawn_at is not None)
        for pk, preparation, purpose, withdrawn_at in rows.order_by()
    ]


def _queue(study: Study, sites: QuerySet[Site], states: Counter[str]) -> dict[str, Any]:
    return {
        "waiting": states["waiting"],
        "running": _running(study, sites),
        "review": states["review"],
        "preparing": states["preparing"],
        "failed": sum(states[state] for state in STOPPED_CASES),
        "ready": states["ready"],
    }


def _running(study: Study, sites: QuerySet[Site]) -> list[dict[str, Any]]:
    """The work under way: segmentations first, those begun earliest first."""
    segmenting = SegmentationJob.objects.filter(
        model__in=study_models(study), case__study=study, case__site__in=sites
    ).values_list("case_id", "case__code", "progress", "started_at")
    preparing = MediaPack.objects.filter(
        segmentation__model__in=study_models(study),
        segmentation__case__study=study,
        segmentation__case__site__in=sites,
    ).values_list("segmentation__case_id", "segmentation__case__code", "progress", "started_at")
    return [
        {
            "case_id": case_id,
            "case_code": code,
            "step": step,
            "progress": done,
            "seconds_left": seconds_left(started_at=started_at, progress=done),
        }
        for step, jobs in (("segmenting", segmenting), ("preparing", preparing))
        for case_id, code, done, started_at in jobs.filter(state=JobState.RUNNING).order_by(
            "started_at"
        )[:RUNNING_SHOWN]
    ]


def _ready_but_unlisted(study: Study, cases: list[_CaseStands]) -> int:
    """How many cases can be put on the raters' lists now."""
    if study.state != StudyState.READING:
        return 0
    unlisted = set(unlisted_cases(study).values_list("pk", flat=True))
    return sum(case.preparation == "ready" and case.pk in unlisted for case in cases)


def _unscorable(
    study: Study, sites: QuerySet[Site], members: list[Membership], protocol: ProtocolDocument
) -> list[dict[str, Any]]:
    """Cases that somebody could not score, with the reasons: not who, nor how many."""
    labels = {reason.code: reason.label for reason in protocol.unscorable_reasons}
    rows = (
        Assignment.objects.filter(
            COUNTED,
            SUBMITTED,
            study=study,
            stage=Stage.MAIN,
            rater__in=[member.user_id for member in members],
            case__site__in=sites,
        )
        .exclude(current_reading__unscorable_reason="")
        .order_by("case__code", "current_reading__unscorable_reason")
        .values_list("case_id", "case__code", "current_reading__unscorable_reason")
        .distinct()
    )
    reasons: defaultdict[tuple[Any, str], list[str]] = defaultdict(list)
    for case_id, code, reason in rows:
        reasons[case_id, code].append(labels.get(reason, reason))
    return [
        {"case_id": case_id, "case_code": code, "reasons": sorted(said)}
        for (case_id, code), said in reasons.items()
    ]


def _time_per_case(submissions: list[FirstSubmission]) -> dict[str, Any]:
    minutes = [row.active_ms / MS_A_MINUTE for row in submissions if row.timed]
    return {"median": median_or_none(minutes), **histogram(minutes)}


def _submissions_per_day(submissions: list[FirstSubmission]) -> list[dict[str, Any]]:
    counts = Counter(row.day for row in submissions)
    today = timezone.localdate()
    days = [today - timedelta(days=ago) for ago in reversed(range(DAYS_SHOWN))]
    return [{"day": day, "count": counts[day]} for day in days]
