"""What a coordinator sees of the cases; of what raters said nothing before the lock."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch, QuerySet

from reader_study.api.preconditions import state_tag
from reader_study.cohorts.models import Case, PatientDeletion, Series
from reader_study.coordination.case_states import STOPPED_CASES, seconds_left, with_states
from reader_study.coordination.case_times import MS_A_MINUTE
from reader_study.coordination.deletion.patients import DELETED
from reader_study.jobs.models import JobState
from reader_study.jobs.services import ENDED
from reader_study.reading.models import Assignment, Reading, ReadingState, Stage
from reader_study.reading.selectors import unfinished_uploads
from reader_study.segmentation.models import MediaPack, SegmentationJob
from reader_study.studies.models import Membership, Site, Study
from reader_study.studies.selectors import raters_of

PLACE_STATES = ["not-begun", "draft", "submitted", "unlocked"]


@dataclass
class _Places:
    """A case's places on the raters' lists; hidden repeats are no further ratings to expect."""

    submitted: int = 0
    expected: int = 0
    raters: set[int] = field(default_factory=set)
    codes: list[str] = field(default_factory=list)


def case_rows(study: Study, sites: QuerySet[Site]) -> list[dict[str, Any]]:
    """One row a case of these sites: what was ingested, how far it is, what went wrong."""
    return _rows(study, Case.objects.filter(site__in=sites))


def case_row(case: Case) -> dict[str, Any]:
    """The row of one case."""
    return _rows(case.study, Case.objects.filter(pk=case.pk))[0]


def _rows(study: Study, cases: QuerySet[Case]) -> list[dict[str, Any]]:
    reading_in = unfinished_uploads(study).exists()
    places = _places(study, cases)
    raters = raters_of(study).count()
    shown = (
        with_states(cases.filter(study=study), reading_in=reading_in)
        .select_related("site")
        .prefetch_related(
            Prefetch("series", Series.objects.filter(used=True).order_by("-kind", "position")),
            Prefetch("segmentations", _jobs_of(study)),
        )
        .order_by("code")
    )
    return [_row(case, places[case.pk], raters) for case in shown]


def _jobs_of(study: Study) -> QuerySet[SegmentationJob]:
    """The segmentations that the study judges, without the bulk of what they made."""
    return (
        SegmentationJob.objects.filter(model__in=study_models(study))
        .select_related("media_pack")
        .defer("provenance", "measures", "media_pack__manifest")
    )


def study_models(study: Study) -> list[int]:
    """The model whose segmentations the study judges, or none."""
    choice = getattr(study, "model_choice", None)
    return [choice.model_id] if choice else []


def _places(study: Study, cases: QuerySet[Case]) -> defaultdict[Any, _Places]:
    rows = Assignment.objects.filter(
        study=study, case__in=cases, rater__in=raters_of(study).values("user")
    ).values_list("case_id", "rater_id", "stage", "repeat_of", "code", "current_reading__state")
    places: defaultdict[Any, _Places] = defaultdict(_Places)
    for case_id, rater_id, stage, repeat_of, code, state in rows:
        place = places[case_id]
        place.raters.add(rater_id)
        place.codes.append(code)
        if stage == Stage.MAIN and repeat_of is None:
            place.expected += 1
            place.submitted += state == ReadingState.SUBMITTED
    return places


def _message(case: Any, job: SegmentationJob | None, pack: MediaPack | None) -> str:
    """What there is to say about the case's state: why it failed, was cancelled or waits."""
    if case.is_deleted:
        return DELETED
    if case.without_images:
        return "Ratings without images."
    if case.preparation not in STOPPED_CASES:
        waiting = [one for one in (job, pack) if one and one.state == JobState.QUEUED]
        return waiting[0].note if waiting else ""
    if not case.has_ct:
        return "No non-contrast CT of this patient is in use: choose one, or upload it."
    return (job.error if job else "") or (pack.error if pack else "")


def _row(case: Any, places: _Places, raters: int) -> dict[str, Any]:
    jobs: list[SegmentationJob] = list(case.segmentations.all())
    job = jobs[-1] if jobs else None
    pack = getattr(job, "media_pack", None)
    work = pack if case.preparation == "preparing" and pack else job
    return {
        "id": case.id,
        "code": case.code,
        "site": case.site.code,
        "state": case.preparation,
        "message": _message(case, job, pack),
        "progress": work.progress if work else 0.0,
        "seconds_left": seconds_left(started_at=work.started_at, progress=work.progress)
        if work and work.state == JobState.RUNNING
        else None,
        "series": list(case.series.all()),
        "ct_waits": case.ct_waits,
        "dsa_waits": case.dsa_waits,
        "artery_volume_ml": job.artery_volume_ml if job else None,
        "ratings": {"submitted": places.submitted, "expected": places.expected},
        "purpose": case.purpose,
        "reference_grade": case.reference_grade,
        "occlusion_side": case.occlusion_side,
        "occlusion_segment": case.occlusion_segment,
        "deleted": case.is_deleted,
        "withdrawn_at": case.withdrawn_at,
        "withdrawn_reason": case.withdrawn_reason,
        "on_lists": 0 < raters == len(places.raters),
        "rater_codes": sorted(places.codes),
    }


