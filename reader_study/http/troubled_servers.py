"""Say in a sentence that the database is away or its disk full, where a page would show an error.

Nothing of such a request was stored: whoever sent it may send it again.
"""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from reader_study.api.problems import problem
from reader_study.jobs.full_disks import is_full_disk

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 2
UNAVAILABLE = (503, "unavailable", "The server is not ready at the moment: try again soon.")
NO_ROOM = (507, "disk-full", "The server's disk is full: nothing was changed. Tell its operator.")


class SayWhatTroublesTheServer:
    """Middleware: answer 503 or 507 where a view raised what the database said."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the answer to an error that is the database's; None for all others."""
        if is_full_disk(error):
            status, kind, sentence = NO_ROOM
        elif isinstance(error, OperationalError | InterfaceError):
            status, kind, sentence = UNAVAILABLE
        else:
            return None
        logger.error("%s %s: %s", request.method, request.path, sentence, exc_info=error)
        return problem(
            status, sentence, kind=kind, headers={"Retry-After": str(RETRY_AFTER_SECONDS)}
        )
