"""Signing in and out."""

import pytest
from django.test import Client

from reader_study.accounts.models import User
from reader_study.audit.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def ruth() -> User:
    return User.objects.create_user("ruth", password="hemispheres-and-siphons")


def sign_in(client: Client, password: str, **headers: str):
    return client.post(
        "/api/session",
        {"username": "ruth", "password": password},
        content_type="application/json",
        headers=headers,
    )


def test_a_stranger_is_nobody_and_gets_a_csrf_cookie(client):
    answer = client.get("/api/session")
    assert answer.json()["user"] is None
    assert "csrftoken" in answer.cookies


def test_the_right_password_signs_in_and_out(client, ruth):
    assert sign_in(client, "hemispheres-and-siphons").json()["user"]["username"] == "ruth"
    assert client.get("/api/studies").status_code == 200
    assert client.delete("/api/session").status_code == 204
    assert client.get("/api/studies").status_code == 403
    actions = list(Event.objects.values_list("action", flat=True))
    assert actions == ["signed in", "signed out"]


def test_a_wrong_password_is_refused_in_one_sentence(client, ruth):
    answer = sign_in(client, "wrong")
    assert answer.status_code == 400
    assert answer.json()["detail"] == "User name or password is wrong."
    assert Event.objects.get().action == "sign-in refused"


def test_a_sign_in_from_a_foreign_page_is_refused(ruth):
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict, "hemispheres-and-siphons").status_code == 403
    token = strict.get("/api/session").cookies["csrftoken"].value
    answer = sign_in(strict, "hemispheres-and-siphons", **{"X-CSRFToken": token})
    assert answer.status_code == 200
