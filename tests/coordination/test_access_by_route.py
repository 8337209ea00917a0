"""Every address again: without a second factor, with a session that ran out, with a token.

The scene and the table of what is granted are those of ``test_rights``.
"""

import itertools
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from reader_study.accounts.models import BrowserSession, TokenScope, User
from reader_study.accounts.second_factor import SECOND_FACTOR_AT
from reader_study.accounts.session_store import SessionStore
from reader_study.accounts.tokens import create_token
from reader_study.http.study_gate import belongs_to_no_study
from tests.coordination.test_rights import (
    EVERYBODY,
    GRANTED,
    METHODS,
    SIGNED_IN,
    Scene,
    lock,
    scene,
    send,
)

__all__ = ["scene"]  # the fixture
pytestmark = pytest.mark.django_db

NEEDED = "urn:reader-study:problem:second-factor-needed"
ENDED = "urn:reader-study:problem:session-ended"

TELLS_NOTHING_OF_A_STUDY = {
    route for route in GRANTED if not route.startswith(("api/studies/<", "api/reading/", "media/"))
}

STUDY = "api/studies/<uuid:study_id>"
TAKES_TOKENS: dict[tuple[str, str], TokenScope] = {
    ("api/studies", "GET"): TokenScope.READ,
    (STUDY, "GET"): TokenScope.READ,
    (f"{STUDY}/progress", "GET"): TokenScope.READ,
    (f"{STUDY}/protocol", "GET"): TokenScope.READ,
    (f"{STUDY}/cases", "GET"): TokenScope.READ,
    (f"{STUDY}/cases/<uuid:case_id>", "GET"): TokenScope.READ,
    (f"{STUDY}/storage", "GET"): TokenScope.READ,
    (f"{STUDY}/uploads", "GET"): TokenScope.READ,
    (f"{STUDY}/uploads", "POST"): TokenScope.UPLOAD,
    (f"{STUDY}/uploads/<uuid:upload_id>", "DELETE"): TokenScope.UPLOAD,
    (f"{STUDY}/uploads/<uuid:upload_id>/complete", "POST"): TokenScope.UPLOAD,
    (f"{STUDY}/uploads/<uuid:upload_id>/files", "GET"): TokenScope.UPLOAD,
    (f"{STUDY}/uploads/<uuid:upload_id>/files", "POST"): TokenScope.UPLOAD,
    (f"{STUDY}/uploads/<uuid:upload_id>/files/<uuid:file_id>", "PATCH"): TokenScope.UPLOAD,
    (f"{STUDY}/uploads/<uuid:upload_id>/files/<uuid:file_id>", "DELETE"): TokenScope.UPLOAD,
    (f"{STUDY}/manifest", "POST"): TokenScope.UPLOAD,
    (f"{STUDY}/report", "GET"): TokenScope.EXPORT,
    (f"{STUDY}/export.<str:kind>", "GET"): TokenScope.EXPORT,
    (f"{STUDY}/consensus.<str:kind>", "GET"): TokenScope.EXPORT,
}


