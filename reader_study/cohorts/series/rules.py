"""What may still be decided about a case's images, which wait for a look, how they are numbered."""

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from reader_study.cohorts.models import Case, Review, Series, SeriesKind

CT_ORIENTATIONS = frozenset({"axial", "coronal", "sagittal"})


def fixed_because(case: Case) -> str:
    """Say why nothing about the case's images can be changed any more; empty while it can."""
    if case.study.is_locked:
        return "The study is locked: its images stay as they are."
    if case.assignments.exists():
        return f"{case.code} is on the raters' lists: what they are shown of it stays as it is."
    if case.withdrawn_at is not None:
        return f"{case.code} is withdrawn: restore it first."
    return ""


def shows_ct(series: Series) -> bool:
    """Whether a series is made of CT slices that are placed in space."""
    return (series.geometry or {}).get("orientation") in CT_ORIENTATIONS


def may_become(series: Series) -> list[SeriesKind]:
    """What a coordinator may say that a series is instead; a CT that is not used may be used."""
    if series.kind == SeriesKind.DSA:
        return [SeriesKind.OTHER]
    if series.kind == SeriesKind.NCCT:
        use = [] if series.used or not _has_images(series) else [SeriesKind.NCCT]
        return [*use, SeriesKind.OTHER]
    if not _has_images(series):
        return []
    return [SeriesKind.NCCT if shows_ct(series) else SeriesKind.DSA]


def _has_images(series: Series) -> bool:
    return bool(series.dicom_name) or series.stored_name is not None


def next_position(case: Case, kind: SeriesKind) -> int:
    """The number of the next series of a kind; the caller holds the case."""
    of_kind = Series.objects.filter(case=case, kind=kind)
    last: int | None = of_kind.aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


def waiting_for_a_look(series: QuerySet[Series]) -> QuerySet[Series]:
    """The series on which the way to the raters waits until a person has looked at their pixels.

    Runs that could not be read wait for nobody: they cannot be shown. A CT waits where the case
    has no other in use, or where somebody chose it.
    """
    used_ct = Series.objects.filter(case=OuterRef("case"), kind=SeriesKind.NCCT, used=True)
    wanted_ct = Q(kind=SeriesKind.NCCT) & (~Exists(used_ct) | ~Q(overruled_reason=""))
    return series.filter(
        Q(kind=SeriesKind.DSA) | wanted_ct, review=Review.WAITING, stored_name__isnull=False
    )
