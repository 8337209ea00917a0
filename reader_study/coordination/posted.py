"""What coordinators type beside a request: a reason, or the study's name to confirm."""

from rest_framework.request import Request

from reader_study.accounts.proof import proof_of
from reader_study.accounts.reauthentication import Reauthenticated
from reader_study.api.errors import ConflictError
from reader_study.coordination.serializers import (
    ConfirmationSerializer,
    ReasonSerializer,
    SignedConfirmationSerializer,
)
from reader_study.studies.models import Study


def posted_reason(request: Request) -> str:
    """Return the reason given; the service says what is wrong with an empty one."""
    posted = ReasonSerializer(data=request.data)
    posted.is_valid(raise_exception=True)
    reason: str = posted.validated_data["reason"]
    return reason


def check_name_typed(request: Request, study: Study, *, to: str) -> None:
    """Raise ConflictError unless the study's name was typed, e.g. ``to="lock"`` it."""
    confirmation = ConfirmationSerializer(data=request.data)
    confirmation.is_valid(raise_exception=True)
    if confirmation.validated_data["confirm_name"] != study.name:
        raise ConflictError(f"Type the study's name, “{study.name}”, to {to} it.")


def posted_signature(request: Request, *, required: bool) -> tuple[Reauthenticated | None, str]:
    """Return the proof of who signs and the hash of what they saw; no proof where none is wanted.

    Raises
    ------
    NotProvenError
        A signature is required, and what was typed does not prove who the person is.
    """
    posted = SignedConfirmationSerializer(data=request.data)
    posted.is_valid(raise_exception=True)
    if not required:
        return None, ""
    given = posted.validated_data
    return proof_of(request, given), given["record_sha256"]
