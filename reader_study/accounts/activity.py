"""What keeps a session alive: requests in which the page says that the person did something."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from reader_study.accounts.session_store import SessionStore

ACTIVE = "X-Person-Active"
"""The page sends it after a key, a click or a movement; what it asks by itself goes without."""


class ActivityMiddleware:
    """Lets a session go on that its person uses. Nothing else does."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.headers.get(ACTIVE) == "1" and isinstance(request.session, SessionStore):
            request.session.note_activity()
        return self.get_response(request)
