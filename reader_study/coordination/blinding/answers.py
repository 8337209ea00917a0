"""What the application answered, whole."""

import re
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

from django.test import Client

MEDIA = "/media/"
RATERS_API = "/api/reading/"
STATIC = "/static/"
_TOKEN = re.compile(r"(/media/)[^/]{40,}")


@dataclass(frozen=True)
class Answer:
    """One response, with who asked for what.

    Attributes
    ----------
    visitor
        Who asked, as ``rater ruth`` or ``nobody``.
    about
        Which case and file an image's answer is about, for the coordinator's eyes alone.
    """

    visitor: str
    method: str
    address: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    about: tuple[str, str] | None = None

    def header(self, name: str) -> str | None:
        """Return a header's value, or None."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def where(self) -> str:
        """What was asked by whom, in words."""
        address = _TOKEN.sub(r"\1…", self.address)
        return f"{self.method} {address} as {self.visitor} ({self.status})"


@dataclass(frozen=True)
class Leak:
    """Something that a rater is told and should not be.

    Attributes
    ----------
    kind
        Which check found it.
    where, what
        In words. ``what`` names the field, never the secret itself.
    """

    kind: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.what} · {self.where}"


@dataclass
class Visitor:
    """Somebody with a browser."""

    name: str
    client: Client
    extra: dict[str, Any] = field(default_factory=dict)

    def ask(
        self,
        method: str,
        address: str,
        body: bytes = b"",
        *,
        content_type: str = "application/json",
        about: tuple[str, str] | None = None,
        unread: bool = False,
    ) -> Answer:
        """Send a request and take in the whole response, or with ``unread`` its headers alone."""
        cookies = SimpleCookie(self.client.cookies)
        response: Any = self.client.generic(method, address, body, content_type, **self.extra)
        content = b"" if unread else response.getvalue()
        self.client.cookies = cookies  # whoever is told to log out stays who they are
        headers = [(name, str(value)) for name, value in response.headers.items()]
        headers += [("Set-Cookie", morsel.OutputString()) for morsel in response.cookies.values()]
        return Answer(
            self.name, method, address, response.status_code, tuple(headers), content, about
        )
