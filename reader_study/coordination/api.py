"""The coordinator's API: cohort in, study opened and locked, report and exports out."""

import hashlib
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from reader_study.accounts.models import TokenScope, User
from reader_study.accounts.requests import person
from reader_study.analysis.exports import EXPORT_FILES
from reader_study.analysis.models import Snapshot
from reader_study.analysis.services import lock_study
from reader_study.analysis.signing import (
    SNAPSHOT,
    asks_for_signatures,
    released_by,
    signatures_on_files,
)
from reader_study.api.downloads import downloads
from reader_study.api.errors import ConflictError
from reader_study.api.idempotency import OnceOnlyView
from reader_study.api.preconditions import check_if_match
from reader_study.audit.services import record
from reader_study.coordination.dashboard import progress
from reader_study.coordination.dashboard_serializers import ProgressSerializer
from reader_study.coordination.posted import check_name_typed, posted_signature
from reader_study.coordination.selectors import overview
from reader_study.coordination.serializers import (
    OverviewSerializer,
    SignedConfirmationSerializer,
)
from reader_study.reading.blocks import signatures_required
from reader_study.reading.refusals import NotPossibleError
from reader_study.reading.services import open_study
from reader_study.signatures.models import Signature
from reader_study.studies.models import Study
from reader_study.studies.rights import Right
from reader_study.studies.selectors import sites_visible_to, studies_with_right


class StudyView(OnceOnlyView):
    """A view of one study for those who have the right to it: 404 to anybody else.

    ``right`` is what reading needs, ``right_to_change`` what every other method needs; unless a
    view says otherwise both are the coordinators' alone.
    """

    right = Right.RUN_STUDY
    right_to_change = Right.RUN_STUDY
    refuses: tuple[int, ...] = ()
    """What is answered, beside what any view refuses, to who only asks."""
    refuses_changes: tuple[int, ...] = (409,)
    """The same to every other method."""

    if_match: Literal["", "accepted", "required"] = ""
    """Whether a change names the state that it is based on."""

    @contextmanager
    def unchanged(self, request: Request, study: Study, tag: Callable[[], str]) -> Iterator[None]:
        """Make a change in one transaction, upon the state that the caller names or not at all."""
        with transaction.atomic():
            # Whoever else would change it waits here.
            Study.objects.select_for_update().get(pk=study.pk)
            check_if_match(request, tag(), required=self.if_match == "required")
            yield

    def check_address(self, request: Request, **kwargs: Any) -> None:
        """Raise Http404 for who may not change the study."""
        self.study(request, kwargs["study_id"])

    def study(self, request: Request, study_id: uuid.UUID) -> Study:
        """Return the study, or 404."""
        right = self.right if request.method in SAFE_METHODS else self.right_to_change
        return get_object_or_404(studies_with_right(person(request), right), pk=study_id)

    def handle_exception(self, exc: Exception) -> Response:
        """Turn what the services refuse into status 409."""
        if isinstance(exc, NotPossibleError):
            exc = ConflictError(str(exc))
        return super().handle_exception(exc)


class OverviewView(StudyView):
    """The study's overview."""

    token_scopes = {"GET": TokenScope.READ}

    right = Right.SEE_STUDY

    @extend_schema(responses=OverviewSerializer)
    def get(self, request: Request, study_id: uuid.UUID) -> Response:
        """Say what is there, who has read how much, and what stands in the way."""
        study = self.study(request, study_id)
        return Response(OverviewSerializer(overview(study, person(request))).data)


class ProgressView(StudyView):
    """The study's dashboard."""

    token_scopes = {"GET": TokenScope.READ}

    right = Right.SEE_STUDY

    @extend_schema(responses=ProgressSerializer)
    def get(self, request: Request, study_id: uuid.UUID) -> Response:
        """Say who is how far and until when, what is in the queue and what needs a look."""
        study = self.study(request, study_id)
        sites = sites_visible_to(person(request), study)
        return Response(ProgressSerializer(progress(study, sites)).data)


