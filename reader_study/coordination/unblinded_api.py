"""A case of a locked study through its raters' eyes: the images they saw, with what they said.

For those who may see results, once nobody reads any more, and noted in the audit trail. A person
has one role in a study, so that no rater and no adjudicator ever gets here.
"""

import uuid
from typing import Any

from django.core import signing
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reader_study.accounts.requests import person
from reader_study.analysis.models import Consensus, Snapshot
from reader_study.analysis.snapshot import SnapshotRating
from reader_study.audit.services import record
from reader_study.cohorts.models import PatientDeletion
from reader_study.coordination.api import SnapshotView
from reader_study.coordination.unblinded_tokens import named_by, unblinded_base
from reader_study.reading.media import pack_file
from reader_study.reading.models import Assignment, Stage
from reader_study.reading.serializers import MediaSerializer, TerritoryGradeField
from reader_study.segmentation.models import MediaPack
from reader_study.studies.models import Study
from reader_study.studies.rights import Right
from reader_study.studies.selectors import studies_with_right


class ViewUseSummarySerializer(serializers.Serializer[Any]):
    """What the rater did to the images."""

    tree_over_dsa = serializers.BooleanField()
    tree_over_dsa_seconds = serializers.FloatField()
    head_turned = serializers.BooleanField()
    mask_changed = serializers.BooleanField()


class UnblindedRatingSerializer(serializers.Serializer[Any]):
    """What one rater said of the case, and how often the rater had been asked before."""

    rater = serializers.CharField()
    kind = serializers.ChoiceField(
        choices=["counts", "repeat", "superseded", "taken-back", "adjudication"]
    )
    grade = serializers.IntegerField(allow_null=True)
    unscorable_reason = serializers.CharField(allow_null=True)
    comment = serializers.CharField(allow_blank=True)
    territory_grades = serializers.DictField(child=TerritoryGradeField())
    question_answers = serializers.DictField(child=serializers.BooleanField())
    active_seconds = serializers.FloatField(allow_null=True)
    view_use = ViewUseSummarySerializer(allow_null=True)
    position = serializers.IntegerField(allow_null=True)
    submitted_at = serializers.DateTimeField()


class UnblindedCaseSerializer(serializers.Serializer[Any]):
    """A case with its ratings. ``media`` is null where ratings were loaded without images."""

    case = serializers.CharField()
    site = serializers.CharField()
    ratings = UnblindedRatingSerializer(many=True)
    media = MediaSerializer(allow_null=True)


class UnblindedCaseView(SnapshotView):
    """One case of a locked study."""

    @extend_schema(responses=UnblindedCaseSerializer)
    def get(self, request: Request, study_id: uuid.UUID, case_code: str) -> Response:
        """Return images and ratings, and note in the audit trail who looked."""
        study = self.study(request, study_id)
        ratings = _ratings_of(self.snapshot(study), case_code)
        if not ratings:
            raise Http404
        pack = _packs_of(study).filter(segmentation__case__code=case_code).first()
        record(
            action="case seen unblinded",
            actor=person(request),
            study_id=study.id,
            subject=case_code,
        )
        found = {
            "case": case_code,
            "site": ratings[0]["site"],
            "ratings": ratings,
            "media": {"base": unblinded_base(study, pack), "manifest": pack.manifest}
            if pack and pack.manifest
            else None,
        }
        return Response(UnblindedCaseSerializer(found).data)


def _ratings_of(snapshot: Snapshot, case: str) -> list[dict[str, Any]]:
    """Return everything that was said of the case; what counts comes first."""
    document = snapshot.document
    order = {rater["code"]: place for place, rater in enumerate(document["raters"])}
    consensus = Consensus.objects.filter(study=snapshot.study).first()
    is_deleted = PatientDeletion.objects.filter(
        case__study=snapshot.study, case__code=case
    ).exists()
    kinds: list[tuple[str, list[SnapshotRating]]] = [
        ("counts", document["ratings"]),
        ("repeat", document.get("repeats", [])),
        ("superseded", document.get("superseded", [])),
        ("adjudication", consensus.document["adjudication"] if consensus else []),
    ]
    return [
        {
            "territory_grades": {},
            "question_answers": {},
            "active_seconds": None,
            "position": None,
            "view_use": None,
            **rating,
            **({"comment": ""} if is_deleted else {}),
            "kind": "taken-back" if rating.get("taken_back") else kind,
        }
        for kind, ratings in kinds
        for rating in sorted(ratings, key=lambda rating: order.get(rating["rater"], 0))
        if rating["case"] == case
    ]


def _packs_of(study: Study) -> QuerySet[MediaPack]:
    """Return the images that raters of the study were given."""
    seen = Assignment.objects.filter(study=study, stage=Stage.MAIN).values("media_pack")
    return MediaPack.objects.filter(pk__in=seen).order_by("pk")


@require_GET
def serve_unblinded_media(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    """Send one file of a case's images to those who may see the results of its locked study."""
    try:
        study_id, pack_id = named_by(token)
    except signing.BadSignature as error:
        raise Http404 from error
    if not request.user.is_authenticated:
        raise Http404
    study = studies_with_right(request.user, Right.SEE_RESULTS).filter(pk=study_id).first()
    if study is None:
        raise Http404
    if not Snapshot.objects.filter(study=study).exists():
        return HttpResponse("Not before the lock.", status=409)
    return pack_file(_packs_of(study).filter(pk=pack_id).first(), name)
