"""A server of the attacker's that notes who asks it for anything."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer


class Canary(HTTPServer):
    """Its address is planted; whoever fetches from it was led there."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Noting)
        self.hits: list[str] = []

    @property
    def host(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.server_port}"


class _Noting(BaseHTTPRequestHandler):
    server: Canary

    def do_GET(self) -> None:
        self.server.hits.append(f"{self.command} {self.path}")
        self.send_response(204)
        self.end_headers()

    def __getattr__(self, name: str) -> object:
        if name.startswith("do_"):
            return self.do_GET
        raise AttributeError(name)

    def log_message(self, *_: object) -> None:
        return


@contextmanager
def running_canary() -> Iterator[Canary]:
    """Let it listen until the block ends."""
    with Canary() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
