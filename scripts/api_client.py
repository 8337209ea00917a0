"""Speak to the application's API as a browser does: session cookie, CSRF header, JSON."""

import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

TIMEOUT_SECONDS = 120.0
CHUNK_BYTES = 1 << 20
NEW_LINE = b"\r\n"


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
        self._address = address
        self._cookies = CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self._cookies)
        )

    def log_in(self, username: str, password: str) -> None:
        """Sign in; raise ``ApiError`` if refused."""
        self.get("/api/session")
        self.post("/api/session", {"username": username, "password": password})

    def get(self, path: str) -> Any:
        """Return the JSON at a path."""
        return json.loads(self.get_bytes(path))

    def get_bytes(self, path: str) -> bytes:
        """Return the body at a path."""
        return self._send("GET", path)

    def post(self, path: str, content: Any) -> Any:
        """Send JSON; return the JSON answer."""
        body = json.dumps(content).encode()
        return json.loads(self._send("POST", path, body, {"Content-Type": "application/json"}))

    def upload(self, path: str, *, fields: dict[str, str], files: Sequence[Path]) -> Any:
        """Send files as a browser's form does, without holding them in memory."""
        boundary = uuid.uuid4().hex
        parts: list[tuple[bytes, bytes | Path]] = [
            *((_part_header(boundary, name), value.encode()) for name, value in fields.items()),
            *((_part_header(boundary, "files", file.name), file) for file in files),
        ]
        end = f"--{boundary}--\r\n".encode()
        length = len(end) + sum(len(head) + _size(body) + len(NEW_LINE) for head, body in parts)
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(length),
        }
        return json.loads(self._send("POST", path, _form(parts, end), headers))

    def _send(
        self,
        method: str,
        path: str,
        body: bytes | Iterator[bytes] | None = None,
        headers: dict[str, str] | None = None,
    ) -> bytes:
        tokens = {cookie.name: cookie.value or "" for cookie in self._cookies}
        request = urllib.request.Request(  # noqa: S310 (http, to the server just started)
            self._address + path,
            data=body,
            method=method,
            headers={"X-CSRFToken": tokens.get("csrftoken", ""), **(headers or {})},
        )
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            raise ApiError(method, path, error.code, error.read()) from error


def _part_header(boundary: str, name: str, filename: str | None = None) -> bytes:
    file = f'; filename="{filename}"\r\nContent-Type: application/octet-stream' if filename else ""
    return f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode()


def _size(content: bytes | Path) -> int:
    return content.stat().st_size if isinstance(content, Path) else len(content)


def _form(parts: Sequence[tuple[bytes, bytes | Path]], end: bytes) -> Iterator[bytes]:
    for header, content in parts:
        yield header
        if isinstance(content, Path):
            with content.open("rb") as file:
                while chunk := file.read(CHUNK_BYTES):
                    yield chunk
        else:
            yield content
        yield NEW_LINE
    yield end
