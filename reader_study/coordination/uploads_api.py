"""The coordinator's API to uploads: begin, look, complete, give up. The bytes go by ``tus_api``."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from reader_study.accounts.models import TokenScope, User
from reader_study.accounts.requests import person
from reader_study.cohorts.manifests.checked import checked_manifest
from reader_study.cohorts.manifests.manifest import ManifestError
from reader_study.cohorts.models import Upload
from reader_study.cohorts.refusals import (
    ChecksumMismatchError,
    NoRoomError,
    OffsetMovedError,
    UploadEndedError,
    UploadRefusedError,
    UploadTooLargeError,
)
from reader_study.cohorts.uploads.lifecycle import (
    begin_upload,
    cancel_ingest,
    cancel_upload,
    complete_upload,
    retry_upload,
)
from reader_study.cohorts.uploads.room import room_of
from reader_study.coordination.api import StudyView
from reader_study.coordination.manifest_api import manifest_refusal
from reader_study.coordination.selectors import uploads_of
from reader_study.coordination.serializers import UploadSerializer
from reader_study.coordination.upload_serializers import BeginUploadSerializer, RoomSerializer
from reader_study.studies.models import Site, Study
from reader_study.studies.rights import Right
from reader_study.studies.selectors import sites_visible_to

CHECKSUM_MISMATCH = 460
STATUS_OF: dict[type[UploadRefusedError], int] = {
    UploadRefusedError: status.HTTP_409_CONFLICT,
    OffsetMovedError: status.HTTP_409_CONFLICT,
    UploadEndedError: status.HTTP_410_GONE,
    UploadTooLargeError: status.HTTP_413_REQUEST_ENTITY_TOO_LARGE,
    ChecksumMismatchError: CHECKSUM_MISMATCH,
    NoRoomError: status.HTTP_507_INSUFFICIENT_STORAGE,
}


class UploadProblemError(APIException):
    """Something that an upload does not allow."""

    def __init__(self, status_code: int, detail: str) -> None:
        super().__init__(detail)
        self.status_code = status_code


class UploadsView(StudyView):
    """A view of the uploads of the sites that the person may see."""

    right = Right.SEE_STUDY
    right_to_change = Right.CHANGE_COHORT
    refuses_changes: tuple[int, ...] = (409, 410, 413, 507)

    def sites(self, request: Request, study_id: uuid.UUID) -> QuerySet[Site]:
        """Return the sites whose uploads the person may see, or 404."""
        return sites_visible_to(person(request), self.study(request, study_id))

    def upload(self, request: Request, study_id: uuid.UUID, upload_id: uuid.UUID) -> Upload:
        """Return the upload, or 404."""
        uploads = Upload.objects.filter(site__in=self.sites(request, study_id))
        return get_object_or_404(uploads.select_related("study"), pk=upload_id)

    def handle_exception(self, exc: Exception) -> Response:
        """Turn what the services refuse into the status of its kind."""
        if isinstance(exc, ManifestError):
            exc = manifest_refusal(exc)
        elif isinstance(exc, UploadRefusedError):
            exc = UploadProblemError(STATUS_OF[type(exc)], str(exc))
        return super().handle_exception(exc)


class UploadListView(UploadsView):
    """The study's uploads."""

    token_scopes = {"GET": TokenScope.READ, "POST": TokenScope.UPLOAD}

    @extend_schema(responses=UploadSerializer(many=True))
    def get(self, request: Request, study_id: uuid.UUID) -> Response:
        """List uploads, newest first, with what was said about their files."""
        study = self.study(request, study_id)
        uploads = uploads_of(study).filter(site__in=sites_visible_to(person(request), study))
        return Response(UploadSerializer(uploads, many=True).data)

    @extend_schema(
        request=BeginUploadSerializer,
        responses={201: UploadSerializer},
    )
    def post(self, request: Request, study_id: uuid.UUID) -> Response:
        """Announce an upload; its files are then sent by tus, and it is completed."""
        sites = self.sites(request, study_id)
        posted = BeginUploadSerializer(data=request.data)
        posted.is_valid(raise_exception=True)
        announced = posted.validated_data
        site = sites.select_related("study").filter(code=announced["site"]).first()
        if site is None:
            codes = ", ".join(sites.values_list("code", flat=True))
            raise ValidationError(f"Say which site sent the files. You upload for: {codes}.")
        upload = begin_upload(
            site=site,
            name=announced["name"],
            file_count=announced["files"],
            size_bytes=announced["size_bytes"],
            manifest=_rows_of(announced["manifest"], person(request), site.study),
            begun_by=person(request),
        )
        return Response(UploadSerializer(upload).data, status=status.HTTP_201_CREATED)


def _rows_of(manifest: str | None, user: User, study: Study) -> list[dict[str, Any]]:
    """Return the rows of the list of cases that was sent along, or raise ManifestError."""
    return [] if manifest is None else checked_manifest(manifest, user, study)


class UploadDetailView(UploadsView):
    """One upload."""

    token_scopes = {"DELETE": TokenScope.UPLOAD}

    @extend_schema(responses={204: None})
    def delete(self, request: Request, study_id: uuid.UUID, upload_id: uuid.UUID) -> Response:
        """Give up an upload that is not complete: what arrived is destroyed."""
        cancel_upload(upload=self.upload(request, study_id, upload_id), actor=person(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class CompleteUploadView(UploadsView):
    """The end of an upload's sending."""

    token_scopes = {"POST": TokenScope.UPLOAD}

    @extend_schema(request=None, responses=UploadSerializer)
    def post(self, request: Request, study_id: uuid.UUID, upload_id: uuid.UUID) -> Response:
        """Say that all files were sent; the ingest runs in the background."""
        upload = self.upload(request, study_id, upload_id)
        upload = complete_upload(upload=upload, actor=person(request))
        return Response(UploadSerializer(upload).data)


class CancelIngestView(UploadsView):
    """An upload that is being read in, or waits for it."""

    @extend_schema(request=None, responses=UploadSerializer)
    def post(self, request: Request, study_id: uuid.UUID, upload_id: uuid.UUID) -> Response:
        """Stop it; its files are kept for some days."""
        upload = self.upload(request, study_id, upload_id)
        upload = cancel_ingest(upload=upload, actor=person(request))
        return Response(UploadSerializer(upload).data)


class RetryUploadView(UploadsView):
    """An upload whose reading in was cancelled."""

    @extend_schema(request=None, responses=UploadSerializer)
    def post(self, request: Request, study_id: uuid.UUID, upload_id: uuid.UUID) -> Response:
        """Read it in after all."""
        upload = self.upload(request, study_id, upload_id)
        upload = retry_upload(upload=upload, actor=person(request))
        return Response(UploadSerializer(upload).data)


class RoomView(StudyView):
    """The room that a study's files have."""

    token_scopes = {"GET": TokenScope.READ}

    right = Right.SEE_STUDY

    @extend_schema(responses=RoomSerializer)
    def get(self, request: Request, study_id: uuid.UUID) -> Response:
        """Say how much the study's files take, and how much room is left."""
        return Response(RoomSerializer(room_of(self.study(request, study_id))).data)
