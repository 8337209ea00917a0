"""The coordinator's API to a list of cases: whether it can be used, before anything is sent."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from reader_study.accounts.models import TokenScope
from reader_study.accounts.requests import person
from reader_study.api.errors import ConflictError, InvalidError
from reader_study.api.parsing import AnyTextJSONParser
from reader_study.cohorts.manifests.checked import checked_manifest
from reader_study.cohorts.manifests.manifest import ManifestError
from reader_study.coordination.api import StudyView
from reader_study.coordination.manifest_serializers import (
    ManifestSerializer,
    ManifestTextSerializer,
)
from reader_study.studies.rights import Right


def manifest_refusal(error: ManifestError) -> InvalidError:
    """Return the refusal with everything that is to be corrected in a list of cases."""
    wrong = [
        {"line": problem.line, "column": problem.column, "detail": problem.message}
        for problem in error.problems
    ]
    return InvalidError(str(error), errors=wrong)


class ManifestView(StudyView):
    """A list of cases."""

    token_scopes = {"POST": TokenScope.UPLOAD}

    right_to_change = Right.CHANGE_COHORT
    parser_classes = [AnyTextJSONParser]
    takes_idempotency_key = False  # nothing is stored

    @extend_schema(
        request=ManifestTextSerializer,
        responses=ManifestSerializer,
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
            raise manifest_refusal(error) from error
        return Response(ManifestSerializer({"rows": rows}).data)
