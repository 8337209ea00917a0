"""A rater signs what they submitted."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reader_study.accounts.models import User
from reader_study.accounts.proof import proof_of
from reader_study.accounts.requests import person
from reader_study.api.errors import ConflictError
from reader_study.reading.api import RaterView, study_as_reader
from reader_study.reading.blocks import Block, Signing, sign_block, signing_of
from reader_study.reading.refusals import NotPossibleError
from reader_study.reading.serializers import (
    SIGNATURE_STATES,
    AnswersSerializer,
    signature_state,
    written_answers,
)
from reader_study.signatures.api import SignatureSerializer
from reader_study.signatures.models import MEANINGS, SignedKind
from reader_study.studies.models import Study


class SignedReadingSerializer(serializers.Serializer[Any]):
    """One of the readings that are to be signed, as the rater submitted it."""

    code = serializers.CharField()
    answers = AnswersSerializer()


class BlockSerializer(serializers.Serializer[Any]):
    """What a signature would cover, and its hash."""

    readings = SignedReadingSerializer(many=True)
    record_sha256 = serializers.CharField()


class SigningSerializer(serializers.Serializer[Any]):
    """Where a rater stands with their signature."""

    state = serializers.ChoiceField(choices=SIGNATURE_STATES)
    printed_name = serializers.CharField()
    meaning = serializers.CharField()
    block = BlockSerializer(allow_null=True)
    signed_at = serializers.DateTimeField(allow_null=True)
    void_reason = serializers.CharField(allow_blank=True)


class RaterSignatureView(RaterView):
    """The rater's signature under their readings."""

    @extend_schema(responses=SigningSerializer)
    def get(self, request: Request, study_id: uuid.UUID) -> Response:
        """Say what is to be signed, with the words of the signature."""
        rater = person(request)
        return _told(study_as_reader(rater, study_id), rater)

    @extend_schema(request=SignatureSerializer, responses=SigningSerializer)
    def post(self, request: Request, study_id: uuid.UUID) -> Response:
        """Sign the readings that were shown, with the password typed anew."""
        rater = person(request)
        study = study_as_reader(rater, study_id)
        posted = SignatureSerializer(data=request.data)
        posted.is_valid(raise_exception=True)
        proof = proof_of(request, posted.validated_data)
        try:
            sign_block(study=study, proof=proof, sha256=posted.validated_data["record_sha256"])
        except NotPossibleError as error:
            raise ConflictError(str(error)) from error
        return _told(study, rater)


def _told(study: Study, rater: User) -> Response:
    signing = signing_of(study, rater)
    return Response(
        SigningSerializer(
            {
                "state": signature_state(signing),
                "printed_name": rater.get_full_name(),
                "meaning": MEANINGS[SignedKind.READINGS],
                "block": _block(signing),
                "signed_at": signing.signed.signed_at if signing and signing.signed else None,
                "void_reason": signing.voided.void_reason if signing and signing.voided else "",
            }
        ).data
    )


def _block(signing: Signing | None) -> dict[str, Any] | None:
    block: Block | None = signing.block if signing else None
    if block is None:
        return None
    return {
        "readings": [
            {"code": reading.assignment.code, "answers": written_answers(reading)}
            for reading in block.readings
        ],
        "record_sha256": block.record.sha256,
    }