def granted_requests(routes: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Every route, method and person that the table of rights lets through."""
    for route, method in itertools.product(routes, METHODS):
        for username in sorted(GRANTED[route].get(method, frozenset()) & SIGNED_IN):
            yield route, method, username


def asked(scene: Scene, username: str, method: str, route: str) -> Any:
    """Ask, and leave no trace."""
    with transaction.atomic():
        answer = send(scene, username, method, scene.address(route))
        transaction.set_rollback(True)
    return answer


def problem(answer: Any) -> tuple[int, str]:
    """The status of an answer, and the kind of problem that it tells."""
    kind = ""
    if not answer.streaming and "json" in answer.headers.get("Content-Type", ""):
        body = answer.json()
        kind = body.get("type", "") if isinstance(body, dict) else ""
    return answer.status_code, kind


def test_only_routes_that_tell_nothing_of_a_study_are_left_open():
    left_open = {route for route in GRANTED if belongs_to_no_study(route)}
    assert left_open == TELLS_NOTHING_OF_A_STUDY


def test_a_route_that_nobody_thought_of_is_closed():
    assert not belongs_to_no_study("api/something-new")


def test_a_study_with_that_rule_is_closed_to_its_people_without_a_second_factor(scene):
    lock(scene.study)
    scene.study.second_factor_required = True
    scene.study.save(update_fields=["second_factor_required"])
    routes = [route for route in GRANTED if route not in TELLS_NOTHING_OF_A_STUDY]
    open_all_the_same = [
        f"{method} {route} as {username}"
        for route, method, username in granted_requests(routes)
        if problem(asked(scene, username, method, route)) != (403, NEEDED)
    ]
    assert open_all_the_same == []


def test_it_is_open_to_sessions_with_one_and_tells_strangers_nothing(scene):
    lock(scene.study)
    scene.study.second_factor_required = True
    scene.study.save(update_fields=["second_factor_required"])
    for key in scene.sessions.values():
        session = SessionStore(key)
        session[SECOND_FACTOR_AT] = 1.0
        session.save()
    closed = []
    for route, method, username in granted_requests(GRANTED):
        if method == "GET" and username in {"carol", "ruth"}:
            status, kind = problem(asked(scene, username, method, route))
            closed += [f"{route}: {status}"] if kind == NEEDED or status in {401, 403} else []
    assert closed == []
    cases = f"{STUDY}/cases"
    assert asked(scene, "stan", "GET", cases).status_code == 404
    assert asked(scene, "eve", "GET", cases).status_code == 404


def test_a_session_that_ran_out_opens_nothing_to_anybody(scene):
    BrowserSession.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    open_all_the_same = []
    for route, method, username in granted_requests(GRANTED):
        if GRANTED[route][method] == EVERYBODY:
            continue
        status, kind = problem(asked(scene, username, method, route))
        if (status, kind) != (403, ENDED) and status != 404:
            open_all_the_same.append(f"{method} {route} as {username}: {status}")
    assert open_all_the_same == []


def token_of(username: str, scopes: Iterable[TokenScope], **more: Any) -> str:
    """A token that the person made."""
    wish = {"only_study": None, "second_factor": False, **more}
    person = User.objects.get(username=username)
    return create_token(person=person, name="script", scopes=list(scopes), days=1, **wish)[1]


def with_token(token: str, method: str, address: str) -> Any:
    """Ask as a script, and leave no trace."""
    with transaction.atomic():
        answer = Client().generic(
            method,
            address,
            b"{}",
            "application/json",
            headers={"Authorization": f"Bearer {token}"},
        )
        transaction.set_rollback(True)
    return answer


def test_tokens_are_taken_where_the_table_says_so_and_nowhere_else(scene):
    everything = {name: token_of(name, TokenScope) for name in ("carol", "ruth")}
    wrong = []
    for route, method in itertools.product(GRANTED, METHODS):
        if route.startswith(("media/", "api/schema")) or method not in GRANTED[route]:
            continue
        for username, token in everything.items():
            status = with_token(token, method, scene.address(route)).status_code
            taken = status not in {401, 403, 404, 405} and status < 500
            if taken != ((route, method) in TAKES_TOKENS and username in GRANTED[route][method]):
                wrong.append(f"{method} {route} as {username}: {status}")
    assert wrong == []


def test_a_token_opens_what_its_scope_names_and_no_more(scene):
    wrong = []
    for scope in TokenScope:
        token = token_of("carol", [scope])
        for (route, method), needed in TAKES_TOKENS.items():
            status = with_token(token, method, scene.address(route)).status_code
            if (status not in {401, 403}) != (scope == needed):
                wrong.append(f"{method} {route} with {scope}: {status}")
    assert wrong == []


def test_images_take_no_token(scene):
    address = scene.address("media/<str:token>/<path:name>")
    assert with_token(token_of("ruth", TokenScope), "GET", address).status_code == 404


def test_a_token_without_a_second_factor_does_not_open_a_study_that_asks_for_one(scene):
    scene.study.second_factor_required = True
    scene.study.save(update_fields=["second_factor_required"])
    address = scene.address(f"{STUDY}/cases")
    weak, strong = (
        token_of("carol", [TokenScope.READ], second_factor=given) for given in (False, True)
    )
    assert problem(with_token(weak, "GET", address)) == (403, NEEDED)
    assert with_token(strong, "GET", address).status_code == 200
