"""Ask as anybody, with anything, and leave nothing behind."""

import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import transaction
from django.test import Client

from tests.coordination.test_rights import ANONYMOUS, GRANTED, Scene

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
JSON = "application/json"
SOMEBODY = ("carol", "ruth", "stella", "adam", "ada", ANONYMOUS)
"""Whom an address is tried as: the first of them to whom it is granted."""


class Attacker:
    """A browser that checks forgeries as the real server does, and never raises."""

    def __init__(self, scene: Scene, *, with_token: bool = True) -> None:
        self.scene = scene
        self.browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
        self.with_token = with_token

    def send(
        self,
        username: str,
        method: str,
        address: str,
        body: bytes | str = b"{}",
        content_type: str = JSON,
        **headers: Any,
    ) -> Any:
        """Send a request; whatever it changed is taken back."""
        self.browser.cookies.clear()
        if username != ANONYMOUS:
            self.browser.cookies[settings.SESSION_COOKIE_NAME] = self.scene.sessions[username]
        if self.with_token:
            self.browser.cookies[settings.CSRF_COOKIE_NAME] = "t" * 32
            headers.setdefault("HTTP_X_CSRFTOKEN", "t" * 32)
        with transaction.atomic():
            answer: Any = self.browser.generic(method, address, body, content_type, **headers)
            if answer.streaming:
                answer.read = b"".join(answer.streaming_content)
            else:
                answer.read = answer.content
            transaction.set_rollback(True)
        return answer


def granted_to(route: str, method: str) -> str:
    """Return somebody who may use the route."""
    granted = GRANTED[route][method]
    return next((name for name in SOMEBODY if name in granted), min(granted))


def calls(methods: tuple[str, ...] | None = None) -> Iterator[tuple[str, str, str]]:
    """Yield each route with its methods and somebody who may use it."""
    for route, of_method in GRANTED.items():
        for method in of_method:
            if methods is None or method in methods:
                yield route, method, granted_to(route, method)


def as_in_the_schema(route: str) -> str:
    """Return a route as OpenAPI writes it."""
    return "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", route)
