"""What coordinators see of a case's images: every series, and which of them wait for a look."""

from typing import Any

from django.db.models import QuerySet

from reader_study.cohorts.models import Case, Series, SeriesBuild
from reader_study.cohorts.series.rules import fixed_because, may_become, waiting_for_a_look
from reader_study.cohorts.series.store import picture_frames
from reader_study.imaging.gates import Verdict
from reader_study.studies.models import Site, Study

WORST_FIRST = list(reversed(Verdict))


def case_images(case: Case) -> dict[str, Any]:
    """All series of a case, and whether anything about them can still be changed."""
    series = _with_people(Series.objects.filter(case=case)).order_by("-used", "kind", "position")
    return {
        "id": case.id,
        "code": case.code,
        "site": case.site.code,
        "occlusion_side": case.occlusion_side,
        "occlusion_segment": case.occlusion_segment,
        "fixed_because": fixed_because(case),
        "series": [series_row(one) for one in series],
    }


def waiting_series(study: Study, sites: QuerySet[Site]) -> list[dict[str, Any]]:
    """The series that wait for a look, by case; the two planes of a pair follow one another.

    What nobody can decide on any more is not among them.
    """
    waiting = waiting_for_a_look(
        Series.objects.filter(
            case__study=study,
            case__site__in=sites,
            case__withdrawn_at__isnull=True,
            case__assignments__isnull=True,
        )
    )
    if study.is_locked:
        return []
    rows = list(_with_people(waiting).select_related("case"))
    position = {series.pk: series.position for series in rows}
    rows.sort(
        key=lambda series: (
            series.case.code,
            series.kind,
            min(series.position, position.get(series.biplane_partner_id or 0, series.position)),
            series.position,
        )
    )
    return [
        {**series_row(series), "case_id": series.case_id, "case_code": series.case.code}
        for series in rows
    ]


def _with_people(series: QuerySet[Series]) -> QuerySet[Series]:
    return series.select_related("reviewed_by", "build")


def series_row(series: Series) -> dict[str, Any]:
    """One series as coordinators see it."""
    frames = picture_frames(series)
    return {
        "id": series.pk,
        "kind": series.kind,
        "position": series.position,
        "used": series.used,
        "instance_count": series.instance_count,
        "description": series.description,
        "geometry": series.geometry,
        "verdict": _verdict(series),
        "gates": series.gates,
        "acquired_at": series.acquired_at,
        "biplane_partner": series.biplane_partner_id,
        "overruled_reason": series.overruled_reason,
        "review": series.review,
        "reviewed_by": series.reviewed_by.get_username() if series.reviewed_by else None,
        "reviewed_at": series.reviewed_at,
        "review_note": series.review_note,
        "text_boxes": series.text_boxes,
        "blackouts": series.blackouts,
        "phase": series.phase,
        "proposed_phase": series.proposed_phase,
        "build": _build(series),
        "preview_count": len(frames),
        "picture_frames": frames if series.stored_name else [],
        "may_become": may_become(series),
    }


def _verdict(series: Series) -> Verdict:
    found = {gate["verdict"] for gate in series.gates}
    return next((verdict for verdict in WORST_FIRST if verdict in found), Verdict.PASS)


def _build(series: Series) -> SeriesBuild | None:
    return getattr(series, "build", None)