class OpenStudyView(StudyView):
    """Opening for reading."""

    @extend_schema(request=None, responses=OverviewSerializer)
    def post(self, request: Request, study_id: uuid.UUID) -> Response:
        """Draw the raters' orders and let the reading begin."""
        study = open_study(study=self.study(request, study_id), actor=person(request))
        return Response(OverviewSerializer(overview(study, person(request))).data)


class LockStudyView(StudyView):
    """The end of the reading."""

    @extend_schema(request=SignedConfirmationSerializer, responses=OverviewSerializer)
    def post(self, request: Request, study_id: uuid.UUID) -> Response:
        """Lock the study for good, snapshot its ratings and compute the report."""
        study = self.study(request, study_id)
        check_name_typed(request, study, to="lock")
        proof, seen = posted_signature(request, required=signatures_required(study))
        snapshot = lock_study(study=study, actor=person(request), proof=proof, seen_sha256=seen)
        return Response(OverviewSerializer(overview(snapshot.study, person(request))).data)


class SnapshotView(StudyView):
    """What exists only once the study is locked."""

    right = Right.SEE_RESULTS
    refuses = (409,)

    def snapshot(self, study: Study) -> Snapshot:
        """Return the study's snapshot. Raises ConflictError before the lock."""
        snapshot = Snapshot.objects.filter(study=study).first()
        if snapshot is None:
            raise ConflictError(
                "Agreement is computed when the study is locked, and shown to nobody before."
            )
        return snapshot


class ReportView(SnapshotView):
    """The report."""

    token_scopes = {"GET": TokenScope.EXPORT}

    @extend_schema(
        responses=OpenApiResponse(
            OpenApiTypes.OBJECT,
            description="The report as it was computed at the lock: the entry `report` of the "
            "JSON export, which has a JSON schema of its own (docs/exports.md).",
        )
    )
    def get(self, request: Request, study_id: uuid.UUID) -> Response:
        """Return rates, agreement and their intervals."""
        return Response(self.snapshot(self.study(request, study_id)).report)


class SignatureNeededError(ConflictError):
    """The person has not signed for the files that they make. Status 409."""

    kind = "signature-needed"


def export_signature(snapshot: Snapshot, maker: User, of: str = SNAPSHOT) -> Signature | None:
    """Return the signature under which a person makes files; None where the study asks for none.

    Raises
    ------
    SignatureNeededError
        They have not signed yet.
    """
    if not asks_for_signatures(snapshot.document):
        return None
    signature = released_by(snapshot.study, maker, of)
    if signature is None:
        raise SignatureNeededError(
            "Files of this study are signed by whoever makes them: sign on the Report page first."
        )
    return signature


class ExportView(SnapshotView):
    """A locked study as a file to keep."""

    token_scopes = {"GET": TokenScope.EXPORT}

    @extend_schema(
        operation_id="studies_export",
        parameters=[
            OpenApiParameter("kind", str, OpenApiParameter.PATH, enum=list(EXPORT_FILES)),
        ],
        responses=downloads(file.content_type for file in EXPORT_FILES.values()),
    )
    def get(self, request: Request, study_id: uuid.UUID, kind: str) -> HttpResponse:
        """Download the study and note in the audit trail that it left."""
        study = self.study(request, study_id)
        if kind not in EXPORT_FILES:
            raise Http404
        snapshot = self.snapshot(study)
        file = EXPORT_FILES[kind]
        signed = export_signature(snapshot, person(request))
        given = signatures_on_files(study, person(request))
        made = file.body(snapshot.document, snapshot.report, given)
        body = made.encode() if isinstance(made, str) else made
        record(
            action="exported",
            actor=person(request),
            study_id=study.id,
            subject=snapshot.sha256,
            kind=kind,
            file_sha256=hashlib.sha256(body).hexdigest(),
            signature=str(signed.id) if signed else "",
        )
        name = f"{study.slug}-{snapshot.sha256[:12]}.{kind}"
        return HttpResponse(
            body,
            content_type=file.content_type,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
