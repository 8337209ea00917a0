"""After the lock: the cases on which the raters differ go to a third reader."""

import hashlib
import uuid
from typing import Any

from django.http import Http404, HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reader_study.accounts.models import TokenScope
from reader_study.accounts.requests import person
from reader_study.analysis.adjudication_selectors import adjudication_of, adjudicators_of
from reader_study.analysis.adjudication_services import begin_adjudication, conclude
from reader_study.analysis.exports.consensus import consensus_csv, consensus_json
from reader_study.analysis.models import Consensus
from reader_study.analysis.signing import CONSENSUS, asks_for_signatures, signatures_on_files
from reader_study.api.downloads import downloads
from reader_study.api.errors import ConflictError
from reader_study.api.strict import BodySerializer
from reader_study.audit.services import record
from reader_study.coordination.api import SnapshotView, export_signature
from reader_study.coordination.posted import check_name_typed, posted_signature
from reader_study.coordination.serializers import SignedConfirmationSerializer
from reader_study.studies.models import Study, StudyState

CONSENSUS_FILES = {
    "csv": ("text/csv; charset=utf-8", consensus_csv),
    "json": ("application/json", consensus_json),
}


class ReaderSerializer(serializers.Serializer[Any]):
    """A person who adjudicates or could."""

    username = serializers.CharField()
    full_name = serializers.CharField(allow_blank=True)


class AdjudicationBlockersSerializer(serializers.Serializer[Any]):
    """What stands in the way, in words."""

    begin = serializers.ListField(child=serializers.CharField())
    conclude = serializers.ListField(child=serializers.CharField())


class ConsensusSummarySerializer(serializers.Serializer[Any]):
    """The consensus in counts of cases."""

    sha256 = serializers.CharField()
    concluded_at = serializers.DateTimeField()
    agreed = serializers.IntegerField()
    adjudicated = serializers.IntegerField()
    not_adjudicated = serializers.IntegerField()
    high = serializers.IntegerField()
    low = serializers.IntegerField()
    unscorable = serializers.IntegerField()
    undecided = serializers.IntegerField()


class AdjudicationSerializer(serializers.Serializer[Any]):
    """How far the adjudication is."""

    state = serializers.ChoiceField(choices=StudyState.choices)
    rule = serializers.ChoiceField(
        choices=["none", "any-difference", "across-cut-point", "two-levels-apart"]
    )
    cases = serializers.IntegerField()
    to_adjudicate = serializers.IntegerField()
    adjudicators = ReaderSerializer(many=True)
    adjudicator = ReaderSerializer(allow_null=True)
    submitted = serializers.IntegerField()
    total = serializers.IntegerField()
    blockers = AdjudicationBlockersSerializer()
    consensus = ConsensusSummarySerializer(allow_null=True)


class AdjudicatorChoiceSerializer(BodySerializer):
    """Who is to adjudicate."""

    username = serializers.CharField()


class AdjudicationBase(SnapshotView):
    """What the views of the adjudication have in common."""

    def answer(self, study: Study) -> Response:
        """Return how far the adjudication is."""
        study.refresh_from_db()
        return Response(AdjudicationSerializer(adjudication_of(study, self.snapshot(study))).data)


class AdjudicationView(AdjudicationBase):
    """The adjudication of a locked study."""

    @extend_schema(responses=AdjudicationSerializer)
    def get(self, request: Request, study_id: uuid.UUID) -> Response:
        """Say how many cases it concerns, who reads them and how far they are."""
        return self.answer(self.study(request, study_id))

    @extend_schema(request=AdjudicatorChoiceSerializer, responses=AdjudicationSerializer)
    def post(self, request: Request, study_id: uuid.UUID) -> Response:
        """Begin: give the cases on which the raters differ to the adjudicator."""
        study = self.study(request, study_id)
        self.snapshot(study)
        choice = AdjudicatorChoiceSerializer(data=request.data)
        choice.is_valid(raise_exception=True)
        username = choice.validated_data["username"]
        adjudicator = adjudicators_of(study).filter(user__username=username).first()
        if adjudicator is None:
            raise ConflictError(f"“{username}” is not an adjudicator of this study.")
        begin_adjudication(study=study, adjudicator=adjudicator, actor=person(request))
        return self.answer(study)


class ConcludeView(AdjudicationBase):
    """The end of the study."""

    @extend_schema(request=SignedConfirmationSerializer, responses=AdjudicationSerializer)
    def post(self, request: Request, study_id: uuid.UUID) -> Response:
        """Store the consensus and conclude the study."""
        study = self.study(request, study_id)
        check_name_typed(request, study, to="conclude")
        required = asks_for_signatures(self.snapshot(study).document)
        proof, seen = posted_signature(request, required=required)
        conclude(study=study, actor=person(request), proof=proof, seen_sha256=seen)
        return self.answer(study)


class ConsensusExportView(SnapshotView):
    """The consensus as a file to keep."""

    token_scopes = {"GET": TokenScope.EXPORT}

    @extend_schema(
        operation_id="studies_consensus",
        parameters=[
            OpenApiParameter("kind", str, OpenApiParameter.PATH, enum=list(CONSENSUS_FILES)),
        ],
        responses=downloads(kind for kind, _ in CONSENSUS_FILES.values()),
    )
    def get(self, request: Request, study_id: uuid.UUID, kind: str) -> HttpResponse:
        """Download the consensus and note in the audit trail that it left."""
        study = self.study(request, study_id)
        if kind not in CONSENSUS_FILES:
            raise Http404
        consensus = Consensus.objects.filter(study=study).first()
        if consensus is None:
            raise ConflictError(
                "There is no consensus yet: it is drawn up when the adjudication is concluded."
            )
        content_type, make = CONSENSUS_FILES[kind]
        signed = export_signature(self.snapshot(study), person(request), CONSENSUS)
        given = signatures_on_files(study, person(request), CONSENSUS)
        body = make(consensus.document, given).encode()
        record(
            action="exported",
            actor=person(request),
            study_id=study.id,
            subject=consensus.sha256,
            kind=f"consensus.{kind}",
            file_sha256=hashlib.sha256(body).hexdigest(),
            signature=str(signed.id) if signed else "",
        )
        name = f"{study.slug}-consensus-{consensus.sha256[:12]}.{kind}"
        return HttpResponse(
            body,
            content_type=content_type,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
