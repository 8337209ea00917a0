"""The signatures of a study: those given, and what the person who asks is to sign next."""

import uuid
from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reader_study.accounts.models import User
from reader_study.accounts.proof import proof_of
from reader_study.accounts.requests import person
from reader_study.analysis.adjudication_selectors import conclude_blockers
from reader_study.analysis.adjudication_services import sha256_to_be_concluded
from reader_study.analysis.collection import sha256_to_be_locked
from reader_study.analysis.models import Consensus, Snapshot
from reader_study.analysis.signing import (
    CONSENSUS,
    SNAPSHOT,
    asks_for_signatures,
    released_by,
    sign_export,
)
from reader_study.coordination.api import StudyView
from reader_study.reading.blocks import signatures_required
from reader_study.reading.obstacles import lock_blockers
from reader_study.signatures.api import SignatureSerializer
from reader_study.signatures.models import MEANINGS, Signature, SignedKind
from reader_study.signatures.printed import printed
from reader_study.signatures.records import still_holds
from reader_study.studies.models import Study, StudyState
from reader_study.studies.rights import Right
from reader_study.studies.selectors import studies_with_right


class GivenSignatureSerializer(serializers.Serializer[Any]):
    """A signature, and whether what was signed still stands there."""

    id = serializers.CharField()
    kind = serializers.ChoiceField(choices=SignedKind.choices)
    under = serializers.CharField()
    printed_name = serializers.CharField()
    role = serializers.CharField()
    meaning = serializers.CharField()
    signed_at = serializers.DateTimeField()
    record_sha256 = serializers.CharField()
    reauthenticated_by = serializers.CharField()
    voided_at = serializers.DateTimeField(allow_null=True)
    void_reason = serializers.CharField(allow_blank=True)
    holds = serializers.BooleanField()


class ToSignSerializer(serializers.Serializer[Any]):
    """Something that waits for the signature of the person who asks."""

    kind = serializers.ChoiceField(choices=SignedKind.choices)
    of = serializers.ChoiceField(choices=[SNAPSHOT, CONSENSUS])
    meaning = serializers.CharField()
    record_sha256 = serializers.CharField()


class SignaturesSerializer(serializers.Serializer[Any]):
    """The signatures of a study, the earliest first."""

    are_required = serializers.BooleanField()
    printed_name = serializers.CharField(help_text="The name under which the person would sign.")
    to_sign = ToSignSerializer(many=True)
    signatures = GivenSignatureSerializer(many=True)


class ReleaseSerializer(SignatureSerializer):
    """Sign for the files that one will make of a result."""

    of = serializers.ChoiceField(choices=[SNAPSHOT, CONSENSUS])


class SignaturesView(StudyView):
    """The signatures of a study."""

    right = Right.SEE_RESULTS
    right_to_change = Right.SEE_RESULTS

    @extend_schema(responses=SignaturesSerializer)
    def get(self, request: Request, study_id: uuid.UUID) -> Response:
        """List the signatures, and say what the person is to sign next."""
        return _told(self.study(request, study_id), person(request))

    @extend_schema(request=ReleaseSerializer, responses=SignaturesSerializer)
    def post(self, request: Request, study_id: uuid.UUID) -> Response:
        """Sign for the files that the person will make of the snapshot or of the consensus."""
        study = self.study(request, study_id)
        posted = ReleaseSerializer(data=request.data)
        posted.is_valid(raise_exception=True)
        given = posted.validated_data
        proof = proof_of(request, given)
        sign_export(study=study, proof=proof, of=given["of"], sha256=given["record_sha256"])
        return _told(study, person(request))


def _told(study: Study, visitor: User) -> Response:
    given = Signature.objects.filter(study=study).order_by("signed_at", "pk")
    return Response(
        SignaturesSerializer(
            {
                "are_required": signatures_required(study),
                "printed_name": visitor.get_full_name(),
                "to_sign": _to_sign(study, visitor),
                "signatures": [
                    {
                        **printed(signature),
                        "kind": signature.kind,
                        "voided_at": signature.voided_at,
                        "void_reason": signature.void_reason,
                        "holds": still_holds(signature),
                    }
                    for signature in given
                ],
            }
        ).data
    )


def _to_sign(study: Study, visitor: User) -> list[dict[str, Any]]:
    if not signatures_required(study):
        return []
    runs = studies_with_right(visitor, Right.RUN_STUDY).contains(study)
    waiting: list[tuple[SignedKind, str, str]] = []
    if runs and study.state == StudyState.READING and not lock_blockers(study):
        with transaction.atomic():
            waiting.append((SignedKind.LOCK, SNAPSHOT, sha256_to_be_locked(study)))
    if runs and study.state == StudyState.ADJUDICATING and not conclude_blockers(study):
        waiting.append((SignedKind.CONSENSUS, CONSENSUS, sha256_to_be_concluded(study)))
    waiting += [
        (SignedKind.EXPORT, of, sha256)
        for of, sha256 in _results(study).items()
        if released_by(study, visitor, of) is None
    ]
    return [
        {"kind": kind, "of": of, "meaning": MEANINGS[kind], "record_sha256": sha256}
        for kind, of, sha256 in waiting
    ]


def _results(study: Study) -> dict[str, str]:
    """Return the hashes of what the study has to export under a signature."""
    snapshot = Snapshot.objects.filter(study=study).first()
    if snapshot is None or not asks_for_signatures(snapshot.document):
        return {}
    consensus = Consensus.objects.filter(study=study).first()
    return {SNAPSHOT: snapshot.sha256, **({CONSENSUS: consensus.sha256} if consensus else {})}
