"""A sender who falls silent in the middle of a body gives the thread back."""

import socket

import pytest
from gunicorn.http.body import Body, LengthReader
from gunicorn.http.unreader import SocketUnreader

from reader_study.http import silent_senders
from reader_study.http.silent_senders import not_waiting_for_silent_senders


@pytest.fixture
def ends(monkeypatch):
    monkeypatch.setattr(silent_senders, "SILENCE_SECONDS", 0.05)
    server, sender = socket.socketpair()
    with server, sender:
        yield server, sender


def body_as_seen(server: socket.socket, body=None):
    """What an application is given as the body of a request on this connection."""
    seen = []

    def application(environ, start_response):
        seen.append(environ["wsgi.input"])
        return []

    environ = {
        "gunicorn.socket": server,
        "wsgi.input": body or server.makefile("rb", buffering=0),
    }
    not_waiting_for_silent_senders(application)(environ, print)
    return seen[0]


def test_what_was_sent_is_read_and_silence_ends_the_wait(ends):
    server, sender = ends
    sender.sendall(b"one line\nmore")
    body = body_as_seen(server)
    assert (body.readline(100), body.read(4)) == (b"one line\n", b"more")
    with pytest.raises(TimeoutError):
        body.read(1)
    server.settimeout(5)
    assert server.recv(10) == b"", "gunicorn would wait for the rest, so as to throw it away"


def test_lines_and_pieces_of_a_body_of_gunicorns_come_in_turn_and_end_where_it_ends(ends):
    server, sender = ends
    middle = bytes(range(256)).replace(b"\n", b"") * 300 + b"last"
    content = b"one line\n" + middle
    sender.sendall(content + b"GET /next")
    body = body_as_seen(server, Body(LengthReader(SocketUnreader(server), len(content))))
    assert body.readline(100) == b"one line\n"
    assert b"".join(body.read(30_000) for _ in range(3)) == middle
    assert body.read(10) == b""


def test_a_body_of_gunicorns_that_falls_silent_ends_the_wait(ends):
    server, sender = ends
    sender.sendall(b"half")
    body = body_as_seen(server, Body(LengthReader(SocketUnreader(server), 100)))
    with pytest.raises(TimeoutError):
        body.read(100)


def test_an_answer_may_take_its_time(ends):
    server, sender = ends
    sender.sendall(b"one")
    body_as_seen(server).read(3)
    assert server.gettimeout() is None


def test_other_servers_are_left_alone():
    body = object()
    given = []

    def application(environ, start_response):
        given.append(environ["wsgi.input"])
        return []

    not_waiting_for_silent_senders(application)({"wsgi.input": body}, print)
    assert given == [body]
