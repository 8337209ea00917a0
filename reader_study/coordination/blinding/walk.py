"""Go through the application as a visitor would, and as one would who tries everything."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from reader_study.coordination.blinding.addresses import (
    NO_SUCH_ADDRESSES,
    PAGE,
    PAGES,
    ROUTES,
    filled,
)
from reader_study.coordination.blinding.answers import RATERS_API, Answer, Visitor

SAFE = ("GET", "HEAD", "OPTIONS")
ALL = (*SAFE, "POST", "PUT", "PATCH", "DELETE", "TRACE")
OK = 200
NO_SUCH_METHOD = 405


@contextmanager
def undone() -> Iterator[None]:
    """Undo what is done within, so that whoever comes next meets the same study."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def walk(
    visitor: Visitor,
    named: Mapping[str, object],
    elsewhere: Sequence[str],
    absent: set[tuple[str, str]],
) -> Iterator[Answer]:
    """Ask for every route by every method.

    Parameters
    ----------
    named
        What each part of an address names.
    elsewhere
        The methods that are tried on addresses that are not the raters'.
    absent
        Routes and methods that are not there for anybody, which is added to.
    """
    for route, bodies in ROUTES.items():
        address = filled(route, named)
        if route == PAGE or address is None:
            continue
        for method in ALL if address.startswith(RATERS_API) else elsewhere:
            if (route, method) in absent:
                continue
            body = b"" if method in SAFE else json.dumps(bodies.get(method, {})).encode()
            with undone():
                answer = visitor.ask(method, address, body)
            if answer.status == NO_SUCH_METHOD:
                absent.add((route, method))
            yield answer


def pages(visitor: Visitor, study_id: object, code: str) -> Iterator[Answer]:
    """Ask for the page at addresses of its router, and at others."""
    for address in (*PAGES, f"/studies/{study_id}/read", f"/studies/{study_id}/cases/{code}"):
        yield visitor.ask("GET", address)


def refusals(visitor: Visitor) -> Iterator[Answer]:
    """Ask for what is not there."""
    for address in NO_SUCH_ADDRESSES:
        yield visitor.ask("GET", address)


def malformed(visitor: Visitor, code: str) -> Iterator[Answer]:
    """Send what cannot be understood, or not now."""
    case = f"{RATERS_API}cases/{code}"
    answers = {"grade": 99, "unscorable_reason": None, "comment": ""}
    for method, what, body, content_type in (
        ("POST", "submit", b"{", "application/json"),
        ("POST", "submit", b"a=1", "application/x-www-form-urlencoded"),
        ("POST", "submit", b"[]", "application/json"),
        ("PUT", "draft", json.dumps({"revision": 7, "answers": answers}).encode(), ""),
        ("PUT", "draft", json.dumps({"revision": 0, "answers": answers}).encode(), ""),
        ("POST", "opened", b'{"run": 99}', ""),
        ("POST", "opened", b'{"run": "\xff"}', ""),
    ):
        with undone():
            yield visitor.ask(
                method, f"{case}/{what}", body, content_type=content_type or "application/json"
            )


def read_case(visitor: Visitor, code: str, case: str | None) -> Iterator[Answer]:
    """Open a case, fetch all its images and work on it, as the reading room does.

    Parameters
    ----------
    case
        The case's own code: known to the coordinator, never sent.
    """
    address = f"{RATERS_API}cases/{code}"
    opened = visitor.ask("GET", address)
    yield opened
    if opened.status != OK:
        return
    told = json.loads(opened.body)
    base, manifest = told["media"]["base"], told["media"]["manifest"]
    for name in files_of(manifest):
        yield visitor.ask("GET", f"{base}{name}", about=(case or code, name))
    yield visitor.ask("GET", f"{base}no-such-file.bin")
    yield visitor.ask("HEAD", f"{base}volume.bin")
    yield from _fetch_ahead(visitor, address)
    answers = {"grade": None, "unscorable_reason": None, "comment": "a comment"}
    revised = json.dumps({"revision": told["revision"], "answers": answers}).encode()
    for run in range(len(manifest["runs"])):
        yield visitor.ask("POST", f"{address}/opened", json.dumps({"run": run}).encode())
    yield visitor.ask("POST", f"{address}/heartbeat", b'{"active": true}')
    yield visitor.ask("PUT", f"{address}/draft", revised)
    yield visitor.ask("PUT", f"{address}/draft", revised)
    yield visitor.ask("POST", f"{address}/submit", revised)
    yield _submitted(visitor, address, told)
    yield visitor.ask("GET", address)


def _fetch_ahead(visitor: Visitor, address: str) -> Iterator[Answer]:
    """Fetch the images of the following case, as is done while this one is read."""
    ahead = visitor.ask("GET", f"{address}/following")
    yield ahead
    if ahead.status != OK or json.loads(ahead.body)["media"] is None:
        return
    media = json.loads(ahead.body)["media"]
    for name in files_of(media["manifest"]):
        yield visitor.ask("GET", f"{media['base']}{name}")


def _submitted(visitor: Visitor, address: str, told: dict[str, Any]) -> Answer:
    """Submit the case as one that cannot be scored, which needs no more than a reason.

    The next one is opened with it, as the reading room does.
    """
    reason = told["protocol"]["unscorable_reasons"][0]["code"]
    answers = {"grade": None, "unscorable_reason": reason, "comment": ""}
    body = {"revision": told["revision"] + 1, "answers": answers, "open_next": True}
    return visitor.ask("POST", f"{address}/submit", json.dumps(body).encode())


def files_of(manifest: Mapping[str, Any]) -> list[str]:
    """Return the names of all files that a manifest names, as the viewer fetches them."""
    parts = [manifest[part] for part in ("volume", "labels", "tree")]
    names = [part["file"] for part in parts if part]
    return names + [name for run in manifest["runs"] for name in dict.fromkeys(run["frames"])]
