"""The one error body of the API: problem details as RFC 9457 has them.

``detail`` is the sentence for people; ``type`` tells programs the kind where there is one. Nothing
in a problem names what is inside, and what is not there reads like what is somebody else's.
"""

import json
import logging
import uuid
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views import defaults
from rest_framework.utils.encoders import JSONEncoder

CONTENT_TYPE = "application/problem+json"
ADDRESSES = ("/api/", "/media/")
"""Below these every error is a problem; elsewhere people with browsers look at pages."""

NOT_HERE = "This does not exist, or your account has no access to it."
OUT_OF_DATE = (
    "This page is out of date, or cookies are switched off. Load it again, then repeat what you "
    "did."
)
KEPT_HEADERS = ("Allow", "Retry-After", "Vary", "WWW-Authenticate")
"""What else an error says to programs."""

SENTENCES: dict[int, str] = {
    HTTPStatus.BAD_REQUEST: "The server did not understand this request.",
    HTTPStatus.FORBIDDEN: "You are not allowed to do this. Log in again.",
    HTTPStatus.NOT_FOUND: NOT_HERE,
    HTTPStatus.METHOD_NOT_ALLOWED: "This cannot be done at this address.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "This is larger than the server accepts.",
}
TITLES = {460: "Checksum Mismatch"}
"""Of statuses that are not in the registry: tus has one of its own."""

LONGEST_SENTENCE = 4000
MOST_ERRORS = 1000
"""Beyond this nothing more is said of a body, so that answers do not outgrow what was sent."""

logger = logging.getLogger(__name__)


def title_of(status: int, kind: str = "") -> str:
    """Return the summary of a kind of problem, or the name of the status."""
    if kind:
        return kind.replace("-", " ").capitalize()
    return TITLES.get(status) or HTTPStatus(status).phrase


def problem(
    status: int,
    detail: str,
    *,
    kind: str = "",
    headers: Mapping[str, str] | None = None,
    **members: Any,
) -> HttpResponse:
    """Return a problem as an answer.

    Parameters
    ----------
    detail
        One clear sentence: what is wrong and what to do.
    kind
        What programs tell the problem by, e.g. ``session-ended``.
    members
        Further facts, which stand beside the sentence.
    """
    body = {
        "type": f"urn:reader-study:problem:{kind}" if kind else "about:blank",
        "title": title_of(status, kind),
        "status": status,
        "detail": shortened(detail),
        **members,
    }
    if isinstance(errors := members.get("errors"), list):
        body["errors"] = [
            {name: shortened(said) for name, said in error.items()}
            for error in errors[:MOST_ERRORS]
        ]
    content = json.dumps(body, cls=JSONEncoder, ensure_ascii=False)
    return HttpResponse(content, status=status, content_type=CONTENT_TYPE, headers=headers)


def shortened(said: Any) -> Any:
    """Return text that may repeat what was sent, cut where it is beyond all measure."""
    if isinstance(said, str) and len(said) > LONGEST_SENTENCE:
        return f"{said[:LONGEST_SENTENCE]}…"
    return said


def pointer(path: tuple[str | int, ...]) -> str:
    """Return the JSON pointer to a part of a body, as the fragment of an address."""
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in path)
    return "#" + "".join(f"/{quote(part, safe='~')}" for part in parts)


def field_errors(errors: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with each part of a body, by its pointer; nothing about the whole."""
    if isinstance(errors, dict):
        for key, value in errors.items():
            yield from field_errors(value, path if key == "non_field_errors" else (*path, key))
    elif isinstance(errors, list):
        for number, error in enumerate(errors):
            inside = isinstance(error, dict | list)
            yield from field_errors(error, (*path, number) if inside else path)
    elif path:
        yield pointer(path), str(errors)


class ProblemMiddleware:
    """Makes a problem of every error below the API's addresses that is none yet."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        if not request.path.startswith(ADDRESSES):
            return self.get_response(request)
        answer = self.get_response(request)
        is_error = answer.status_code >= HTTPStatus.BAD_REQUEST
        if is_error and "json" not in answer.headers.get("Content-Type", ""):
            answer = _in_words(answer)
        return answer


def _in_words(answer: HttpResponseBase) -> HttpResponse:
    status = answer.status_code
    said = problem(status, SENTENCES.get(status, f"{title_of(status)}."))
    for name in KEPT_HEADERS:
        if name in answer.headers:
            said[name] = answer.headers[name]
    said.cookies = answer.cookies
    return said


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a write that came without the page's token."""
    return problem(HTTPStatus.FORBIDDEN, OUT_OF_DATE, kind="csrf-failed")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer what cannot be a request of this application's pages."""
    if not request.path.startswith(ADDRESSES):
        return defaults.bad_request(request, exception)
    too_large = isinstance(exception, RequestDataTooBig)
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE if too_large else HTTPStatus.BAD_REQUEST
    return problem(status, SENTENCES[status])


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer who may not."""
    if not request.path.startswith(ADDRESSES):
        return defaults.permission_denied(request, exception)
    return problem(HTTPStatus.FORBIDDEN, SENTENCES[HTTPStatus.FORBIDDEN])


def not_here(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer that there is nothing."""
    if not request.path.startswith(ADDRESSES):
        return defaults.page_not_found(request, exception)
    return problem(HTTPStatus.NOT_FOUND, NOT_HERE)


def server_failed(request: HttpRequest) -> HttpResponseBase:
    """Answer that the program failed, with a number that stands in the log beside the reason."""
    if not request.path.startswith(ADDRESSES):
        return defaults.server_error(request)
    number = uuid.uuid4()
    logger.error("failure %s", number)
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "The server failed. Try again; if it happens again, tell the administrator this number: "
        f"{number}.",
        instance=number.urn,
    )
