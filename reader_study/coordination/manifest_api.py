"""The coordinator's API to a list of cases: whether it can be used, before anything is sent."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from reader_study.accounts.models import TokenScope
from reader_study.accounts.requests import person
from reader_study.api_errors import ConflictError
from reader_study.cohorts.manifests.checked import checked_manifest
from reader_study.cohorts.manifests.manifest import ManifestError
from reader_study.coordination.api import StudyView
from reader_study.coordination.manifest_serializers import (
    ManifestRefusalSerializer,
    ManifestSerializer,
    ManifestTextSerializer,
)
from reader_study.studies.rights import Right


def manifest_refusal(error: ManifestError) -> Response:
    """Answer with everything that is to be corrected in a list of cases."""
    body = ManifestRefusalSerializer({"detail": str(error), "errors": error.problems})
    return Response(body.data, status=status.HTTP_400_BAD_REQUEST)


class ManifestView(StudyView):
    """A list of cases."""

    token_scopes = {"POST": TokenScope.UPLOAD}

    right_to_change = Right.CHANGE_COHORT

    @extend_schema(
        request=ManifestTextSerializer,
        responses={200: ManifestSerializer, 400: ManifestRefusalSerializer},
    )
    def post(self, request: Request, study_id: uuid.UUID) -> Response:
        """Check a list of cases; nothing is stored."""
        study = self.study(request, study_id)
        if study.is_locked:
            raise ConflictError("The study is locked: its cohort can no longer grow.")
        # Not a serializer's field: it would refuse a file in a wrong encoding without a line.
        text = request.data.get("manifest") if isinstance(request.data, dict) else None
        if not isinstance(text, str):
            raise ValidationError("Send the text of the list of cases as “manifest”.")
        try:
            rows = checked_manifest(text, person(request), study)
        except ManifestError as error:
            return manifest_refusal(error)
        return Response(ManifestSerializer({"rows": rows}).data)
