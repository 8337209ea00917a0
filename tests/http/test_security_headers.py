"""Every response says what a browser may do with it: pages, API, images, files, errors."""

import json
import re
from typing import NoReturn

import pytest
from django.core.cache import cache
from django.http import HttpRequest
from django.test import Client, override_settings
from django.urls import path

from reader_study.environment import REPOSITORY

pytestmark = pytest.mark.django_db

INDEX = REPOSITORY / "frontend" / "index.html"
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

PAGES = ("/", "/login", "/studies/nothing", "/read/nothing")
DATA = (
    "/health",
    "/ready",
    "/metrics",
    "/api/session",
    "/api/studies",
    "/api/nothing",
    "/media/no-such-token/volume.bin",
)


def fail(request: HttpRequest) -> NoReturn:
    raise RuntimeError("on purpose")


urlpatterns = [path("api/failing", fail)]


@pytest.fixture(autouse=True)
def built_page(tmp_path, settings):
    """A page as the build leaves it."""
    settings.FRONTEND_BUILD = tmp_path
    (tmp_path / "index.html").write_text(INDEX.read_text())
    cache.clear()


def policy(response) -> dict[str, str]:
    """The directives of a response's policy."""
    parts = response.headers["Content-Security-Policy"].split("; ")
    return {name: values for name, _, values in (part.partition(" ") for part in parts)}


@pytest.mark.parametrize("address", PAGES + DATA)
def test_every_answer_forbids_framing_sniffing_and_use_by_other_sites(client, address):
    response = client.get(address)
    assert {name: response.headers.get(name) for name in ALWAYS} == ALWAYS
    assert "camera=()" in response.headers["Permissions-Policy"]
    assert policy(response)["frame-ancestors"] == "'none'"
    assert policy(response)["base-uri"] == "'none'"


def test_no_code_and_no_style_counts_that_stands_in_the_page_itself(client):
    rules = policy(client.get("/"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self'"
    assert rules["object-src"] == "'none'"
    assert rules["form-action"] == "'self'"
    assert re.fullmatch(r"'self' 'nonce-[\w+/=]{20,}'", rules["style-src"])
    everything = " ".join(rules.values())
    assert not re.search(r"unsafe|\*|data:|blob:|https?:", everything)


def test_the_nonce_of_styles_is_the_pages_own_and_new_each_time(client):
    first, second = client.get("/"), client.get("/")
    nonces = []
    for response in (first, second):
        (nonce,) = re.findall(r"'nonce-(.+?)'", policy(response)["style-src"])
        assert f'nonce="{nonce}"' in response.content.decode()
        nonces.append(nonce)
    assert nonces[0] != nonces[1]


@pytest.mark.parametrize("address", DATA)
def test_data_that_is_shown_as_a_page_can_do_nothing(client, address):
    rules = policy(client.get(address))
    assert set(rules.values()) == {"'none'"}


@override_settings(ROOT_URLCONF=__name__)
def test_a_failure_of_the_server_is_as_closed_as_any_answer():
    response = Client(raise_request_exception=False).get("/api/failing")
    assert response.status_code == 500
    assert {name: response.headers.get(name) for name in ALWAYS} == ALWAYS
    assert policy(response)["default-src"] == "'none'"


def report(client: Client, body: object):
    sent = body if isinstance(body, str) else json.dumps(body)
    return client.post("/policy-reports", sent, content_type="application/csp-report")


def test_what_the_policy_stopped_is_logged_without_the_address_and_counted(
    client, caplog, settings
):
    settings.METRICS_TOKEN = "watch"
    answer = report(
        client,
        {
            "csp-report": {
                "effective-directive": "script-src-elem",
                "blocked-uri": "https://evil.example/join/secret-token",
                "document-uri": "https://study.example/join/secret-token",
            }
        },
    )
    assert answer.status_code == 204
    assert "script-src-elem, from evil.example" in caplog.text
    assert "secret-token" not in caplog.text
    told = client.get("/metrics", headers={"Authorization": "Bearer watch"}).content.decode()
    assert "reader_study_policy_reports 1.0" in told


@pytest.mark.parametrize(
    "body", ["", "no json", "[1]", '{"csp-report": 3}', "[" * 9000, "x" * 20_000]
)
def test_what_is_no_report_is_taken_and_forgotten(client, caplog, body):
    assert report(client, body).status_code == 204
    assert "policy" not in caplog.text


def test_a_report_writes_no_line_of_its_own_into_the_log(client, caplog):
    report(
        client, {"csp-report": {"effective-directive": "a\nroot logged in", "blocked-uri": "\n"}}
    )
    assert "root logged in" not in caplog.text


def test_reports_without_end_fill_no_log(client, caplog):
    for _ in range(30):
        report(client, {"csp-report": {"effective-directive": "img-src", "blocked-uri": "inline"}})
    told = [line for line in caplog.records if line.name == "reader_study.http.policy_reports"]
    assert len(told) == 20
