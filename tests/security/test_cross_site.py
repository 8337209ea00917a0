"""What another site can do through the browser of somebody who is signed in here: nothing."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from reader_study.accounts.models import User
from reader_study.studies.invitations import invite
from reader_study.studies.models import Role
from tests.coordination.test_rights import ANONYMOUS, EVERYBODY, GRANTED
from tests.security.attacker import JSON, UNSAFE, Attacker, calls
from tests.security.posted import bodies

pytestmark = pytest.mark.django_db

EVIL = "https://evil.example"


def answers(attacker: Attacker, **sent: Any) -> dict[str, int]:
    """Send every method that changes anything, as somebody who may; return the statuses."""
    return {
        f"{method} {route}": attacker.send(
            username, method, attacker.scene.address(route), **sent
        ).status_code
        for route, method, username in calls(UNSAFE)
    }


def not_refused(statuses: dict[str, int]) -> dict[str, int]:
    """Return what was not refused for where it came from."""
    return {call: status for call, status in statuses.items() if status != 403}


def test_with_the_pages_own_token_no_request_is_refused_for_want_of_one(attacker):
    """The control: the refusals below come from what is missing there, and from nothing else."""
    statuses = answers(attacker)
    assert len(statuses) > 25
    assert [call for call, status in statuses.items() if status == 403] == []


@pytest.mark.parametrize(
    "content_type",
    [
        JSON,
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=b",
        "application/offset+octet-stream",
        "",
    ],
)
def test_a_foreign_page_cannot_send_anything_that_changes_anything(scene, content_type):
    """A foreign form or script uses the cookies of a signed-in person, but knows no token."""
    assert not_refused(answers(Attacker(scene, with_token=False), content_type=content_type)) == {}


def test_a_token_that_the_attacker_made_up_is_of_no_use(scene):
    """A foreign page sends a token of its own, which is not the cookie's."""
    forged = {"HTTP_X_CSRFTOKEN": "a" * 32}
    assert not_refused(answers(Attacker(scene, with_token=False), **forged)) == {}


@pytest.mark.parametrize("origin", [EVIL, "null", "http://testserver.evil.example", "file://"])
def test_even_with_the_token_a_foreign_origin_is_refused(attacker, origin):
    """An attacker who got hold of the token sends it from a page of their own."""
    assert not_refused(answers(attacker, HTTP_ORIGIN=origin)) == {}


@pytest.mark.parametrize("referer", [f"{EVIL}/a", "https://testserver.evil.example/", "", "x"])
def test_over_https_a_foreign_or_missing_referer_is_refused(attacker, referer):
    """A browser that sends no Origin says by Referer where the form came from."""
    sent = {"HTTP_REFERER": referer} if referer else {}
    assert not_refused(answers(attacker, secure=True, **sent)) == {}


def test_json_that_is_called_plain_text_is_not_read(attacker):
    """A foreign form can send JSON as text/plain without being asked by the browser first."""
    read = {}
    for route, method, username, _ in bodies():
        answer = attacker.send(
            username,
            method,
            attacker.scene.address(route),
            b'{"username":"stan","password":"x","reason":"x","=":"x"}',
            "text/plain",
        )
        if answer.status_code != 415:
            read[route] = answer.status_code
    assert read == {}


@pytest.mark.parametrize("override", ["DELETE", "PATCH", "POST", "delete", "CONNECT", "__class__"])
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "OPTIONS"])
def test_no_header_turns_a_harmless_request_into_another_without_the_token(scene, method, override):
    """An attacker hides the method in a header, so that the check for forgeries sees a GET."""
    attacker = Attacker(scene, with_token=False)
    files = set(scene.study.uploads.get().files.values_list("pk", flat=True))
    for route in (
        "api/studies/<uuid:study_id>/uploads/<uuid:upload_id>/files/<uuid:file_id>",
        "api/studies/<uuid:study_id>/uploads/<uuid:upload_id>/files",
        "api/studies/<uuid:study_id>/uploads/<uuid:upload_id>",
        "api/studies/<uuid:study_id>/invitations/<uuid:invitation_id>/revoke",
    ):
        answer = attacker.send(
            "carol",
            method,
            scene.address(route) + "?_method=DELETE",
            HTTP_X_HTTP_METHOD_OVERRIDE=override,
            HTTP_X_METHOD_OVERRIDE=override,
            HTTP_X_HTTP_METHOD=override,
            HTTP_TUS_RESUMABLE="1.0.0",
        )
        assert answer.status_code in {200, 204, 403, 405}
        if answer.status_code in {200, 204}:
            assert method != "POST"
            assert override.upper() not in UNSAFE or "files" not in route
    assert set(scene.study.uploads.get().files.values_list("pk", flat=True)) == files


