"""What every decision about a series has in common: it is made once, on the series as it is now."""

from typing import Any

from reader_study.accounts.models import User
from reader_study.audit.services import record
from reader_study.cohorts.models import Case, Series, SeriesBuild, SeriesKind
from reader_study.cohorts.refusals import CaseChangeRefusedError
from reader_study.cohorts.series.rules import fixed_because
from reader_study.jobs.models import JobState, Priority
from reader_study.jobs.services import send_on_commit
from reader_study.studies.models import Study


def label(series: Series) -> str:
    """Name a series for people, such as "C001, DSA 2"."""
    return f"{series.case.code}, {series.kind} {series.position}"


def held(series: Series) -> Series:
    """Return the series as it is now; it, its case and its study stay so for this transaction.

    Raises
    ------
    CaseChangeRefusedError
        Nothing about the case's images can be changed any more.
    """
    Study.objects.select_for_update().get(pk=series.case.study_id)
    Case.objects.select_for_update().get(pk=series.case_id)
    current = (
        Series.objects.select_for_update(of=("self",))
        .select_related("case__study", "reviewed_by")
        .get(pk=series.pk)
    )
    reason = fixed_because(current.case)
    if reason:
        raise CaseChangeRefusedError(reason)
    return current


def refuse_while_built(series: Series) -> None:
    """Raise CaseChangeRefusedError while the images of a series are made anew."""
    under_way = [JobState.QUEUED, JobState.RUNNING]
    if SeriesBuild.objects.filter(series=series, state__in=under_way).exists():
        raise CaseChangeRefusedError(
            f"The images of {label(series)} are being made anew after a decision; wait until that "
            "is done."
        )


def use(series: Series) -> Series | None:
    """Mark a series as used, in memory; returns the CT that it is used instead of, if any."""
    series.used = True
    if series.kind != SeriesKind.NCCT:
        return None
    former = Series.objects.filter(case=series.case, kind=SeriesKind.NCCT, used=True)
    former = former.exclude(pk=series.pk)
    instead_of = former.first()
    former.update(used=False)
    return instead_of


def has_files_to_destroy(series: Series) -> bool:
    """Whether a build that failed left files behind that it was to destroy."""
    return SeriesBuild.objects.filter(series=series).exclude(former_files=[]).exists()


def queue_build(series: Series, asked_by: User, **decision: Any) -> SeriesBuild:
    """Have the images of a series made anew, and the decision carried out after that."""
    build, _ = SeriesBuild.objects.update_or_create(
        series=series,
        defaults={
            "state": JobState.QUEUED,
            "priority": Priority.WAITED_FOR,
            "attempts": 0,
            "progress": 0.0,
            "error": "",
            "note": "",
            "not_before": None,
            "sent_at": None,
            "asked_by": asked_by,
            "phase": "",
            "blackouts": [],
            "why": "",
            **decision,
        },
    )
    send_on_commit(build)
    return build


def note(series: Series, *, action: str, actor: User | None, **detail: Any) -> None:
    """Write a decision about a series to the audit trail."""
    record(
        action=action,
        actor=actor,
        study_id=series.case.study_id,
        subject=series.case.code,
        series=series.pk,
        images=f"{series.kind} {series.position}",
        **detail,
    )
