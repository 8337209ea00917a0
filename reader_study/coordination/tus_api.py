"""The tus protocol, version 1.0.0: the files of an upload arrive, and go on where they stopped.

Core, creation, creation-with-upload, checksum, expiration and termination, as
https://tus.io/protocols/resumable-upload describes them.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.http import http_date
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from reader_study.accounts.models import TokenScope
from reader_study.cohorts.models import QuarantinedFile
from reader_study.cohorts.uploads.receiving import (
    CHECKSUM_ALGORITHMS,
    Body,
    expiry_of,
    name_file,
    receive,
    remove_file,
)
from reader_study.coordination.tus_headers import (
    VERSION,
    body_length,
    checksum,
    require_offset_stream,
    require_version,
    sent_name,
    whole_number,
)
from reader_study.coordination.upload_serializers import SentFileSerializer
from reader_study.coordination.uploads_api import UploadsView

EXTENSIONS = "creation,creation-with-upload,checksum,expiration,termination"


class LeftUnread(BaseParser):
    """Leaves the body where it is: it is read in pieces, by whoever stores it."""

    media_type = "*/*"

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return nothing."""
        return {}


_BYTES = {"application/offset+octet-stream": OpenApiTypes.BINARY}


def _header(name: str, schema: Mapping[str, Any], about: str, *, required: bool = True) -> Any:
    return OpenApiParameter(
        name, dict(schema), OpenApiParameter.HEADER, required=required, description=about
    )


_NUMBER = {"type": "string", "pattern": r"^[0-9]{1,18}$"}
_VERSION = _header("Tus-Resumable", {"type": "string", "enum": [VERSION]}, "The protocol's version")
_OFFSET = _header("Upload-Offset", _NUMBER, "How many bytes of the file have arrived")
_LENGTH = _header("Upload-Length", _NUMBER, "How many bytes the file has")
_NAME = _header(
    "Upload-Metadata", {"type": "string"}, "The word name, a space, the file's name in base64"
)
_CHECKSUM = _header(
    "Upload-Checksum",
    {"type": "string"},
    "An algorithm, a space, the checksum of the body in base64",
    required=False,
)


class TusView(UploadsView):
    """An address that speaks tus."""

    takes_idempotency_key = False  # an offset does more
    refuses_changes = (409, 410, 411, 412, 413, 415, 460, 507)

    parser_classes = [LeftUnread]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Take the method from a header, for clients that can send none but POST."""
        if override := request.headers.get("X-HTTP-Method-Override"):
            request.method = override.upper()
        return super().dispatch(request, *args, **kwargs)

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        """Name the protocol's version in every answer, errors included."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["Tus-Resumable"] = VERSION
        if answer.status_code == status.HTTP_412_PRECONDITION_FAILED:
            answer["Tus-Version"] = VERSION
        return answer

    @extend_schema(exclude=True)
    def options(self, request: Request, *args: Any, **kwargs: uuid.UUID) -> Response:  # type: ignore[override]  # DRF's request
        """Say what this server speaks."""
        self.study(request, kwargs["study_id"])
        headers = {
            "Tus-Version": VERSION,
            "Tus-Extension": EXTENSIONS,
            "Tus-Max-Size": str(settings.MAX_UPLOAD_BYTES),
            "Tus-Checksum-Algorithm": ",".join(CHECKSUM_ALGORITHMS),
        }
        return Response(status=status.HTTP_204_NO_CONTENT, headers=headers)


class FilesView(TusView):
    """The files of an upload."""

    token_scopes = {"GET": TokenScope.UPLOAD, "POST": TokenScope.UPLOAD}

    @extend_schema(responses=SentFileSerializer(many=True))
    def get(self, request: Request, study_id: uuid.UUID, upload_id: uuid.UUID) -> Response:
        """List the files of an upload and how much of each has arrived."""
        upload = self.upload(request, study_id, upload_id)
        files = upload.files.order_by("sent_name")
        return Response(SentFileSerializer(files, many=True).data)

    @extend_schema(
        parameters=[_VERSION, _LENGTH, _NAME, _CHECKSUM], request=_BYTES, responses={201: None}
    )
    def post(self, request: Request, study_id: uuid.UUID, upload_id: uuid.UUID) -> Response:
        """Add a file; what is sent along is its beginning."""
        upload = self.upload(request, study_id, upload_id)
        require_version(request)
        length = body_length(request)
        if length:
            require_offset_stream(request)
        size_bytes, name, digest = (
            whole_number(request, "Upload-Length"),
            sent_name(request),
            checksum(request),
        )
        file = name_file(upload=upload, sent_name=name, size_bytes=size_bytes)
        offset = file.received_bytes
        # A file of which something is here was added before, and the answer was lost.
        if length and not offset:
            offset = receive(
                file=file, offset=0, body=unread_body(request), length=length, checksum=digest
            )
        headers = {
            "Location": f"{request.path}/{file.id}",
            "Upload-Offset": str(offset),
            "Upload-Expires": _http_date(expiry_of(file)),
        }
        return Response(status=status.HTTP_201_CREATED, headers=headers)


class FileView(TusView):
    """One file of an upload."""

    token_scopes = dict.fromkeys(("HEAD", "PATCH", "DELETE"), TokenScope.UPLOAD)

    def file(
        self, request: Request, study_id: uuid.UUID, upload_id: uuid.UUID, file_id: uuid.UUID
    ) -> QuarantinedFile:
        """Return the file, or 404; refuse clients that speak another version."""
        files = QuarantinedFile.objects.filter(
            upload=upload_id, upload__site__in=self.sites(request, study_id)
        )
        file = get_object_or_404(files.select_related("upload__study"), pk=file_id)
        require_version(request)
        return file

    @extend_schema(exclude=True)
    def head(self, request: Request, **kwargs: uuid.UUID) -> Response:
        """Say how much of the file has arrived."""
        file = self.file(request, **kwargs)
        headers = {
            "Upload-Offset": str(file.received_bytes),
            "Upload-Length": str(file.size_bytes),
            "Upload-Expires": _http_date(expiry_of(file)),
            "Cache-Control": "no-store",
        }
        return Response(headers=headers)

    @extend_schema(parameters=[_VERSION, _OFFSET, _CHECKSUM], request=_BYTES, responses={204: None})
    def patch(self, request: Request, **kwargs: uuid.UUID) -> Response:
        """Take in what follows what has arrived."""
        file = self.file(request, **kwargs)
        require_offset_stream(request)
        offset = receive(
            file=file,
            offset=whole_number(request, "Upload-Offset"),
            body=unread_body(request),
            length=body_length(request),
            checksum=checksum(request),
        )
        headers = {"Upload-Offset": str(offset), "Upload-Expires": _http_date(expiry_of(file))}
        return Response(status=status.HTTP_204_NO_CONTENT, headers=headers)

    @extend_schema(parameters=[_VERSION], responses={204: None})
    def delete(self, request: Request, **kwargs: uuid.UUID) -> Response:
        """Take the file out of the upload, as if it had never been sent."""
        remove_file(file=self.file(request, **kwargs))
        return Response(status=status.HTTP_204_NO_CONTENT)


def unread_body(request: Request) -> Body:
    """Return the body, of which nothing has been read."""
    return cast("Body", request._request)


def _http_date(moment: datetime) -> str:
    return http_date(moment.timestamp())
