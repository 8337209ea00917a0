"""Passkeys log in by themselves, and stand in for a code where one is asked for again."""

import pytest
from django.test import Client

from reader_study.accounts.models import User
from tests.accounts.authenticating import post, proof, sign_in, with_password
from tests.accounts.passkeys import Passkey

pytestmark = pytest.mark.django_db


@pytest.fixture
def ruth() -> User:
    return with_password("ruth")


@pytest.fixture
def key(client: Client, ruth: User) -> Passkey:
    """A passkey that ruth has added as people do."""
    client.force_login(ruth)
    question = post(client, "/api/account/passkeys/question", **proof()).json()["publicKey"]
    key = Passkey()
    answer = post(
        client, "/api/account/passkeys", name="My phone", credential=key.registration(question)
    )
    assert len(answer.json()["recovery_codes"]) == 10
    return key


def question(client: Client) -> dict:
    return post(client, "/api/session/passkey-question").json()["publicKey"]


def test_a_passkey_logs_in_without_name_and_password(ruth, key):
    client = Client()
    asked = question(client)
    assert asked["userVerification"] == "required"
    answer = post(client, "/api/session/passkey", credential=key.assertion(asked))
    assert answer.json()["user"]["username"] == "ruth"
    assert answer.json()["second_factor"] == "given"


def test_what_a_passkey_said_before_counts_for_nothing(ruth, key):
    client = Client()
    said = key.assertion(question(client))
    assert post(client, "/api/session/passkey", credential=said).status_code == 200
    assert post(Client(), "/api/session/passkey", credential=said).status_code == 400
    other = Client()
    question(other)
    assert post(other, "/api/session/passkey", credential=said).status_code == 400


def test_a_passkey_that_did_not_ask_who_holds_it_is_refused(ruth, key):
    client = Client()
    said = key.assertion(question(client), verified=False)
    assert post(client, "/api/session/passkey", credential=said).status_code == 400


def test_a_key_that_asks_for_no_pin_is_not_taken_at_all(client, ruth):
    client.force_login(ruth)
    asked = post(client, "/api/account/passkeys/question", **proof()).json()["publicKey"]
    credential = Passkey().registration(asked, verified=False)
    refused = post(client, "/api/account/passkeys", name="Key", credential=credential)
    assert refused.status_code == 400


def test_a_passkey_of_another_site_is_refused(ruth, key):
    client = Client()
    key._origin = "https://evil.example"
    said = key.assertion(question(client))
    assert post(client, "/api/session/passkey", credential=said).status_code == 400


def test_a_closed_account_stays_closed_to_its_passkey(ruth, key):
    User.objects.update(is_active=False)
    client = Client()
    said = key.assertion(question(client))
    assert post(client, "/api/session/passkey", credential=said).status_code == 400


def test_the_password_alone_logs_nobody_in_who_has_a_passkey(ruth, key):
    assert sign_in(Client()).status_code == 403


def test_a_passkey_shown_just_now_stands_in_for_a_code_once(client, ruth, key):
    said = key.assertion(question(client))
    assert post(client, "/api/session/second-factor", credential=said).status_code == 200
    assert post(client, "/api/account/recovery-codes", **proof()).status_code == 200
    assert post(client, "/api/account/recovery-codes", **proof()).status_code == 403


def test_somebody_elses_passkey_does_not_stand_in(client, ruth, key):
    rob = with_password("rob")
    Passkey().given_to(rob)
    other = Client()
    other.force_login(rob)
    said = key.assertion(question(other))
    assert post(other, "/api/session/second-factor", credential=said).status_code == 400


def test_a_passkey_is_removed_with_password_and_second_factor(client, ruth, key):
    (known,) = client.get("/api/account").json()["passkeys"]
    assert known["name"] == "My phone"
    address = f"/api/account/passkeys/{known['id']}/remove"
    refused = post(client, address, **proof())
    assert refused.status_code == 403
    assert refused.json()["type"] == "urn:reader-study:problem:code-needed"
    said = key.assertion(question(client))
    post(client, "/api/session/second-factor", credential=said)
    assert post(client, address, **proof()).status_code == 204
    assert sign_in(Client()).status_code == 200
