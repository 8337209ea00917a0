"""Codes of an app, recovery codes, and what they open."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.test import Client

from reader_study.accounts.models import User
from reader_study.audit.models import Event
from tests.accounts.authenticating import (
    code_of,
    empty_cache,
    post,
    proof,
    sign_in,
    with_app,
    with_password,
    wrong_code,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ruth() -> User:
    return with_password("ruth")


def set_up(client: Client) -> tuple[str, list[str]]:
    """Add an app as a person does; return its secret and the recovery codes."""
    secret = post(client, "/api/account/app/secret", **proof()).json()["secret"]
    answer = post(client, "/api/account/app", code=code_of(secret))
    assert answer.status_code == 200, answer.content
    return secret, answer.json()["recovery_codes"]


def test_whoever_has_a_second_factor_is_asked_for_it(client, ruth):
    secret = with_app(ruth)
    asked = sign_in(client)
    assert asked.status_code == 403
    assert "code" in asked.json()["detail"]
    assert client.get("/api/session").json()["user"] is None
    answer = sign_in(client, code=code_of(secret))
    assert answer.json()["second_factor"] == "given"


def test_a_code_is_good_once_even_if_the_cache_is_emptied(client, ruth):
    secret = with_app(ruth)
    code = code_of(secret)
    assert sign_in(client, code=code).status_code == 200
    empty_cache()
    again = sign_in(Client(), code=code)
    assert again.status_code == 400
    assert "used already" in again.json()["detail"]


def test_a_code_of_a_step_before_the_last_used_one_is_refused(client, ruth):
    secret = with_app(ruth)
    assert sign_in(client, code=code_of(secret)).status_code == 200
    assert sign_in(Client(), code=code_of(secret, steps_ahead=-1)).status_code == 400
    assert sign_in(Client(), code=code_of(secret, steps_ahead=1)).status_code == 200


def test_the_code_that_set_the_app_up_does_not_log_in(client, ruth):
    client.force_login(ruth)
    secret = post(client, "/api/account/app/secret", **proof()).json()["secret"]
    code = code_of(secret)
    assert post(client, "/api/account/app", code=code).status_code == 200
    assert sign_in(Client(), code=code).status_code == 400


def test_what_codes_are_made_from_is_sealed_in_the_database(client, ruth):
    client.force_login(ruth)
    secret, codes = set_up(client)
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    assert not [code for code in codes if code in stored]


def test_setting_up_needs_the_password_and_a_right_code(client, ruth):
    client.force_login(ruth)
    assert post(client, "/api/account/app/secret", password="x").status_code == 403
    assert post(client, "/api/account/app", code="123456").status_code == 400
    told = post(client, "/api/account/app/secret", **proof()).json()
    assert told["qr_svg"].lstrip().startswith("<?xml") or "<svg" in told["qr_svg"]
    assert told["address"].startswith("otpauth://totp/ruth?secret=" + told["secret"])
    assert post(client, "/api/account/app", code=wrong_code(told["secret"])).status_code == 400
    assert client.get("/api/account").json()["app_since"] is None


def test_the_session_in_which_it_was_set_up_has_it_under_a_new_key(client, ruth):
    client.force_login(ruth)
    before = client.cookies["sessionid"].value
    _, codes = set_up(client)
    assert len(codes) == len(set(codes)) == 10
    assert client.cookies["sessionid"].value != before
    assert client.get("/api/session").json()["second_factor"] == "given"
    actions = set(Event.objects.values_list("action", flat=True))
    assert {"second factor added", "recovery codes made"} <= actions


def test_a_recovery_code_logs_in_once(client, ruth):
    client.force_login(ruth)
    _, codes = set_up(client)
    assert sign_in(Client(), code=codes[3]).status_code == 200
    assert sign_in(Client(), code=codes[3]).status_code == 400
    assert client.get("/api/account").json()["recovery_codes_left"] == 9
    assert Event.objects.filter(action="recovery code used").count() == 1


def test_new_recovery_codes_make_the_old_ones_useless(client, ruth):
    client.force_login(ruth)
    secret, codes = set_up(client)
    answer = post(
        client, "/api/account/recovery-codes", **proof(code=code_of(secret, steps_ahead=1))
    )
    assert not set(answer.json()["recovery_codes"]) & set(codes)
    assert sign_in(Client(), code=codes[0]).status_code == 400


def test_the_password_alone_removes_nothing(client, ruth):
    client.force_login(ruth)
    secret, _ = set_up(client)
    assert post(client, "/api/account/app/remove", **proof()).status_code == 403
    removed = post(client, "/api/account/app/remove", **proof(code=code_of(secret, steps_ahead=1)))
    assert removed.status_code == 204
    assert client.get("/api/session").json()["second_factor"] == "none"
    assert client.get("/api/account").json()["recovery_codes_left"] == 0


def test_a_session_that_began_without_it_gives_it_later(client, ruth):
    client.force_login(ruth)
    secret = with_app(ruth)
    assert client.get("/api/session").json()["second_factor"] == "to-give"
    assert post(client, "/api/session/second-factor").status_code == 400
    given = post(client, "/api/session/second-factor", code=code_of(secret))
    assert given.json()["second_factor"] == "given"


@pytest.mark.parametrize(
    "credential",
    [
        {"id": "x"},
        {"response": 1},
        {"response": {"userHandle": "!!"}},
        {"id": 1, "rawId": [], "type": {}},
    ],
)
def test_what_is_no_passkey_is_refused_in_a_sentence(client, ruth, credential):
    post(client, "/api/session/passkey-question")
    answer = post(client, "/api/session/passkey", credential=credential)
    assert answer.status_code == 400
    assert "passkey" in answer.json()["detail"]


def test_somebody_elses_passkey_is_not_found(client, ruth):
    client.force_login(ruth)
    other = Authenticator.objects.create(
        user=with_password("rob"), type="webauthn", data={"name": "Rob's"}
    )
    assert post(client, f"/api/account/passkeys/{other.pk}/remove", **proof()).status_code == 404


def test_an_operator_resets_the_second_factors_of_somebody_who_lost_them(client, ruth):
    with_app(ruth)
    call_command("reset_second_factor", "ruth")
    assert sign_in(client).status_code == 200
    assert Event.objects.filter(action="second factors reset", subject="ruth").exists()
