"""Tokens for scripts: shown once, kept as a hash, for a while and no longer."""

import hashlib
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from reader_study.accounts.models import ApiToken, User
from reader_study.audit.models import Event
from tests.accounts.authenticating import post, proof, with_password
from tests.cast import make_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def study():
    return make_study()


@pytest.fixture
def carol(study, client: Client) -> User:
    person = with_password("carol")
    client.force_login(person)
    return person


def make(client: Client, **wish) -> str:
    """Make a token on the Account page."""
    answer = post(
        client, "/api/account/tokens", **proof(**{"name": "nightly", "scopes": ["read"], **wish})
    )
    assert answer.status_code == 201, answer.content
    return answer.json()["token"]


def ask(token: str, address: str = "/api/studies") -> int:
    """Ask as a script."""
    return Client().get(address, headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_token_works_and_only_its_hash_is_kept(client, carol):
    token = make(client)
    assert ask(token) == 200
    kept = ApiToken.objects.get()
    assert kept.sha256 == hashlib.sha256(token.encode()).hexdigest()
    stored = str(list(ApiToken.objects.values()))
    assert token not in stored
    assert token.startswith(kept.prefix)
    assert token not in client.get("/api/account").content.decode()
    assert client.get("/api/account").json()["tokens"][0]["last_used_at"] is not None


def test_it_ends_after_ninety_days_and_lives_a_year_at_most(client, carol):
    make(client)
    left = ApiToken.objects.get().expires_at - timezone.now()
    assert timedelta(days=89) < left <= timedelta(days=90)
    wish = proof(name="n", scopes=["read"], days=366)
    assert post(client, "/api/account/tokens", **wish).status_code == 400


def test_an_expired_a_revoked_and_a_made_up_token_open_nothing(client, carol):
    expired, revoked = make(client), make(client)
    ApiToken.objects.filter(sha256=hashlib.sha256(expired.encode()).hexdigest()).update(
        expires_at=timezone.now()
    )
    last = ApiToken.objects.get(sha256=hashlib.sha256(revoked.encode()).hexdigest())
    assert client.delete(f"/api/account/tokens/{last.pk}").status_code == 204
    assert [ask(token) for token in (expired, revoked, "rst_made-up", "")] == [401] * 4


def test_the_token_of_somebody_whose_account_is_closed_opens_nothing(client, carol):
    token = make(client)
    User.objects.filter(pk=carol.pk).update(is_active=False)
    assert ask(token) == 401


def test_making_one_needs_the_password(client, carol):
    wish = {"name": "n", "scopes": ["read"], "password": "wrong"}
    assert post(client, "/api/account/tokens", **wish).status_code == 403
    assert not ApiToken.objects.exists()


def test_a_token_makes_no_token(client, carol):
    token = make(client, scopes=["read", "upload", "export"])
    answer = Client().post(
        "/api/account/tokens",
        proof(name="n", scopes=["read"]),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 403


def test_a_token_of_one_study_opens_no_other(client, carol, study):
    other = make_study("veins")
    token = make(client, only_study=str(study.id))
    assert ask(token, f"/api/studies/{study.id}/cases") == 200
    assert ask(token, f"/api/studies/{other.id}/cases") == 403
    listed = Client().get("/api/studies", headers={"Authorization": f"Bearer {token}"}).json()
    assert [entry["id"] for entry in listed] == [str(study.id)]


def test_a_token_does_what_its_person_may_and_no_more(client, carol, study):
    token = make(client, only_study=str(uuid.uuid4()))
    assert ask(token, f"/api/studies/{study.id}/cases") == 403
    stan = with_password("stan")
    other = Client()
    other.force_login(stan)
    assert ask(make(other), f"/api/studies/{study.id}/cases") == 404


def test_making_and_revoking_stand_in_the_trail_without_the_token(client, carol):
    token = make(client)
    client.delete(f"/api/account/tokens/{ApiToken.objects.get().pk}")
    events = Event.objects.filter(action__startswith="API token")
    assert [event.action for event in events.order_by("sequence")] == [
        "API token made",
        "API token revoked",
    ]
    assert token not in str(list(events.values()))


def test_scripts_send_without_the_token_against_forged_forms(client, carol, study):
    token = make(client, scopes=["upload"])
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(
        f"/api/studies/{study.id}/uploads",
        {"site": "north", "name": "a.zip", "files": 1, "size_bytes": 1},
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 201
