"""Sessions end, and only what a person does keeps them alive."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils import timezone

from reader_study.accounts.models import BrowserSession, User
from reader_study.audit.models import Event
from tests.accounts.authenticating import PASSWORD, post, proof, sign_in, with_password

pytestmark = pytest.mark.django_db

ACTIVE = {"X-Person-Active": "1"}


@pytest.fixture
def ruth() -> User:
    return with_password("ruth")


@pytest.fixture
def clock():
    """Time that passes when told."""

    class Clock:
        now = timezone.now()

        def forward(self, **by: float) -> None:
            self.now += timedelta(**by)

    clock = Clock()
    with patch("django.utils.timezone.now", lambda: clock.now):
        yield clock


@pytest.fixture
def browser(client: Client, ruth: User, clock) -> Client:
    assert sign_in(client).status_code == 200
    return client


def studies(browser: Client, **headers: str):
    return browser.get("/api/studies", headers=headers)


def test_a_session_ends_half_an_hour_after_the_person_did_something(browser, clock):
    clock.forward(minutes=29)
    assert studies(browser).status_code == 200
    clock.forward(minutes=2)
    assert studies(browser).status_code == 403


def test_what_a_page_asks_by_itself_keeps_no_session_alive(browser, clock):
    for _ in range(29):
        clock.forward(minutes=1)
        assert studies(browser).status_code == 200
    clock.forward(minutes=2)
    assert studies(browser).status_code == 403


def test_what_a_person_does_keeps_it_alive_for_a_days_work_and_no_longer(browser, clock):
    for _ in range(12 * 3 - 1):
        clock.forward(minutes=20)
        assert studies(browser, **ACTIVE).status_code == 200
    clock.forward(minutes=21)
    assert studies(browser, **ACTIVE).status_code == 403


def test_a_session_that_ended_is_told_as_such_and_stands_in_the_trail_once(browser, clock):
    clock.forward(minutes=31)
    answer = studies(browser)
    assert "Your session has ended" in answer.json()["detail"]
    studies(browser)
    ended = Event.objects.get(action="session ended")
    assert (ended.actor_name, ended.detail) == ("ruth", {"because": "nothing was done"})
    assert not BrowserSession.objects.exists()


def test_the_page_is_told_how_long_the_session_goes_on(browser, clock):
    clock.forward(minutes=10)
    told = browser.get("/api/session").json()
    assert (told["ends_in_s"], told["ends_in_any_case_in_s"]) == (20 * 60, 12 * 3600 - 10 * 60)
    told = browser.get("/api/session", headers=ACTIVE).json()
    assert told["ends_in_s"] == 30 * 60


def test_a_session_that_ended_cannot_be_revived(browser, clock):
    clock.forward(minutes=31)
    assert studies(browser, **ACTIVE).status_code == 403
    assert browser.get("/api/session", headers=ACTIVE).json()["user"] is None


def test_the_key_is_a_new_one_after_log_in(client, ruth):
    client.post("/api/session/passkey-question")
    before = client.cookies["sessionid"].value
    sign_in(client)
    assert client.cookies["sessionid"].value != before
    assert not BrowserSession.objects.filter(pk=before).exists()


def test_a_key_that_somebody_else_chose_is_not_taken(client, ruth):
    client.cookies["sessionid"] = "a" * 32
    sign_in(client)
    assert client.cookies["sessionid"].value != "a" * 32


def test_another_password_ends_the_other_sessions_and_keeps_this_one(client, ruth):
    other = Client()
    sign_in(other)
    sign_in(client)
    before = client.cookies["sessionid"].value
    changed = post(client, "/api/account/password", **proof(new_password="carotid-and-basilar"))
    assert changed.status_code == 204
    assert client.cookies["sessionid"].value != before
    assert studies(client).status_code == 200
    assert studies(other).status_code == 403
    assert sign_in(Client(), password="carotid-and-basilar").status_code == 200
    event = Event.objects.get(action="password changed")
    assert event.detail == {"sessions_ended": 1}


def test_a_password_is_changed_by_nobody_who_does_not_know_it(client, ruth):
    client.force_login(ruth)
    wrong = post(client, "/api/account/password", password="x", new_password="carotid-and-basilar")
    assert wrong.status_code == 403
    weak = post(client, "/api/account/password", **proof(new_password="password"))
    assert weak.status_code == 400
    assert User.objects.get().check_password(PASSWORD)


def test_people_see_their_sessions_and_end_the_others(client, ruth):
    other = Client(HTTP_USER_AGENT="A phone", REMOTE_ADDR="203.0.113.9")
    sign_in(other)
    sign_in(client)
    sign_in(Client(), "somebody", "x")
    sessions = client.get("/api/account").json()["sessions"]
    assert [session["here"] for session in sessions].count(True) == 1
    assert {session["browser"] for session in sessions} >= {"A phone"}
    assert {session["address"] for session in sessions} == {"203.0.113.9", "127.0.0.1"}
    assert client.post("/api/account/end-other-sessions").status_code == 204
    assert studies(other).status_code == 403
    assert studies(client).status_code == 200
