"""How far a case is on its way to the raters, decided by the database for one case or for all."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils import timezone

from reader_study.cohorts.models import Case, PatientDeletion, Series, SeriesKind
from reader_study.jobs.models import JobState
from reader_study.reading.models import Assignment, Stage
from reader_study.segmentation.models import SegmentationJob
from reader_study.segmentation.selectors import current_packs, used_ct, waiting_runs

CASE_STATES = ["waiting", "segmenting", "review", "preparing", "ready", "failed", "cancelled"]
STOPPED_CASES = ("failed", "cancelled")
"""Where nothing more happens until a person does something."""

LEAST_PROGRESS_FOR_ESTIMATE = 0.05


def with_states(cases: QuerySet[Case], *, reading_in: bool) -> QuerySet[Any]:
    """Annotate each case with its ``preparation``, one of ``CASE_STATES``, and what it rests on.

    Parameters
    ----------
    reading_in
        Whether files of the study are still being read in: a CT may be among them.
    """
    job = SegmentationJob.objects.filter(
        case=OuterRef("pk"), model=OuterRef("study__model_choice__model")
    )
    series = Series.objects.filter(case=OuterRef("pk"), used=True)
    without_images = Assignment.objects.filter(
        case=OuterRef("pk"), stage=Stage.MAIN, media_pack__isnull=True
    )
    return cases.annotate(
        without_images=Exists(without_images),
        is_deleted=Exists(PatientDeletion.objects.filter(case=OuterRef("pk"))),
        has_ct=Exists(series.filter(kind=SeriesKind.NCCT)),
        has_dsa=Exists(series.filter(kind=SeriesKind.DSA)),
        waits_for_a_look=Exists(waiting_runs(OuterRef("pk"))),
        ct_waits=Exists(waiting_runs(OuterRef("pk")).filter(kind=SeriesKind.NCCT)),
        dsa_waits=Exists(waiting_runs(OuterRef("pk")).filter(kind=SeriesKind.DSA)),
        job_state=Subquery(job.values("state")[:1]),
        job_is_of_used_ct=Exists(
            job.filter(
                Exists(used_ct(OuterRef("case")).filter(stored_name=OuterRef("volume_name")))
            )
        ),
        pack_state=Subquery(job.values("media_pack__state")[:1]),
        pack_is_current=Exists(
            current_packs().filter(
                segmentation__case=OuterRef("pk"),
                segmentation__model=OuterRef("study__model_choice__model"),
            )
        ),
    ).annotate(
        preparation=models.Case(
            When(Q(without_images=True) | Q(is_deleted=True), then=Value("ready")),
            When(has_ct=False, waits_for_a_look=True, then=Value("review")),
            When(has_ct=False, then=Value("waiting" if reading_in else "failed")),
            When(Q(job_state__isnull=True) | Q(job_state=JobState.QUEUED), then=Value("waiting")),
            When(job_state=JobState.RUNNING, then=Value("segmenting")),
            When(job_state=JobState.FAILED, then=Value("failed")),
            When(job_state=JobState.CANCELLED, then=Value("cancelled")),
            When(job_is_of_used_ct=False, then=Value("waiting")),
            When(waits_for_a_look=True, then=Value("review")),
            When(pack_is_current=True, then=Value("ready")),
            When(pack_state=JobState.FAILED, then=Value("failed")),
            When(pack_state=JobState.CANCELLED, then=Value("cancelled")),
            default=Value("preparing"),
            output_field=models.CharField(),
        )
    )


def seconds_left(*, started_at: datetime | None, progress: float) -> float | None:
    """How long running work will still take at the pace so far; None while nobody can tell."""
    if started_at is None or progress < LEAST_PROGRESS_FOR_ESTIMATE:
        return None
    elapsed = (timezone.now() - started_at).total_seconds()
    return round(elapsed * (1 - progress) / progress)
