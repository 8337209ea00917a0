"""Send an upload's files by tus, with nothing but the standard library, and resume what breaks."""

import base64
import http.client
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from scripts.api_client import TIMEOUT_SECONDS, ApiClient, ApiError

VERSION = "1.0.0"
CONTENT_TYPE = "application/offset+octet-stream"
BLOCK_BYTES = 1 << 18
# A small file arrives with its name: one request instead of three.
LARGEST_AT_ONCE = 4 << 20
ATTEMPTS = 8
FIRST_WAIT_SECONDS = 0.25
OFFSET_MOVED = 409

Answer = TypeVar("Answer")


class TusClient:
    """One person's connection to the files of one upload."""

    def __init__(self, client: ApiClient, files_path: str) -> None:
        self._files_path = files_path
        self._headers = {**client.session_headers(), "Tus-Resumable": VERSION}
        self._host = urlsplit(client.address).netloc
        self._connection: http.client.HTTPConnection | None = None

    def send_file(self, name: str, path: Path) -> str:
        """Send a file, as often as it takes; returns its address."""
        size_bytes = path.stat().st_size
        if size_bytes <= LARGEST_AT_ONCE:
            location, offset = _again_if_broken(
                lambda: self.announce(name, size_bytes, path.read_bytes())
            )
        else:
            location, offset = _again_if_broken(lambda: self.announce(name, size_bytes))
        if offset < size_bytes:
            _again_if_broken(lambda: self.go_on(location, path))
        return location

    def announce(self, name: str, size_bytes: int, body: bytes = b"") -> tuple[str, int]:
        """Name a file, perhaps with its beginning; returns its address and how much is there."""
        encoded = base64.b64encode(name.encode()).decode()
        headers = {"Upload-Length": str(size_bytes), "Upload-Metadata": f"name {encoded}"}
        if body:
            headers["Content-Type"] = CONTENT_TYPE
        answer = self.request("POST", self._files_path, body=body or None, headers=headers)
        return answer["Location"], int(answer["Upload-Offset"])

    def offset(self, location: str) -> int:
        """Return how much of a file has arrived."""
        return int(self.request("HEAD", location)["Upload-Offset"])

    def go_on(self, location: str, path: Path) -> None:
        """Send what has not arrived of a file."""
        size_bytes = path.stat().st_size
        offset = self.offset(location)
        with path.open("rb") as file:
            while offset < size_bytes:
                file.seek(offset)
                answer = self.request(
                    "PATCH",
                    location,
                    body=file,
                    headers={
                        "Content-Type": CONTENT_TYPE,
                        "Content-Length": str(size_bytes - offset),
                        "Upload-Offset": str(offset),
                    },
                )
                offset = int(answer["Upload-Offset"])

    def request(
        self, method: str, path: str, *, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> http.client.HTTPMessage:
        """Ask once; return the answer's headers, or raise ``ApiError``."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection(
                self._host, timeout=TIMEOUT_SECONDS, blocksize=BLOCK_BYTES
            )
        try:
            self._connection.request(method, path, body, {**self._headers, **(headers or {})})
            answer = self._connection.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        if answer.status >= http.client.BAD_REQUEST:
            raise ApiError(method, path, answer.status, said)
        return answer.headers

    def close(self) -> None:
        """Give the connection up; the next request opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _again_if_broken(ask: Callable[[], Answer]) -> Answer:
    """Ask until there is an answer; a connection that breaks and a lost race are no reasons."""
    for attempt in range(ATTEMPTS - 1):
        try:
            return ask()
        except (OSError, http.client.HTTPException):
            pass
        except ApiError as error:
            if error.status != OFFSET_MOVED:
                raise
        time.sleep(FIRST_WAIT_SECONDS * 2**attempt)
    return ask()


def send_upload(
    client: ApiClient, study_path: str, *, site: str, files: Sequence[Path]
) -> dict[str, Any]:
    """Begin an upload, send its files and complete it; returns what the server says of it."""
    announced = {
        "site": site,
        "name": files[0].name if len(files) == 1 else f"{len(files)} files",
        "files": len(files),
        "size_bytes": sum(file.stat().st_size for file in files),
    }
    uploads_path = f"{study_path}/uploads"
    upload_path = f"{uploads_path}/{client.post(uploads_path, announced)['id']}"
    sender = TusClient(client, f"{upload_path}/files")
    try:
        for file in files:
            sender.send_file(file.name, file)
    finally:
        sender.close()
    completed: dict[str, Any] = client.post(f"{upload_path}/complete", {})
    return completed
