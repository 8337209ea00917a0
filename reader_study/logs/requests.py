"""One line for each request: its route, not its address, and what became of it."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import LazyObject, empty
from structlog.contextvars import bind_contextvars, bound_contextvars

logger = logging.getLogger(__name__)

ID_HEADER = "X-Request-ID"
WATCHED_ALL_THE_TIME = {"/health", "/ready", "/metrics"}
_ID = re.compile(r"[0-9a-f]{32}")


class LogRequests:
    """Middleware: give each request an id, and write how it ended.

    The id is the one that the proxy sent, so that its lines and ours can be put side by side, or a
    new one.
    """

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, and write a line about it."""
        began = time.perf_counter()
        sent = request.headers.get(ID_HEADER, "")
        number = sent if _ID.fullmatch(sent) else uuid.uuid4().hex
        with bound_contextvars(request=number, study=None):
            response = self._answer(request)
            if not _is_of_no_interest(request, response):
                self._log(request, response, time.perf_counter() - began)
        return response

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, named: dict[str, Any]
    ) -> None:
        """Let all lines of the request name its study."""
        if "study_id" in named:
            bind_contextvars(study=named["study_id"])

    def _log(self, request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
        found = request.resolver_match
        logger.info(
            "request",
            extra={
                "method": request.method,
                "route": f"/{found.route}" if found else None,
                "study": found.kwargs.get("study_id") if found else None,
                "user": _user_id(request),
                "status": response.status_code,
                "seconds": round(seconds, 4),
            },
        )


def _is_of_no_interest(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether it is a probe or a part of the page, and went well."""
    probed = request.path in WATCHED_ALL_THE_TIME
    part_of_page = request.path.startswith(settings.STATIC_URL)
    return response.status_code < 400 and (probed or part_of_page)


def _user_id(request: HttpRequest) -> int | None:
    """Return the key of whoever asked, if the request itself wanted to know; else ask nobody."""
    user = request.__dict__.get("user")
    if user is None or (isinstance(user, LazyObject) and user._wrapped is empty):
        return None
    key: int | None = user.pk
    return key
