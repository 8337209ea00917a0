"""Which segmentations and media packs show what their cases use now, and of which model."""

from django.db.models import Exists, OuterRef, QuerySet

from reader_study.cohorts.models import Case, Series, SeriesKind
from reader_study.cohorts.series.rules import waiting_for_a_look
from reader_study.jobs.models import JobState
from reader_study.jobs.services import ENDED, STOPPED, UNDER_WAY
from reader_study.segmentation.models import MediaPack, PackSource, SegmentationJob
from reader_study.studies.models import Study, StudyState


def used_ct(of_case: OuterRef) -> QuerySet[Series]:
    """The CT that a case uses, for a query about the case."""
    return Series.objects.filter(case=of_case, kind=SeriesKind.NCCT, used=True)


def waiting_runs(of_case: OuterRef) -> QuerySet[Series]:
    """The series of a case that somebody has still to look at, for a query about the case."""
    return waiting_for_a_look(Series.objects.filter(case=of_case))


def outdated_segmentations() -> QuerySet[SegmentationJob]:
    """Segmentations that ended, of cases that use another CT by now and are on nobody's list."""
    return SegmentationJob.objects.filter(
        Exists(used_ct(OuterRef("case")).exclude(stored_name=OuterRef("volume_name"))),
        state__in=ENDED,
        case__assignments__isnull=True,
        case__withdrawn_at__isnull=True,
    )


def current_packs() -> QuerySet[MediaPack]:
    """Finished packs that hold all that their cases use and nothing else, none left to look at."""
    case = OuterRef("segmentation__case")
    used = Series.objects.filter(case=case, used=True)
    source_of_series = PackSource.objects.filter(
        pack=OuterRef(OuterRef("pk")), stored_name=OuterRef("stored_name")
    )
    series_of_source = Series.objects.filter(
        case=OuterRef(case), used=True, stored_name=OuterRef("stored_name")
    )
    return MediaPack.objects.filter(
        ~Exists(used.filter(~Exists(source_of_series))),
        ~Exists(PackSource.objects.filter(~Exists(series_of_source), pack=OuterRef("pk"))),
        ~Exists(waiting_runs(case)),
        Exists(used_ct(case).filter(stored_name=OuterRef("segmentation__volume_name"))),
        state=JobState.DONE,
        segmentation__state=JobState.DONE,
    )


def segmentations_that_may_be_packed() -> QuerySet[SegmentationJob]:
    """Finished segmentations of the CT in use, of cases that nobody has to look at any more.

    What stands on a rater's list stays as it was put there.
    """
    case = OuterRef("case")
    return SegmentationJob.objects.filter(
        Exists(used_ct(case).filter(stored_name=OuterRef("volume_name"))),
        ~Exists(waiting_runs(case)),
        state=JobState.DONE,
        case__assignments__isnull=True,
        case__withdrawn_at__isnull=True,
    )


def segmentations_to_be_packed() -> QuerySet[SegmentationJob]:
    """Those of them whose pack is missing or shows something else by now.

    A pack that failed or was cancelled waits for a person to try it again.
    """
    under_way = [*UNDER_WAY, *STOPPED]
    return segmentations_that_may_be_packed().filter(
        ~Exists(current_packs().filter(segmentation=OuterRef("pk"))),
        ~Exists(MediaPack.objects.filter(segmentation=OuterRef("pk"), state__in=under_way)),
    )


def waiting_cases(cases: QuerySet[Case]) -> QuerySet[Case]:
    """The cases of which somebody has still to look at a series."""
    return cases.filter(Exists(waiting_runs(OuterRef("pk"))), assignments__isnull=True)


def why_model_is_fixed(study: Study) -> str:
    """Why the study's model cannot be changed, in words; empty while it can."""
    listed = Case.objects.filter(study=study, assignments__isnull=False)
    if study.state == StudyState.SETUP and not listed.exists():
        return ""
    return (
        "The model was fixed when the raters' lists were drawn: they judge its segmentations. "
        "Another model needs another study."
    )
