"""Log in by a directory (OpenID Connect), tried against one that runs within the test."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.test import Client

from reader_study.accounts.models import User
from reader_study.audit.models import Event
from reader_study.environment import OidcProvider
from tests.accounts.authenticating import post, with_password

pytestmark = pytest.mark.django_db

SECRET = "between-client-and-directory-0123456789"


class Provider:
    """A directory that vouches for one person; it keeps to the standard, and to nothing else."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {"sub": "s-1", "email": "ruth@north.example"}
        self.claims["email_verified"] = True
        self.asked: list[str] = []
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.asked.append(self.path)
                self._answer(
                    provider.claims if self.path == "/userinfo" else provider.configuration()
                )

            def do_POST(self) -> None:
                sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                provider.asked.append(self.path)
                assert "code_verifier" in sent
                self._answer(provider.tokens())

            def _answer(self, body: dict[str, Any]) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_address[1]}"

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
        }

    def tokens(self) -> dict[str, Any]:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": "reader-study", "iat": now, "exp": now + 60}
        return {
            "access_token": "access",
            "token_type": "Bearer",
            "id_token": jwt.encode({**claims, **self.claims}, SECRET, algorithm="HS256"),
        }


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    provider = Provider()
    thread = threading.Thread(target=provider.server.serve_forever, daemon=True)
    thread.start()
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "hospital",
                    "name": "North Hospital",
                    "client_id": "reader-study",
                    "secret": SECRET,
                    "settings": {"server_url": provider.issuer},
                }
            ],
        }
    }
    yield provider
    provider.server.shutdown()
    provider.server.server_close()


@pytest.fixture
def ruth() -> User:
    ruth = with_password("ruth")
    ruth.email = "ruth@north.example"
    ruth.save()
    return ruth


def come_back(client: Client, *, link: bool = False, **changed: str) -> Any:
    """Go to the directory and return from it."""
    address = post(client, "/api/session/directories/hospital", link=link).json()["address"]
    asked = parse_qs(urlsplit(address).query)
    assert asked["code_challenge_method"] == ["S256"]
    return client.get("/sign-in/hospital", {"code": "c", "state": asked["state"][0], **changed})


def who(client: Client) -> str | None:
    user = client.get("/api/session").json()["user"]
    return user and user["username"]


def test_an_address_that_the_directory_verified_opens_its_owners_account(client, ruth, provider):
    answer = come_back(client)
    assert answer.headers["Location"] == "/"
    assert who(client) == "ruth"
    assert Event.objects.filter(action="signed in", detail__by="hospital").exists()
    provider.claims["email"] = "another@north.example"  # linked by now: the address may change
    again = Client()
    come_back(again)
    assert who(again) == "ruth"


def test_an_address_that_nobody_verified_opens_nothing(client, ruth, provider):
    provider.claims["email_verified"] = False
    assert come_back(client).headers["Location"] == "/login?problem=no-account"
    assert who(client) is None


def test_no_account_is_ever_made(client, ruth, provider):
    provider.claims["email"] = "stranger@north.example"
    assert come_back(client).headers["Location"] == "/login?problem=no-account"
    assert User.objects.count() == 1


def test_an_address_of_two_people_opens_neither_account(client, ruth, provider):
    User.objects.create(username="twin", email="RUTH@north.example")
    come_back(client)
    assert who(client) is None


def test_a_closed_account_stays_closed(client, ruth, provider):
    User.objects.update(is_active=False)
    come_back(client)
    assert who(client) is None


def test_whoever_is_signed_in_links_their_account_and_takes_the_link_back(client, provider):
    rob = with_password("rob")
    client.force_login(rob)
    assert come_back(client, link=True).headers["Location"] == "/account"
    assert client.get("/api/session").json()["directories"][0]["linked"] is True
    other = Client()
    come_back(other)
    assert who(other) == "rob"
    assert client.delete("/api/session/directories/hospital").status_code == 204
    third = Client()
    come_back(third)
    assert who(third) is None


def test_somebody_elses_link_is_not_taken_over(client, ruth, provider):
    come_back(Client())
    rob = with_password("rob")
    client.force_login(rob)
    assert come_back(client, link=True).headers["Location"] == "/account?problem=linked"
    other = Client()
    come_back(other)
    assert who(other) == "ruth"


def test_an_answer_to_nobodys_question_is_refused(client, ruth, provider):
    answer = come_back(client, state="made-up")
    assert answer.headers["Location"] == "/login?problem=directory"
    assert who(client) is None


def test_an_answer_to_another_browsers_question_is_refused(client, ruth, provider):
    address = post(client, "/api/session/directories/hospital").json()["address"]
    state = parse_qs(urlsplit(address).query)["state"][0]
    victim = Client()
    victim.get("/sign-in/hospital", {"code": "c", "state": state})
    assert who(victim) is None


def test_a_token_for_another_program_opens_nothing(client, ruth, provider, monkeypatch):
    provider.claims["aud"] = "another-program"
    come_back(client)
    assert who(client) is None


def test_a_directory_session_has_no_second_factor(client, ruth, provider):
    come_back(client)
    assert client.get("/api/session").json()["second_factor"] == "none"


def test_a_directory_that_does_not_answer_is_said_in_a_sentence(client, settings, provider):
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"] = {
        "server_url": "http://127.0.0.1:9"
    }
    answer = post(client, "/api/session/directories/hospital")
    assert answer.status_code == 400
    assert answer.json()["detail"] == "North Hospital does not answer."


def test_there_is_no_directory_by_default(client):
    assert client.get("/api/session").json()["directories"] == []
    assert post(client, "/api/session/directories/hospital").status_code == 404


def test_a_setting_is_checked_and_hides_its_secret():
    described = {
        "id": "hospital",
        "name": "North Hospital",
        "issuer": "https://id.north.example",
        "client_id": "reader-study",
        "client_secret": SECRET,
    }
    assert SECRET not in repr(OidcProvider.model_validate(described))
    with pytest.raises(ValueError, match="issuer"):
        OidcProvider.model_validate({**described, "issuer": "no address"})
