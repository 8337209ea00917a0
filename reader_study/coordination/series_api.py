"""The coordinator's API to a case's images: look at them, say what they are, release them."""

import uuid
from collections.abc import Callable

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from reader_study.accounts.requests import person
from reader_study.cohorts.models import Series, SeriesKind
from reader_study.cohorts.series.overruling import overrule
from reader_study.cohorts.series.reviews import keep_out, look_again, release
from reader_study.cohorts.series.store import load_picture, load_thumbnail
from reader_study.coordination.api import StudyView
from reader_study.coordination.cases_api import CaseView
from reader_study.coordination.series_selectors import case_images, waiting_series
from reader_study.coordination.series_serializers import (
    CaseImagesSerializer,
    OverruleSerializer,
    ReviewDecisionSerializer,
    WaitingSeriesSerializer,
)
from reader_study.studies.rights import Right
from reader_study.studies.selectors import sites_visible_to


class WaitingSeriesView(StudyView):
    """The series of the study on which somebody has to look."""

    right = Right.SEE_STUDY

    @extend_schema(responses=WaitingSeriesSerializer(many=True))
    def get(self, request: Request, study_id: uuid.UUID) -> Response:
        """List what waits for a release, case by case."""
        study = self.study(request, study_id)
        rows = waiting_series(study, sites_visible_to(person(request), study))
        return Response(WaitingSeriesSerializer(rows, many=True).data)


class ImagesView(CaseView):
    """A view of a case's images."""

    right_to_change = Right.CHANGE_COHORT

    def series(
        self, request: Request, study_id: uuid.UUID, case_id: uuid.UUID, series_id: int
    ) -> Series:
        """Return one series of the case, or 404."""
        cases = self.cases(request, study_id).filter(pk=case_id)
        return get_object_or_404(
            Series.objects.select_related("case"), case__in=cases, pk=series_id
        )

    def images(self, request: Request, study_id: uuid.UUID, case_id: uuid.UUID) -> Response:
        """Answer with all series of the case, or 404."""
        images = case_images(self.case(request, study_id, case_id))
        return Response(CaseImagesSerializer(images).data)


class CaseImagesView(ImagesView):
    """All images of a case, used or not."""

    @extend_schema(responses=CaseImagesSerializer)
    def get(self, request: Request, study_id: uuid.UUID, case_id: uuid.UUID) -> Response:
        """Say of every series what it is, how it was checked and what was decided."""
        return self.images(request, study_id, case_id)


class OverruleView(ImagesView):
    """What a series is."""

    @extend_schema(request=OverruleSerializer, responses=CaseImagesSerializer)
    def post(
        self, request: Request, study_id: uuid.UUID, case_id: uuid.UUID, series_id: int
    ) -> Response:
        """Say what a series is, or that this CT is to be used."""
        series = self.series(request, study_id, case_id, series_id)
        posted = OverruleSerializer(data=request.data)
        posted.is_valid(raise_exception=True)
        overrule(
            series=series,
            kind=SeriesKind(posted.validated_data["kind"]),
            reason=posted.validated_data["reason"],
            actor=person(request),
        )
        return self.images(request, study_id, case_id)


class ReviewView(ImagesView):
    """Whether a series may be shown."""

    @extend_schema(request=ReviewDecisionSerializer, responses=CaseImagesSerializer)
    def post(
        self, request: Request, study_id: uuid.UUID, case_id: uuid.UUID, series_id: int
    ) -> Response:
        """Release a series, keep it out, or take either back."""
        series = self.series(request, study_id, case_id, series_id)
        posted = ReviewDecisionSerializer(data=request.data)
        posted.is_valid(raise_exception=True)
        decided = posted.validated_data
        if decided["decision"] == "release":
            release(
                series=series,
                phase=decided["phase"],
                blackouts=decided["blackouts"],
                reason=decided["note"],
                actor=person(request),
            )
        elif decided["decision"] == "keep-out":
            keep_out(series=series, reason=decided["note"], actor=person(request))
        else:
            look_again(series=series, reason=decided["note"], actor=person(request))
        return self.images(request, study_id, case_id)


class ThumbnailView(ImagesView):
    """The small picture that stands for a series."""

    @extend_schema(responses={(200, "image/png"): OpenApiTypes.BINARY})
    def get(
        self, request: Request, study_id: uuid.UUID, case_id: uuid.UUID, series_id: int
    ) -> HttpResponse:
        """Return a picture; 404 where the series has none."""
        series = self.series(request, study_id, case_id, series_id)
        return _picture(lambda: load_thumbnail(series))


class PictureView(ImagesView):
    """One picture of a series: a slice, or a frame."""

    @extend_schema(responses={(200, "image/png"): OpenApiTypes.BINARY})
    def get(
        self,
        request: Request,
        study_id: uuid.UUID,
        case_id: uuid.UUID,
        series_id: int,
        number: int,
    ) -> HttpResponse:
        """Return a picture; 404 where the series has no such one."""
        series = self.series(request, study_id, case_id, series_id)
        return _picture(lambda: load_picture(series, number))


def _picture(load: Callable[[], bytes]) -> HttpResponse:
    try:
        png = load()
    except LookupError as error:
        raise Http404 from error
    return HttpResponse(
        png,
        content_type="image/png",
        headers={"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"},
    )
