"""Read the headers in which the tus protocol says what is sent."""

import base64
import binascii

from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from reader_study.cohorts.uploads.receiving import CHECKSUM_ALGORITHMS, Checksum
from reader_study.coordination.uploads_api import UploadProblemError

VERSION = "1.0.0"
CONTENT_TYPE = "application/offset+octet-stream"
# Beyond SQLite's and PostgreSQL's whole numbers nothing can be stored.
MOST_DIGITS = 18


def require_version(request: Request) -> None:
    """Refuse clients that speak another version."""
    if request.headers.get("Tus-Resumable") != VERSION:
        raise UploadProblemError(
            status.HTTP_412_PRECONDITION_FAILED,
            f"Say in Tus-Resumable that you speak tus {VERSION}: it is all that is spoken here.",
        )


def require_offset_stream(request: Request) -> None:
    """Refuse a body that is not said to be bytes from an offset on."""
    if request.content_type != CONTENT_TYPE:
        raise UploadProblemError(
            status.HTTP_415_UNSUPPORTED_MEDIA_TYPE, f"Send the bytes as {CONTENT_TYPE}."
        )


def body_length(request: Request) -> int:
    """Return how many bytes the request brings."""
    length = request.headers.get("Content-Length") or None
    if length is None:
        if "Transfer-Encoding" in request.headers:
            raise UploadProblemError(
                status.HTTP_411_LENGTH_REQUIRED, "Say in Content-Length how much is sent."
            )
        return 0
    if not _is_whole_number(length):
        raise ValidationError("Content-Length must be a whole number.")
    return int(length)


def whole_number(request: Request, header: str) -> int:
    """Return the header's value."""
    value = request.headers.get(header, "")
    if not _is_whole_number(value):
        raise ValidationError(f"{header} must be there and be a whole number.")
    return int(value)


def _is_whole_number(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= MOST_DIGITS


def sent_name(request: Request) -> str:
    """Return the file's name: the value of ``name`` in Upload-Metadata."""
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        key, _, value = pair.strip().partition(" ")
        if key == "name" and (name := _decoded(value, "Upload-Metadata").decode(errors="replace")):
            return name
    raise ValidationError(
        "Upload-Metadata must carry the file's name: the word name, a space, and the name in "
        "base64."
    )


def checksum(request: Request) -> Checksum | None:
    """Return what the body must come to, if the client said so."""
    value = request.headers.get("Upload-Checksum")
    if value is None:
        return None
    algorithm, _, digest = value.partition(" ")
    if algorithm not in CHECKSUM_ALGORITHMS:
        raise ValidationError(
            f"Upload-Checksum may be {' or '.join(CHECKSUM_ALGORITHMS)}, not “{algorithm[:40]}”."
        )
    return Checksum(algorithm, _decoded(digest, "Upload-Checksum"))


def _decoded(value: str, header: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValidationError(f"{header} has a value that is no base64.") from error