def test_no_get_changes_anything(attacker):
    """An attacker's picture or link has somebody's browser fetch any address here."""
    from reader_study.audit.models import Event

    told = {}
    for route, of_method in GRANTED.items():
        if "GET" not in of_method:
            continue
        for username in of_method["GET"] - {ANONYMOUS}:
            before = Event.objects.count()
            attacker.browser.cookies.clear()
            attacker.browser.cookies[settings.SESSION_COOKIE_NAME] = attacker.scene.sessions[
                username
            ]
            attacker.browser.get(attacker.scene.address(route))
            if Event.objects.count() != before:
                told[route] = Event.objects.latest("pk").action
    leaving = {"exported", "audit trail exported", "case seen unblinded", "consensus exported"}
    assert set(told.values()) <= leaving, told


# -- where the answer leads -------------------------------------------------------------------


def test_no_parameter_leads_to_another_site(attacker):
    """An attacker's link to this site has it forward whoever follows it to theirs."""
    names = ("next", "redirect", "redirect_to", "return", "url", "continue", "location", "to")
    query = "&".join(f"{name}={EVIL}/{name}" for name in names)
    pages = ["/", "/login", "/login/", "/studies", "/join/x", "//evil.example", "//evil.example/.."]
    pages += ["/%5cevil.example", "/%09//evil.example", "/https:evil.example", "/.//evil.example"]
    addresses = pages + [attacker.scene.address(route) for route in GRANTED]
    for address in addresses:
        for username in ("carol", ANONYMOUS):
            answer = attacker.send(username, "GET", f"{address}?{query}")
            assert not 300 <= answer.status_code < 400, address
            assert "Location" not in answer.headers


def test_signing_in_and_joining_lead_nowhere_else(client, scene):
    """An attacker's link signs somebody in and sends them on."""
    User.objects.create_user("lucy", password="correct horse battery")
    answer = client.post(
        f"/api/session?next={EVIL}",
        {"username": "lucy", "password": "correct horse battery", "next": EVIL},
        content_type=JSON,
    )
    assert answer.status_code == 200
    assert EVIL not in answer.content.decode()
    assert "Location" not in answer.headers


# -- under which name the server is called ----------------------------------------------------


@pytest.mark.parametrize(
    "host",
    ["evil.example", "testserver@evil.example", "testserver.evil.example", "a b", "", "[::1", "☃"],
)
def test_another_host_is_refused(client, host):
    """An attacker calls the server by their own name, to find it in links and caches."""
    for address in ("/", "/login", "/api/session", "/api/studies", "/ready"):
        answer = client.get(address, HTTP_HOST=host)
        assert answer.status_code == 400, address
        assert "evil.example" not in answer.content.decode()


def test_headers_of_proxies_name_no_other_host(attacker):
    """An attacker's X-Forwarded-Host is to stand in invitations, Location headers and pages."""
    forwarded = {
        "HTTP_X_FORWARDED_HOST": "evil.example",
        "HTTP_X_FORWARDED_SERVER": "evil.example",
        "HTTP_X_HOST": "evil.example",
        "HTTP_FORWARDED": "host=evil.example",
        "HTTP_X_ORIGINAL_URL": "/api/models",
        "HTTP_X_REWRITE_URL": "/api/models",
    }
    for route, method, username in calls():
        answer = attacker.send(username, method, attacker.scene.address(route), **forwarded)
        assert b"evil.example" not in answer.read, route
        assert "evil.example" not in str(answer.headers), route
    answer = attacker.send("ruth", "GET", "/", HTTP_X_ORIGINAL_URL="/api/models")
    assert b"max_bytes" not in answer.read


