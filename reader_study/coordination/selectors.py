"""What a coordinator sees of a study: progress and obstacles, never agreement before the lock."""

from collections import Counter
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.cohorts.models import Case, Series, SeriesKind, Upload
from reader_study.jobs.models import JobState
from reader_study.reading.models import Assignment, ReadingState, Stage
from reader_study.reading.selectors import (
    lock_blockers,
    open_blockers,
    rater_progress,
    unfinished_uploads,
)
from reader_study.segmentation.models import MediaPack, SegmentationJob, StudyModel
from reader_study.studies.models import Site, Study
from reader_study.studies.selectors import (
    current_protocol,
    protocol_in_force,
    role_of,
    sites_visible_to,
)

LEAST_PROGRESS_FOR_ESTIMATE = 0.05

STATE_OF_CASE_WHILE_SEGMENTATION_IS = {
    JobState.QUEUED: "waiting",
    JobState.RUNNING: "segmenting",
    JobState.FAILED: "failed",
}


def uploads_of(study: Study) -> QuerySet[Upload]:
    """The study's uploads with their messages, newest first."""
    return (
        Upload.objects.filter(study=study)
        .select_related("site", "uploaded_by")
        .prefetch_related("messages")
    )


def _segmentation(case: Case) -> SegmentationJob | None:
    jobs: list[SegmentationJob] = list(case.segmentations.all())
    return jobs[-1] if jobs else None


def _media_pack(job: SegmentationJob | None) -> MediaPack | None:
    return getattr(job, "media_pack", None) if job else None


def _case_state(case: Case, job: SegmentationJob | None, *, reading_in: bool) -> tuple[str, str]:
    """Return the case's state and, where it failed, the reason in words."""
    pack = _media_pack(job)
    if any(assignment.media_pack_id is None for assignment in case.assignments.all()):
        return "ready", "Ratings without images."
    if not any(series.kind == SeriesKind.NCCT for series in case.series.all()):
        if reading_in:
            return "waiting", ""
        return "failed", "No non-contrast CT was found for this patient: upload it."
    if job is None:
        return "waiting", ""
    if job.state != JobState.DONE:
        return STATE_OF_CASE_WHILE_SEGMENTATION_IS[JobState(job.state)], job.error
    if pack is not None and pack.state in (JobState.DONE, JobState.FAILED):
        return ("ready" if pack.state == JobState.DONE else "failed"), pack.error
    return "preparing", ""


def _seconds_left(job: SegmentationJob | None) -> float | None:
    if (
        job is None
        or job.state != JobState.RUNNING
        or job.started_at is None
        or job.progress < LEAST_PROGRESS_FOR_ESTIMATE
    ):
        return None
    elapsed = (timezone.now() - job.started_at).total_seconds()
    return round(elapsed * (1 - job.progress) / job.progress)


def _case_row(case: Case, *, reading_in: bool) -> dict[str, Any]:
    job = _segmentation(case)
    state, message = _case_state(case, job, reading_in=reading_in)
    assignments: list[Assignment] = list(case.assignments.all())
    submitted = [
        assignment
        for assignment in assignments
        if assignment.current_reading and assignment.current_reading.state == ReadingState.SUBMITTED
    ]
    return {
        "id": case.id,
        "code": case.code,
        "site": case.site.code,
        "state": state,
        "message": message,
        "progress": job.progress if job else 0.0,
        "seconds_left": _seconds_left(job),
        "series": list(case.series.all()),
        "artery_volume_ml": job.artery_volume_ml if job else None,
        "ratings": {"submitted": len(submitted), "expected": len(assignments)},
    }


def _cases_with_everything() -> QuerySet[Case]:
    return (
        Case.objects.select_related("site")
        .prefetch_related(
            Prefetch("series", Series.objects.order_by("kind", "position")),
            Prefetch(
                "segmentations",
                SegmentationJob.objects.select_related("media_pack").order_by("created_at"),
            ),
            Prefetch(
                "assignments",
                Assignment.objects.filter(stage=Stage.MAIN).select_related("current_reading"),
            ),
        )
        .order_by("code")
    )


def case_rows(study: Study, sites: QuerySet[Site]) -> list[dict[str, Any]]:
    """One row a case of these sites: what was ingested, how far it is, what went wrong."""
    reading_in = _is_reading_in(study)
    cases = _cases_with_everything().filter(study=study, site__in=sites)
    return [_case_row(case, reading_in=reading_in) for case in cases]


def case_row(case: Case) -> dict[str, Any]:
    """The row of one case."""
    row = _cases_with_everything().get(pk=case.pk)
    return _case_row(row, reading_in=_is_reading_in(case.study))


def _is_reading_in(study: Study) -> bool:
    """Whether files of a case may still be on their way."""
    return unfinished_uploads(study).exists()


def overview(study: Study, user: User) -> dict[str, Any]:
    """The study's overview page: what is there, who has read how much, what stands in the way.

    Somebody who answers for some of the sites is shown those sites and counts of their cases.
    """
    sites = sites_visible_to(user, study)
    rows = case_rows(study, sites)
    states = Counter(row["state"] for row in rows)
    without_dsa = sum(
        all(series.kind != SeriesKind.DSA for series in row["series"]) for row in rows
    )
    protocol = current_protocol(study)
    choice = StudyModel.objects.filter(study=study).select_related("model").first()
    return {
        "id": study.id,
        "name": study.name,
        "state": study.state,
        "role": role_of(user, study),
        "data_notice": study.data_notice,
        "protocol": protocol_in_force(study).model_dump(mode="json"),
        "protocol_sha256": protocol.sha256,
        "model": choice.model if choice else None,
        "counts": {
            "cases": states.total(),
            "ready": states["ready"],
            "segmenting": states["segmenting"] + states["waiting"] + states["preparing"],
            "failed": states["failed"],
            "without_dsa": without_dsa,
        },
        "raters": rater_progress(study),
        "blockers": {"open": open_blockers(study), "lock": lock_blockers(study)},
        "sites": sites,
    }