def case_tag(case: Case) -> str:
    """Return what stands for all that coordinators change of a case."""
    return state_tag(
        case.purpose,
        case.reference_grade,
        case.occlusion_side,
        case.occlusion_segment,
        case.withdrawn_at,
        case.withdrawn_reason,
    )


def case_detail(case: Case, *, with_answers: bool) -> dict[str, Any]:
    """One case with its history and each rater's places.

    Parameters
    ----------
    with_answers
        Whether the person may see what the raters said; before the lock nobody does.
    """
    told = with_answers and case.study.is_locked
    members = {row.user_id: row for row in Membership.objects.filter(study=case.study)}
    places = [
        _place(assignment, members[assignment.rater_id], told=told)
        for assignment in _assignments(case)
    ]
    return {
        **case_row(case),
        "etag": case_tag(case),
        "history": _history(case),
        "places": sorted(places, key=lambda place: place["rater_number"]),
    }


def case_findings(case: Case) -> dict[str, Any]:
    """What the model found in a case, as far as it was measured; never for a rater."""
    job = _jobs_of(case.study).defer(None).filter(case=case, state=JobState.DONE).last()
    measures: dict[str, Any] = job.measures if job else {}
    problem = measures.get("problem", "")
    return {
        "is_segmented": job is not None,
        "problem": problem,
        "measures": measures if measures and not problem else None,
    }


def _history(case: Case) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = [{"what": "added", "at": case.created_at, "message": ""}]
    deletion = PatientDeletion.objects.filter(case=case).first()
    # What was made of the images went with them; the rows say no more when that was.
    jobs = _jobs_of(case.study).filter(case=case) if deletion is None else ()
    for job in jobs:
        steps += _history_of_job("segmentation", job)
        pack = getattr(job, "media_pack", None)
        if pack is not None:
            steps += _history_of_job("images", pack)
    if deletion is not None:
        steps.append({"what": "deleted", "at": deletion.at, "message": deletion.reason})
    if case.withdrawn_at is not None:
        steps.append(
            {"what": "withdrawn", "at": case.withdrawn_at, "message": case.withdrawn_reason}
        )
    return sorted(steps, key=lambda step: step["at"])


def _history_of_job(work: str, job: SegmentationJob | MediaPack) -> list[dict[str, Any]]:
    steps = [{"what": f"{work} queued", "at": job.created_at, "message": ""}]
    if job.started_at is not None and job.state != JobState.QUEUED:
        steps.append({"what": f"{work} started", "at": job.started_at, "message": ""})
    if job.finished_at is not None and job.state in ENDED:
        steps.append({"what": f"{work} {job.state}", "at": job.finished_at, "message": job.error})
    return steps


def _assignments(case: Case) -> QuerySet[Assignment]:
    return (
        Assignment.objects.filter(case=case, stage__in=[Stage.CALIBRATION, Stage.MAIN])
        .select_related("rater", "current_reading")
        .prefetch_related(
            Prefetch("readings", Reading.objects.select_related("unlocked_by").order_by("attempt"))
        )
        .order_by("stage", "attempt", "position")
    )


def _place(assignment: Assignment, member: Membership, *, told: bool) -> dict[str, Any]:
    readings: list[Reading] = list(assignment.readings.all())
    return {
        "id": assignment.pk,
        "code": assignment.code,
        "username": assignment.rater.username,
        "full_name": assignment.rater.full_name,
        "rater_number": member.rater_number,
        "has_left": member.ended_at is not None,
        "stage": assignment.stage,
        "calibration_attempt": assignment.attempt,
        "is_repeat": assignment.repeat_of_id is not None,
        "state": _state_of(assignment.current_reading),
        "active_minutes": _active_ms(readings) / MS_A_MINUTE,
        "attempts": [_attempt(reading, told=told) for reading in readings],
    }


def _active_ms(readings: list[Reading]) -> int:
    """Return the time at work on a place; what was taken back goes on from the time before."""
    continued = {reading.attempt - 1 for reading in readings if reading.was_taken_back}
    return sum(reading.active_ms for reading in readings if reading.attempt not in continued)


def _state_of(reading: Reading | None) -> str:
    if reading is None:
        return "not-begun"
    if reading.state == ReadingState.SUBMITTED:
        return "submitted"
    return "draft" if reading.attempt == 1 or reading.was_taken_back else "unlocked"


def _attempt(reading: Reading, *, told: bool) -> dict[str, Any]:
    return {
        "attempt": reading.attempt,
        "started_at": reading.started_at,
        "submitted_at": reading.submitted_at,
        "unlock_reason": reading.unlock_reason,
        "unlocked_by": reading.unlocked_by.get_username() if reading.unlocked_by else None,
        "taken_back": reading.was_taken_back,
        "grade": reading.grade if told else None,
        "unscorable_reason": (reading.unscorable_reason if told else "") or None,
        "comment": reading.comment if told else "",
    }
