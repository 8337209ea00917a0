"""The coordinator's API of the protocol: read it, change it, plan the number of cases."""

import secrets
import uuid
from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from reader_study.accounts.models import TokenScope, User
from reader_study.accounts.requests import person
from reader_study.api.errors import ConflictError, InvalidError
from reader_study.api.preconditions import tagged
from reader_study.api.problems import pointer
from reader_study.coordination.api import StudyView
from reader_study.coordination.protocol_serializers import (
    ExampleImageSerializer,
    NewProtocolSerializer,
    ProtocolInForceSerializer,
    ProtocolTemplateSerializer,
    SampleSizePlanSerializer,
    SampleSizeSerializer,
)
from reader_study.coordination.sample_size import Plan, needed_cases
from reader_study.studies.example_images import store_example_image
from reader_study.studies.models import ExampleImage, Protocol, Study
from reader_study.studies.protocol import ProtocolDocument
from reader_study.studies.protocol_refusals import (
    FixedProtocolError,
    ImageRefusedError,
    InvalidProtocolError,
    Problem,
    StaleProtocolError,
)
from reader_study.studies.protocol_templates import PROTOCOL_TEMPLATES
from reader_study.studies.protocol_versions import (
    MayChange,
    fixed_fields,
    may_change,
    save_protocol,
)
from reader_study.studies.rights import Right
from reader_study.studies.selectors import current_protocol, studies_with_right

REASON = ("reason",)
"""Stands beside the document, not in it."""


class ProtocolTemplatesView(APIView):
    """Protocols to start from."""

    @extend_schema(responses=ProtocolTemplateSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the templates, with seeds drawn now."""
        # With a seed that everybody knows a rater could work out which cases are repeats.
        templates = [
            {
                "key": template.key,
                "name": template.name,
                "description": template.description,
                "document": template.document.model_dump(mode="json")
                | {"seed": secrets.randbelow(2**32)},
            }
            for template in PROTOCOL_TEMPLATES
        ]
        return Response(ProtocolTemplateSerializer(templates, many=True).data)


class ProtocolPartView(StudyView):
    """A view of a study's protocol, with the refusals of its services."""

    right = Right.SEE_STUDY

    def handle_exception(self, exc: Exception) -> Response:
        """Turn refusals into status 400 or 409, each with its sentence."""
        if isinstance(exc, InvalidProtocolError):
            wrong = [
                {"pointer": pointer(_path_in_body(problem)), "detail": problem.message}
                for problem in exc.problems
            ]
            exc = InvalidError(str(exc), errors=wrong)
        elif isinstance(exc, StaleProtocolError):
            exc = ConflictError(str(exc), version=exc.latest)
        elif isinstance(exc, FixedProtocolError):
            exc = ConflictError(str(exc))
        elif isinstance(exc, ImageRefusedError):
            exc = ValidationError(str(exc))
        return super().handle_exception(exc)


def _path_in_body(problem: Problem) -> tuple[str | int, ...]:
    return problem.path if problem.path == REASON else ("document", *problem.path)


class ProtocolView(ProtocolPartView):
    """The study's protocol. A change names the version that it is based on, or fails."""

    if_match = "accepted"

    token_scopes = {"GET": TokenScope.READ}

    @extend_schema(responses=ProtocolInForceSerializer)
    def get(self, request: Request, study_id: uuid.UUID) -> Response:
        """Return the protocol in force, what of it may change, and its history."""
        return _in_force(self.study(request, study_id), person(request))

    @extend_schema(
        request=NewProtocolSerializer,
        responses=ProtocolInForceSerializer,
    )
    def post(self, request: Request, study_id: uuid.UUID) -> Response:
        """Save a new version; a document that says nothing new leaves the version as it is."""
        study = self.study(request, study_id)
        wanted = NewProtocolSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        with self.unchanged(request, study, lambda: _version_tag(current_protocol(study))):
            save_protocol(study=study, actor=person(request), **wanted.validated_data)
        return _in_force(study, person(request))


class ExampleImagesView(ProtocolPartView):
    """Pictures that stand beside the levels' anchors."""

    parser_classes = [MultiPartParser]
    takes_idempotency_key = False  # the same picture has the same name

    @extend_schema(
        request={
            "multipart/form-data": {
                "type": "object",
                "required": ["image"],
                "properties": {"image": {"type": "string", "format": "binary"}},
            }
        },
        responses={201: ExampleImageSerializer},
    )
    def post(self, request: Request, study_id: uuid.UUID) -> Response:
        """Keep the pixels of a PNG or JPEG and return the hash that a level names it by."""
        study = self.study(request, study_id)
        file = request.FILES.get("image")
        if file is None:
            raise ValidationError("No image arrived. Choose a PNG or JPEG.")
        image = store_example_image(study=study, file=file, actor=person(request))
        return Response(ExampleImageSerializer(image).data, status=status.HTTP_201_CREATED)


class ProtocolExampleView(ProtocolPartView):
    """One picture, for those who see the study's protocol."""

    @extend_schema(responses={(200, "image/png"): OpenApiTypes.BINARY})
    def get(self, request: Request, study_id: uuid.UUID, sha256: str) -> FileResponse:
        """Send one example image of the study."""
        study = self.study(request, study_id)
        image = get_object_or_404(ExampleImage, study=study, sha256=sha256)
        return FileResponse(
            default_storage.open(image.stored_name),
            content_type="image/png",
            headers={"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"},
        )


class SampleSizeView(APIView):
    """How many cases a study needs."""

    @extend_schema(request=SampleSizePlanSerializer, responses=SampleSizeSerializer)
    def post(self, request: Request) -> Response:
        """Compute the cases for an interval of a width, and for a test against κ₀."""
        serializer = SampleSizePlanSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = dict(serializer.validated_data)
        rates = given.pop("high_rate_1"), given.pop("high_rate_2")
        try:
            needed = needed_cases(Plan(high_rates=rates, **given))
        except ValueError as error:
            raise ValidationError(str(error)) from error
        return Response(SampleSizeSerializer(needed).data)


def _in_force(study: Study, reader: User) -> Response:
    versions = list(
        Protocol.objects.filter(study=study).select_related("created_by").order_by("-version")
    )
    latest = versions[0]
    runs_study = studies_with_right(reader, Right.RUN_STUDY).contains(study)
    answer = Response(
        ProtocolInForceSerializer(
            {
                "version": latest.version,
                "sha256": latest.sha256,
                "document": ProtocolDocument.model_validate(latest.document).model_dump(
                    mode="json"
                ),
                "may_change": (may_change(study) if runs_study else MayChange.NOTHING).value,
                "fixed": fixed_fields(study),
                "versions": [_history_line(version) for version in versions],
            }
        ).data
    )
    return tagged(answer, _version_tag(latest))


def _version_tag(protocol: Protocol) -> str:
    return f"v{protocol.version}"


def _history_line(version: Protocol) -> dict[str, Any]:
    author = version.created_by
    return {
        "version": version.version,
        "sha256": version.sha256,
        "created_at": version.created_at,
        "created_by": (author.full_name or author.get_username()) if author else None,
        "reason": version.reason,
    }
