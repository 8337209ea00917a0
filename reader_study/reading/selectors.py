"""What stands in a rater's list, and what still blocks a study."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from reader_study.accounts.models import User
from reader_study.cohorts.models import Case, Upload
from reader_study.jobs.models import JobState
from reader_study.reading.models import Assignment, ReadingState
from reader_study.segmentation.models import MediaPack, StudyModel
from reader_study.studies.models import Membership, Role, Study, StudyState
from reader_study.studies.selectors import raters_of

LEAST_RATERS = 2

SUBMITTED = Q(reading__state=ReadingState.SUBMITTED)


def assignments_visible_to(user: User) -> QuerySet[Assignment]:
    """A rater's own list, once the study is open, and nothing else."""
    return Assignment.objects.filter(
        rater=user,
        study__state__in=[StudyState.READING, StudyState.LOCKED],
        study__memberships__in=Membership.objects.filter(user=user, role=Role.RATER),
    )


def next_unread(study: Study, rater: User) -> Assignment | None:
    """The first case of the rater's list that is not submitted."""
    own = assignments_visible_to(rater).filter(study=study)
    return own.exclude(SUBMITTED).order_by("position").first()


def ready_packs(study: Study) -> QuerySet[MediaPack]:
    """Media packs of the study's model, ready to be read."""
    return MediaPack.objects.filter(
        state=JobState.DONE,
        segmentation__state=JobState.DONE,
        segmentation__case__study=study,
        segmentation__model__in=StudyModel.objects.filter(study=study).values("model"),
    ).select_related("segmentation__case")


@dataclass(frozen=True)
class RaterProgress:
    """How far a rater is; never what the rater said."""

    username: str
    full_name: str
    rater_number: int | None
    submitted: int
    total: int


def rater_progress(study: Study) -> list[RaterProgress]:
    """Each rater's count of submitted and all cases."""
    rows = (
        Assignment.objects.filter(study=study)
        .order_by()
        .values_list("rater")
        .annotate(submitted=Count("pk", filter=SUBMITTED), total=Count("pk"))
    )
    counts = {rater: (submitted, total) for rater, submitted, total in rows}
    return [
        RaterProgress(
            membership.user.username,
            membership.user.full_name,
            membership.rater_number,
            *counts.get(membership.user_id, (0, 0)),
        )
        for membership in raters_of(study)
    ]


def unfinished_uploads(study: Study) -> QuerySet[Upload]:
    """Uploads that wait for their ingest or are being read in."""
    return Upload.objects.filter(study=study, state__in=[JobState.QUEUED, JobState.RUNNING])


def _plural(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def open_blockers(study: Study) -> list[str]:
    """Why the study cannot be opened for reading, in words; empty when it can."""
    if study.state != StudyState.SETUP:
        return ["The study was opened already."]
    blockers = []
    cases = Case.objects.filter(study=study).count()
    ready = ready_packs(study).count()
    if not cases:
        blockers.append("There are no cases yet: upload the cohort.")
    if ready < cases:
        blockers.append(
            f"{_plural(cases - ready, 'case is', 'cases are')} not ready: "
            "wait for the segmentation, or see the Cases page."
        )
    unfinished = unfinished_uploads(study).count()
    if unfinished:
        blockers.append(f"{_plural(unfinished, 'upload is', 'uploads are')} still being read in.")
    raters = raters_of(study).count()
    if raters < LEAST_RATERS:
        blockers.append(f"The study has {_plural(raters, 'rater', 'raters')} and needs two.")
    return blockers


def lock_blockers(study: Study) -> list[str]:
    """Why the study cannot be locked, in words; empty when it can."""
    if study.state == StudyState.SETUP:
        return ["The study has not been opened for reading."]
    if study.state == StudyState.LOCKED:
        return ["The study is locked already."]
    return [
        f"{rater.full_name or rater.username} has "
        f"{_plural(rater.total - rater.submitted, 'case', 'cases')} to read."
        for rater in rater_progress(study)
        if rater.submitted != rater.total
    ]
