"""The audit trail for a study's coordinators: search it, see that it holds, take it away."""

import uuid

from django.db import transaction
from django.http import Http404, HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from reader_study.accounts.requests import person
from reader_study.api.downloads import downloads
from reader_study.audit.services import held_head, record
from reader_study.audit.verification import check_chain
from reader_study.coordination.api import StudyView
from reader_study.coordination.trail.files import trail_csv, trail_json
from reader_study.coordination.trail.selectors import TrailFilter, trail_page
from reader_study.coordination.trail.serializers import (
    ChainStateSerializer,
    TrailPageSerializer,
    TrailQuerySerializer,
)

MOST_CHECKED = 5000
"""The newest events that are checked while somebody waits; ``verify_audit`` checks all."""

TRAIL_FILES = {
    "csv": ("text/csv; charset=utf-8", trail_csv),
    "json": ("application/json", trail_json),
}


class TrailView(StudyView):
    """The events of the study."""

    @extend_schema(parameters=[TrailQuerySerializer], responses=TrailPageSerializer)
    def get(self, request: Request, study_id: uuid.UUID) -> Response:
        """Return the newest events that fit what is asked."""
        study = self.study(request, study_id)
        asked = TrailQuerySerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        wanted = dict(asked.validated_data)
        before = wanted.pop("before", None)
        return Response(TrailPageSerializer(trail_page(study, TrailFilter(**wanted), before)).data)


class ChainView(StudyView):
    """Whether the chain holds."""

    @extend_schema(responses=ChainStateSerializer)
    def get(self, request: Request, study_id: uuid.UUID) -> Response:
        """Check the chain, of a long one the newest events, and say what was found."""
        check = check_chain(str(self.study(request, study_id).pk), newest=MOST_CHECKED)
        found = {
            "state": check.state,
            "events": check.events,
            "checked": check.checked,
            "checked_at": timezone.now(),
            "head": str(check.head or ""),
            "problem": check.fault.sentence if check.fault else "",
        }
        return Response(ChainStateSerializer(found).data)


class TrailExportView(StudyView):
    """The trail as a file to keep."""

    @extend_schema(
        operation_id="studies_audit_export",
        parameters=[OpenApiParameter("kind", str, OpenApiParameter.PATH, enum=list(TRAIL_FILES))],
        responses=downloads(kind for kind, _ in TRAIL_FILES.values()),
    )
    @transaction.atomic
    def get(self, request: Request, study_id: uuid.UUID, kind: str) -> HttpResponse:
        """Download the whole trail, up to now; that it left is its next event."""
        study = self.study(request, study_id)
        if kind not in TRAIL_FILES:
            raise Http404
        head = held_head(study.pk)
        content_type, body = TRAIL_FILES[kind]
        content = body(study)
        record(
            action="audit trail exported",
            actor=person(request),
            study_id=study.pk,
            subject=head.mac,
            kind=kind,
            events=head.sequence,
        )
        name = f"{study.slug}-audit-{head.sequence}-{head.mac[:12]}.{kind}"
        return HttpResponse(
            content,
            content_type=content_type,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
