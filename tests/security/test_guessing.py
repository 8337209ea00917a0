"""An attacker guesses, tries again, or uses what was somebody's a moment ago.

Lock-outs, second factors, recovery codes and sessions are attacked in ``tests/accounts``.
"""

import re
import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.test import Client, RequestFactory

from reader_study.accounts.models import User
from reader_study.studies.invitations import TOKEN_BYTES, invite
from reader_study.studies.models import Invitation, Role
from tests.cast import browser_of, make_study, next_code, open_with_cases

pytestmark = pytest.mark.django_db

JSON = "application/json"
PASSWORD = "correct horse battery"


@pytest.fixture
def lucy(db: None, slow_hashes: None) -> User:
    return User.objects.create_user("lucy", password=PASSWORD)


def sign_in(username: str, password: str = PASSWORD) -> Any:
    """Sign in with a new browser; return the answer and leave the browser in it."""
    return Client().post(
        "/api/session", {"username": username, "password": password}, content_type=JSON
    )


def test_a_wrong_password_and_a_name_of_nobody_are_refused_alike(lucy):
    """An attacker finds out which accounts there are by what is said to wrong passwords."""
    known, unknown = sign_in("lucy", "wrong"), sign_in("nobody-of-that-name", "wrong")
    assert known.status_code == unknown.status_code
    assert 400 <= known.status_code < 500
    assert known.content == unknown.content


def test_nor_do_they_differ_by_the_time_that_they_take(lucy):
    """An attacker measures whether a password was hashed at all."""
    took: dict[str, list[float]] = {"lucy": [], "nobody-of-that-name": []}
    for _ in range(4):
        for username, times in took.items():
            began = time.process_time()
            authenticate(RequestFactory().post("/"), username=username, password="wrong")
            times.append(time.process_time() - began)
    known, unknown = map(statistics.median, took.values())
    assert unknown > known / 2


def test_passwords_are_kept_as_slow_hashes(lucy):
    """An attacker who read the table of accounts tries passwords by the billion."""
    assert re.match(r"(pbkdf2_sha256\$\d{6,}|argon2|scrypt|bcrypt)", lucy.password)
    assert PASSWORD not in lucy.password


def test_no_password_that_everybody_tries_first_is_taken():
    """An attacker tries the hundred passwords that most people have."""
    study = make_study()
    for number, password in enumerate(["password1234", "qwertyuiop", "123456789012", "short"]):
        _, token = invite(
            study=study,
            role=Role.STATISTICIAN,
            sites=[],
            invited="x",
            actor=User.objects.get(username="carol"),
        )
        account = {"username": f"new{number}", "full_name": "New", "password": password}
        answer = Client().post(f"/api/invitations/{token}/accept", account, content_type=JSON)
        assert answer.status_code == 400, password


def test_a_link_cannot_be_guessed_and_is_not_kept(lucy):
    """An attacker tries links, or reads them where they are stored."""
    study = make_study()
    tokens = [
        invite(
            study=study,
            role=Role.STATISTICIAN,
            sites=[],
            invited="x",
            actor=User.objects.get(username="carol"),
        )[1]
        for _ in range(20)
    ]
    assert TOKEN_BYTES * 8 >= 256
    assert len(set(tokens)) == 20
    assert len({token[:6] for token in tokens}) == 20
    stored = str(list(Invitation.objects.values()))
    assert not [token for token in tokens if token in stored]
    stranger = Client()
    token = tokens[0]
    answers = {
        stranger.get(f"/api/invitations/{guess}").content
        for guess in (token[:-1], token + "a", token.swapcase(), token[1:], "a" * 43, "0")
    }
    assert len(answers) == 1
    assert stranger.get(f"/api/invitations/{token}").status_code == 200


def test_a_link_serves_one_person_once(lucy):
    """An attacker finds a used link in somebody's mail."""
    study = make_study()
    _, token = invite(
        study=study,
        role=Role.STATISTICIAN,
        sites=[],
        invited="x",
        actor=User.objects.get(username="carol"),
    )
    address = f"/api/invitations/{token}/accept"
    assert browser_of("lucy").post(address, {}, content_type=JSON).status_code == 200
    assert browser_of("stan").post(address, {}, content_type=JSON).status_code == 409
    account = {"username": "mallory", "full_name": "M", "password": PASSWORD}
    answer = Client().post(f"/api/invitations/{token}/accept", account, content_type=JSON)
    assert answer.status_code == 409
    assert not User.objects.filter(username="mallory").exists()


# -- what was somebody's a moment ago ------------------------------------------------------------


def stolen(browser: Client) -> Client:
    """Another browser with a copy of the session's cookie."""
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = browser.cookies[
        settings.SESSION_COOKIE_NAME
    ].value
    return thief


def log_out(browser: Client) -> None:
    """End the session as the page does."""
    assert browser.delete("/api/session").status_code == 204


def change_password(browser: Client) -> None:
    """Have the person's password be another one."""
    user = User.objects.get(username="ruth")
    user.set_password("another horse battery")
    user.save()


def deactivate(browser: Client) -> None:
    """Have an administrator switch the account off."""
    User.objects.filter(username="ruth").update(is_active=False)


ENDS: list[Callable[[Client], None]] = [log_out, change_password, deactivate]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_a_stolen_session_ends_with_its_own(monkeypatch, end):
    """An attacker copied a session's cookie; its owner logs out or changes the password."""
    study = open_with_cases(1)
    ruth = browser_of("ruth")
    thief = stolen(ruth)
    code = next_code(study, "ruth")
    base = thief.get(f"/api/reading/cases/{code}").json()["media"]["base"]
    assert thief.get(f"{base}volume.bin").status_code == 200
    end(ruth)
    assert thief.get(f"/api/reading/{study.pk}/worklist").status_code in {401, 403}
    assert thief.get(f"/api/reading/cases/{code}").status_code in {401, 403}
    assert thief.get("/api/session").json()["user"] is None
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 61)  # as long as images go unasked
    assert thief.get(f"{base}volume.bin").status_code == 404


def test_signing_in_again_revives_no_old_session(lucy):
    """An attacker keeps the cookie of yesterday and waits until its owner is back."""
    browser = Client()
    credentials = {"username": "lucy", "password": PASSWORD}
    assert browser.post("/api/session", credentials, content_type=JSON).status_code == 200
    thief = stolen(browser)
    log_out(browser)
    assert browser.post("/api/session", credentials, content_type=JSON).status_code == 200
    assert thief.get("/api/session").json()["user"] is None
    assert browser.get("/api/session").json()["user"] is not None


@pytest.mark.parametrize(
    "username", ["LUCY", "lucy ", "lucy\u200b", "ｌucy", "lucy'--", "' OR 1=1"]
)
def test_no_other_spelling_of_a_name_signs_in(lucy, username):
    """An attacker goes around a lock-out, or into another account, by letters that look alike."""
    answer = sign_in(username)
    if answer.status_code == 200:
        assert username.strip() == "lucy"


def test_no_account_is_made_that_looks_like_another(lucy):
    """An attacker with a link takes a name that people take for somebody else's."""
    study = make_study()
    for username in ("LUCY", "Lucy", "ｌucy", "lucy\u200b", "lucy\n", "<b>lucy</b>"):
        _, token = invite(
            study=study,
            role=Role.STATISTICIAN,
            sites=[],
            invited="x",
            actor=User.objects.get(username="carol"),
        )
        account = {"username": username, "full_name": "L", "password": PASSWORD}
        answer = Client().post(f"/api/invitations/{token}/accept", account, content_type=JSON)
        assert answer.status_code == 400, username