def test_an_invitation_is_an_address_without_a_host(attacker):
    """An attacker has a coordinator make a link that leads to the attacker's server."""
    address = f"/api/studies/{attacker.scene.study.pk}/invitations"
    answer = attacker.send(
        "carol",
        "POST",
        address,
        '{"invited": "x", "role": "rater"}',
        HTTP_X_FORWARDED_HOST="evil.example",
    )
    assert re.fullmatch(r"/join/[\w-]{40,}", answer.json()["link"])


# -- in a frame, and of which kind ------------------------------------------------------------


def test_nothing_can_be_framed_or_taken_for_another_kind(attacker):
    """An attacker lays an invisible frame of these pages under a button of their own."""
    for address in ["/", "/login", *[attacker.scene.address(route) for route in GRANTED]]:
        for username in ("carol", "ruth", "adam", ANONYMOUS):
            answer = attacker.send(username, "GET", address)
            assert answer.headers["X-Frame-Options"] == "DENY", address
            assert answer.headers["X-Content-Type-Options"] == "nosniff", address
            assert answer.headers["Referrer-Policy"] == "same-origin", address
            assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", address


def test_no_other_site_may_read_an_answer(attacker):
    """An attacker's script asks with the cookies of a signed-in person and reads the answer."""
    for route, method, username in calls():
        answer = attacker.send(username, "OPTIONS", attacker.scene.address(route), HTTP_ORIGIN=EVIL)
        plain = attacker.send(username, method, attacker.scene.address(route), HTTP_ORIGIN=EVIL)
        for one in (answer, plain):
            assert not [name for name in one.headers if name.startswith("Access-Control")], route


# -- sessions ---------------------------------------------------------------------------------


def test_a_session_that_the_attacker_chose_is_not_the_one_that_signs_in():
    """An attacker plants a session of their own and waits until somebody signs in to it."""
    User.objects.create_user("lucy", password="correct horse battery")
    attackers = Client()
    attackers.get("/login")
    planted = attackers.session
    planted["planted"] = True
    planted.save()
    for key in (str(planted.session_key), "k" * 32):
        victim = Client()
        victim.cookies[settings.SESSION_COOKIE_NAME] = key
        credentials = {"username": "lucy", "password": "correct horse battery"}
        assert victim.post("/api/session", credentials, content_type=JSON).status_code == 200
        assert victim.cookies[settings.SESSION_COOKIE_NAME].value != key
        thief = Client()
        thief.cookies[settings.SESSION_COOKIE_NAME] = key
        assert thief.get("/api/session").json()["user"] is None


def test_nor_is_it_the_one_that_joins_with_a_new_account(scene):
    """The same, where an invitation signs in whoever joins by it."""
    _, token = invite(
        study=scene.study,
        role=Role.STATISTICIAN,
        sites=[],
        invited="Lucy",
        actor=User.objects.get(username="carol"),
    )
    planted = Client()
    planted.get("/login")
    session = planted.session
    session.save()
    victim = Client()
    victim.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    account = {"username": "lucy", "full_name": "Lucy", "password": "correct horse battery"}
    answer = victim.post(f"/api/invitations/{token}/accept", account, content_type=JSON)
    assert answer.status_code == 200
    assert victim.cookies[settings.SESSION_COOKIE_NAME].value != session.session_key
    assert planted.get("/api/session").json()["user"] is None


def test_no_address_takes_a_session_from_anywhere_but_the_cookie(scene):
    """An attacker puts a session's key into a link, a header or a body."""
    key = scene.sessions["carol"]
    stranger = Client(headers={"sessionid": key, "authorization": f"Bearer {key}"})
    for name in ("sessionid", "session", "PHPSESSID"):
        assert stranger.get(f"/api/studies?{name}={key}").status_code in {401, 403}


def test_scripts_cannot_read_the_session(client):
    """A script that got into a page after all sends the session's key away."""
    User.objects.create_user("lucy", password="correct horse battery")
    credentials = {"username": "lucy", "password": "correct horse battery"}
    answer = client.post("/api/session", credentials, content_type=JSON)
    cookie = answer.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] in {"Lax", "Strict"}
    assert cookie.value not in answer.content.decode()


def test_everybody_is_tried():
    """The addresses and people of these tests are those of the table of rights."""
    assert {username for _, _, username in calls()} <= EVERYBODY
