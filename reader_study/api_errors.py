"""Turn exceptions into the one error body of the API: ``{"detail": "…"}``."""

from typing import Any

from django.http import Http404
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler


class ConflictError(APIException):
    """The request was understood, but the state of things forbids it. Status 409."""

    status_code = 409
    default_code = "conflict"

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.extra = extra


def _sentence(errors: Any) -> str:
    if isinstance(errors, dict):
        return " ".join(
            _sentence(value) if key == "non_field_errors" else f"{key}: {_sentence(value)}"
            for key, value in errors.items()
        )
    if isinstance(errors, list):
        return " ".join(_sentence(error) for error in errors)
    return str(errors)


def explain(error: Exception, context: dict[str, Any]) -> Response | None:
    """Say in one sentence what was wrong; extra facts of a conflict stand beside it."""
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, Http404):
        # Django's own text would name what was looked for, and it reaches people's eyes.
        response.data = {"detail": "This does not exist, or your account has no access to it."}
    if isinstance(error, ValidationError):
        response.data = {"detail": _sentence(response.data)}
    if isinstance(error, ConflictError):
        response.data = {"detail": str(error.detail), **error.extra}
    kind = getattr(error, "kind", None)
    if kind and isinstance(response.data, dict):
        response.data["type"] = f"urn:reader-study:problem:{kind}"
    return response
