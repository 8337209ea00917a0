"""Speak to the application's API as a browser does: session cookie, CSRF header, JSON."""

import json
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from typing import Any

TIMEOUT_SECONDS = 120.0


class ApiError(Exception):
    """The server refused; ``status`` and ``body`` are what it answered."""

    def __init__(self, method: str, path: str, status: int, body: bytes) -> None:
        super().__init__(
            f"{method} {path} answered {status}: {body[:500].decode(errors='replace')}"
        )
        self.status = status
        self.body = body


class ApiClient:
    """One person's session."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._cookies = CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self._cookies)
        )

    def log_in(self, username: str, password: str, code: str = "") -> None:
        """Sign in, with a code where the account has a second factor; ApiError if refused."""
        self.get("/api/session")
        self.post("/api/session", {"username": username, "password": password, "code": code})

    def get(self, path: str) -> Any:
        """Return the JSON at a path."""
        return json.loads(self.get_bytes(path))

    def get_bytes(self, path: str) -> bytes:
        """Return the body at a path."""
        return self._send("GET", path)

    def post(self, path: str, content: Any) -> Any:
        """Send JSON; return the JSON answer."""
        return self._send_json("POST", path, content)

    def put(self, path: str, content: Any) -> Any:
        """Send JSON to take the place of what is there; return the JSON answer."""
        return self._send_json("PUT", path, content)

    def _send_json(self, method: str, path: str, content: Any) -> Any:
        body = json.dumps(content).encode()
        return json.loads(self._send(method, path, body, {"Content-Type": "application/json"}))

    def session_headers(self) -> dict[str, str]:
        """Return the headers by which the server knows this session, for other ways to send."""
        cookies = {cookie.name: cookie.value or "" for cookie in self._cookies}
        return {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X-CSRFToken": cookies.get("csrftoken", ""),
        }

    def _send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> bytes:
        tokens = {cookie.name: cookie.value or "" for cookie in self._cookies}
        request = urllib.request.Request(  # noqa: S310 (http, to the server just started)
            self.address + path,
            data=body,
            method=method,
            headers={"X-CSRFToken": tokens.get("csrftoken", ""), **(headers or {})},
        )
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            raise ApiError(method, path, error.code, error.read()) from error
