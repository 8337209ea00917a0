"""Every error below /api/ and /media/ is a problem, and tells nothing of what is inside."""

import json
import uuid

import pytest
from django.test import Client, override_settings
from django.urls import path
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from reader_study import urls
from reader_study.api.errors import ConflictError
from reader_study.api.problems import field_errors, pointer
from tests.cast import browser_of, make_study

pytestmark = pytest.mark.django_db

NOT_HERE = "This does not exist, or your account has no access to it."


@pytest.fixture
def study():
    return make_study()


def problem_in(answer, status: int) -> dict:
    """The problem that an answer is."""
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == status
    assert set(told) >= {"type", "title", "status", "detail"}
    assert told["detail"]
    return told


def post(client: Client, address: str, body: bytes, content_type: str = "application/json"):
    return client.generic("POST", address, body, content_type)


# -- views of the API ---------------------------------------------------------------------------


def test_what_is_somebody_elses_reads_like_what_is_not_there(study):
    stan = browser_of("stan")
    hidden = problem_in(stan.get(f"/api/studies/{study.id}/people"), 404)
    assert hidden == problem_in(stan.get(f"/api/studies/{uuid.uuid4()}/people"), 404)
    assert hidden == problem_in(stan.get("/api/no-such-address"), 404)
    assert hidden == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": NOT_HERE,
    }


def test_what_is_wrong_with_each_field_is_pointed_at():
    answer = post(Client(), "/api/session", b'{"username": ["x"]}')
    told = problem_in(answer, 400)
    assert {error["pointer"] for error in told["errors"]} == {"#/username", "#/password"}
    assert "password: This field is required." in told["detail"]


def test_a_parameter_of_the_address_is_named_as_one(study):
    answer = browser_of("carol").get(f"/api/studies/{study.id}/audit?before=x")
    (error,) = problem_in(answer, 400)["errors"]
    assert error == {"parameter": "before", "detail": "A valid integer is required."}


def test_a_sentence_about_the_whole_points_nowhere():
    answer = post(Client(), "/api/session", b'{"username": "carol", "password": "wrong"}')
    assert "errors" not in problem_in(answer, 400)


def test_pointers_lead_into_lists_and_escape_what_they_are_made_of():
    errors = {"levels": [{}, {"name": ["Say it."]}], "a/b~c": ["No."], "non_field_errors": ["All."]}
    assert list(field_errors(errors)) == [
        ("#/levels/1/name", "Say it."),
        ("#/a~1b~0c", "No."),
    ]
    assert pointer(("document", "é")) == "#/document/%C3%A9"


def test_who_is_not_signed_in_is_told_so():
    told = problem_in(Client().get("/api/studies"), 403)
    assert told["detail"] == "Log in first."
    assert told["type"] == "urn:reader-study:problem:not-signed-in"


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"username": NaN}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"username": "\\u0000"}', "application/json", 400),
        (b'{"username": ["\\ud800"]}', "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"a=1", "application/x-www-form-urlencoded", 415),
        (b"--x--", "multipart/form-data; boundary=x", 415),
    ],
    ids=["broken", "no number", "deep", "null", "surrogate", "no text", "form", "parts"],
)
def test_what_cannot_be_read_is_refused(body, content_type, status):
    problem_in(post(Client(), "/api/session", body, content_type), status)


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100)
def test_a_body_that_is_too_large_is_refused(study):
    body = json.dumps({"username": "x" * 100}).encode()
    told = problem_in(post(Client(), "/api/session", body), 413)
    assert told["detail"] == "This is larger than the server accepts."
    sent = browser_of("carol").post(
        f"/api/studies/{study.id}/protocol/examples", {"image": "x" * 200}
    )
    problem_in(sent, 413)


def test_any_form_is_answered_with_the_one_that_there_is():
    assert Client().get("/api/session", headers={"Accept": "image/png"}).status_code == 200


# -- beside the views ---------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/api/nothing", "/media/x/volume.bin", "/api/a%00b"])
def test_an_address_that_is_not_there_is_a_problem(address):
    assert problem_in(Client().get(address), 404)["detail"] == NOT_HERE


def test_a_method_that_is_not_there_says_which_are():
    answer = Client().post("/media/x/volume.bin")
    problem_in(answer, 405)
    assert answer["Allow"] == "GET"
    answer = Client().put("/api/session", b"{}", "application/json")
    problem_in(answer, 405)
    assert answer["Allow"] == "GET, POST, DELETE, HEAD, OPTIONS"


def test_a_write_without_the_pages_token_says_what_to_do(study):
    strict = Client(enforce_csrf_checks=True)
    signing_in = problem_in(post(strict, "/api/session", b"{}"), 403)
    strict.force_login(study.memberships.get(user__username="carol").user)
    opening = problem_in(post(strict, f"/api/studies/{study.id}/open", b"{}"), 403)
    assert signing_in == opening
    assert opening["type"] == "urn:reader-study:problem:csrf-failed"
    assert opening["title"] == "Csrf failed"
    assert "Load it again" in opening["detail"]


def test_a_host_of_another_name_is_a_problem():
    told = problem_in(Client().get("/api/session", headers={"Host": "evil.example"}), 400)
    assert "evil.example" not in json.dumps(told)


class FailingView(APIView):
    permission_classes = []

    def get(self, request: Request) -> Response:
        raise RuntimeError("password of the database: hunter2")


class RefusedError(APIException):
    status_code = 403
    kind = "second-factor-needed"
    default_detail = "Type the code of your second factor."


class RefusingView(APIView):
    permission_classes = []

    def get(self, request: Request) -> Response:
        if "conflict" in request.query_params:
            raise ConflictError("Somebody was faster.", version=7)
        raise RefusedError


class Urls:
    """The addresses of the application with two more."""

    urlpatterns = [
        path("api/fails", FailingView.as_view()),
        path("api/refuses", RefusingView.as_view()),
        *urls.urlpatterns,
    ]
    handler500 = staticmethod(urls.handler500)


@override_settings(ROOT_URLCONF=Urls)
def test_a_fault_of_the_program_has_a_number_and_names_nothing(caplog):
    answer = Client(raise_request_exception=False).get("/api/fails")
    told = problem_in(answer, 500)
    number = told["instance"].removeprefix("urn:uuid:")
    assert number in told["detail"]
    assert number in caplog.text
    assert "hunter2" not in answer.content.decode()
    assert "RuntimeError" not in answer.content.decode()


@override_settings(ROOT_URLCONF=Urls)
def test_a_kind_of_refusal_is_told_to_programs_and_further_facts_stay():
    told = problem_in(Client().get("/api/refuses"), 403)
    assert told["type"] == "urn:reader-study:problem:second-factor-needed"
    assert told["title"] == "Second factor needed"
    assert told["detail"] == "Type the code of your second factor."
    stale = problem_in(Client().get("/api/refuses?conflict"), 409)
    assert (stale["type"], stale["version"]) == ("about:blank", 7)


def test_elsewhere_errors_are_pages():
    assert Client().get("/static/nothing.js")["Content-Type"].startswith("text/html")
