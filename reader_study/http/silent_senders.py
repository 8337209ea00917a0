"""Do not wait for ever for a sender who falls silent and does not hang up.

A laptop that is closed in the middle of an upload does so. gunicorn's threads wait for the rest of
a body without any limit of time, and there are only so many of them.
"""

import socket
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from gunicorn.http.body import Body, LengthReader

SILENCE_SECONDS = 30.0
RECEIVE_BYTES = 64 * 2**10

Read = TypeVar("Read")


class PatientBody:
    """The body of a request; reading raises TimeoutError once the sender was silent too long."""

    def __init__(self, body: Any, connection: socket.socket) -> None:
        self._body = body
        self._connection = connection
        self._is_of_known_length = isinstance(body, Body) and isinstance(body.reader, LengthReader)
        if self._is_of_known_length:
            body.reader.unreader.mxchunk = RECEIVE_BYTES

    def read(self, size: int, /) -> bytes:
        """Return so many bytes, fewer at the end."""
        return self._in_time(lambda: self._piece(size))

    def _piece(self, size: int) -> bytes:
        if self._is_of_known_length and not self._body.buf.tell():
            # The body has nothing left of a line: it would ask for the same by the kilobyte,
            # which takes half of all that receiving a file does.
            piece: bytes = self._body.reader.read(size)
        else:
            piece = self._body.read(size)
        return piece

    def readline(self, size: int, /) -> bytes:
        """Return a line, or so many bytes of it."""
        return self._in_time(lambda: self._line(size))

    def _line(self, size: int) -> bytes:
        line: bytes = self._body.readline(size)
        return line

    def _in_time(self, read: Callable[[], Read]) -> Read:
        # Only while reading: of an answer, the limit would be for all of it together.
        self._connection.settimeout(SILENCE_SECONDS)
        try:
            return read()
        except TimeoutError:
            # Or gunicorn would wait for the rest, so as to throw it away.
            self._connection.shutdown(socket.SHUT_RD)
            raise
        finally:
            self._connection.settimeout(None)


Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def not_waiting_for_silent_senders(application: Application) -> Application:
    """Return the application, reading bodies with patience but not for ever."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        connection = environ.get("gunicorn.socket")
        if connection is not None:
            environ["wsgi.input"] = PatientBody(environ["wsgi.input"], connection)
        return application(environ, start_response)

    return answer
