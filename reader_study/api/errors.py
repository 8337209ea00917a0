"""What the API refuses, and how it says so; ``reader_study.api.problems`` has the body."""

from http import HTTPStatus
from math import ceil
from typing import Any

from django.http import Http404, HttpResponse
from rest_framework.exceptions import (
    APIException,
    NotAuthenticated,
    PermissionDenied,
    Throttled,
    ValidationError,
)
from rest_framework.permissions import SAFE_METHODS
from rest_framework.views import exception_handler

from reader_study.api.problems import (
    KEPT_HEADERS,
    NOT_HERE,
    OUT_OF_DATE,
    SENTENCES,
    field_errors,
    problem,
)


class ProblemError(APIException):
    """A refusal with facts for programs beside the sentence.

    ``kind`` is what programs tell it by: ``type`` is ``urn:reader-study:problem:<kind>``. Any
    exception of the API may have one.
    """

    kind = ""

    def __init__(self, detail: str | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.extra = extra


class ConflictError(ProblemError):
    """The request was understood, but the state of things forbids it. Status 409."""

    status_code = 409
    default_code = "conflict"


class InvalidError(ProblemError):
    """What was sent cannot be taken as it is, and the further facts say where. Status 400."""

    status_code = HTTPStatus.BAD_REQUEST


class TooLargeError(ProblemError):
    """More was sent than the settings allow. Status 413."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_detail = SENTENCES[HTTPStatus.REQUEST_ENTITY_TOO_LARGE]


def _sentence(errors: Any) -> str:
    if isinstance(errors, dict):
        return " ".join(
            _sentence(value) if key == "non_field_errors" else f"{key}: {_sentence(value)}"
            for key, value in errors.items()
        )
    if isinstance(errors, list):
        return " ".join(_sentence(error) for error in errors)
    return str(errors)


def explain(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """Return the problem that an exception is; None for what is a fault of the program."""
    answer = exception_handler(error, context)
    if answer is None:
        return None
    headers = {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}
    detail, kind, members = _sentence(answer.data), str(getattr(error, "kind", "")), {}
    if isinstance(answer.data, dict) and "detail" in answer.data:
        detail = str(answer.data["detail"])
    if isinstance(error, ValidationError):
        named = "parameter" if context["request"].method in SAFE_METHODS else "pointer"
        detail, members = _sentence(answer.data), _errors_of(answer.data, named)
    if isinstance(error, ProblemError):
        members = error.extra
    if isinstance(error, Http404) or answer.status_code == HTTPStatus.NOT_FOUND:
        # Django's own text would name what was looked for, and it reaches people's eyes.
        detail = NOT_HERE
    if isinstance(error, Throttled):
        seconds = ceil(getattr(error, "wait", None) or 1)
        detail = f"Too much was asked at once. Wait {seconds} seconds, then try again."
    if isinstance(error, NotAuthenticated):
        detail, kind = "Log in first.", "not-signed-in"
    if isinstance(error, PermissionDenied) and detail.startswith("CSRF Failed"):
        detail, kind = OUT_OF_DATE, "csrf-failed"
    return problem(answer.status_code, detail, kind=kind, headers=headers, **members)


def _errors_of(data: Any, named: str) -> dict[str, Any]:
    """Return what is wrong with each field, named by pointer or, of an address, by parameter."""
    errors = [
        {named: where if named == "pointer" else where.removeprefix("#/"), "detail": wrong}
        for where, wrong in field_errors(data)
    ]
    return {"errors": errors} if errors else {}
