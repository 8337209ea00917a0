"""A log line holds what is allowed, and nothing else gets in, whoever logs it and however."""

import io
import json
import logging
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from reader_study.accounts.models import User
from reader_study.cohorts.models import Upload
from reader_study.jobs.runner import perform
from reader_study.logs.configuration import formatter
from reader_study.logs.constant_text import LEFT_OUT
from reader_study.studies.models import Study
from tests.cast import browser_of, make_study
from tests.cohorts.sending import begun_upload

PHI = "Gertrud-Muster"
REQUEST_ID = "0123456789abcdef0123456789abcdef"


class Lines:
    """What was logged."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    def all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def last(self) -> dict[str, Any]:
        return self.all()[-1]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """The lines of this process as in production."""
    found = Lines()
    handler = logging.StreamHandler(found.stream)
    handler.setFormatter(formatter(as_json=True))
    root = logging.getLogger()
    root.addHandler(handler)
    yield found
    root.removeHandler(handler)


log = logging.getLogger("reader_study.somewhere")


def test_a_text_stays_as_it_was_written_and_its_arguments_are_left_out(lines: Lines) -> None:
    log.warning("A file of %s was refused", PHI)
    assert lines.last()["event"] == "A file of %s was refused"
    assert lines.last()["level"] == "warning"


@pytest.mark.parametrize(
    "say",
    [
        lambda: log.error(f"A file of {PHI} was refused"),
        lambda: log.error("A file of " + PHI),
        lambda: log.error(ValueError(PHI)),
        lambda: log.error({"event": PHI, PHI: PHI}),
        lambda: log.error("{}{}".format(*PHI.split("-"))),
        lambda: log.error("x", extra={"event": PHI, "place": PHI, "logger": PHI + "!"}),
        lambda: log.error("x", stack_info=True, extra={PHI: 1}),
    ],
)
def test_a_text_that_was_put_together_is_left_out(lines: Lines, say: Callable[[], None]) -> None:
    say()
    assert lines.all()
    assert not any(name in lines.text for name in PHI.split("-"))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("patient", PHI),
        ("request", PHI),
        ("user", PHI),
        ("study", PHI),
        ("job", f"7b0e6a4e-1c63-4a6e-9a43-0c4f3f0d7d11-{PHI}"),
        ("kind", PHI),
        ("kind", PHI.lower()),
        ("state", PHI),
        ("method", PHI),
        ("status", PHI),
        ("seconds", PHI),
        ("route", f"/cases/ {PHI}"),
        ("traceback", [PHI]),
        ("exception", f"{PHI} "),
    ],
)
def test_a_key_is_allowed_or_dropped_and_so_is_its_value(
    lines: Lines, key: str, value: object
) -> None:
    log.info("said", extra={key: value})
    assert lines.last()["event"] == "said"
    assert key not in lines.last()


@pytest.mark.django_db
def test_a_jobs_lines_name_it_and_the_last_one_says_how_it_ended(lines: Lines) -> None:
    make_study()
    upload = begun_upload(Study.objects.get())
    Upload.objects.filter(pk=upload.pk).update(state="queued")

    def fails(_upload: Upload) -> None:
        raise ValueError(PHI)

    perform(Upload, str(upload.pk), fails)
    failure, left = lines.all()
    named = {"kind": Upload.task_name, "job": str(upload.pk), "attempt": 1}
    assert failure.items() >= {**named, "exception": "builtins.ValueError"}.items()
    assert left.items() >= {**named, "event": "job left", "state": "failed"}.items()
    assert PHI not in lines.text


def test_what_is_allowed_is_there(lines: Lines) -> None:
    given = {"study": uuid4(), "job": str(uuid4()), "user": 7, "status": 200, "state": "done"}
    log.info("said", extra=given)
    assert lines.last().items() >= {**given, "study": str(given["study"])}.items()
    assert set(lines.last()) == {*given, "event", "level", "logger", "place", "timestamp"}


def test_an_exception_is_told_by_its_class_its_causes_and_its_lines(lines: Lines) -> None:
    try:
        try:
            dict[str, str]()[PHI]
        except KeyError as error:
            error.add_note(PHI)
            raise IntegrityError(f"DETAIL: Key (full_name)=({PHI}) exists") from error
    except IntegrityError:
        log.exception("It failed for %s", PHI)
    assert PHI not in lines.text
    assert lines.last()["exception"] == "django.db.utils.IntegrityError < builtins.KeyError"
    (place,) = lines.last()["traceback"]
    assert place.startswith("tests/logs/test_lines.py:")


def test_a_program_that_has_no_file_is_not_named(lines: Lines) -> None:
    try:
        exec(compile("raise ValueError", f"/patients/{PHI}.py", "exec"))  # noqa: S102
    except ValueError:
        log.exception("It failed")
    assert PHI not in lines.text


def failing_view(request: HttpRequest, name: str) -> HttpResponse:
    raise ValueError(f"{name} is not a code")


urlpatterns = [path("cases/<str:name>", failing_view)]


@override_settings(ROOT_URLCONF=__name__)
def test_a_view_that_fails_is_found_by_its_route_and_lines_without_what_was_asked(
    lines: Lines,
) -> None:
    client = Client(raise_request_exception=False, headers={"X-Request-ID": REQUEST_ID})
    client.get(f"/cases/{PHI}?patient={PHI}", headers={"referer": PHI, "user-agent": PHI})
    failure, request = lines.all()
    assert PHI not in lines.text
    assert failure["exception"] == "builtins.ValueError"
    assert failure["traceback"][-1].endswith(" failing_view")
    assert (request["route"], request["status"]) == ("/cases/<str:name>", 500)
    assert failure["request"] == request["request"] == REQUEST_ID


@pytest.mark.django_db
def test_a_request_is_told_by_route_person_study_status_and_time(lines: Lines) -> None:
    study = make_study()
    browser_of("carol").get(f"/api/studies/{study.pk}/progress?patient={PHI}")
    assert (
        lines.last().items()
        >= {
            "event": "request",
            "method": "GET",
            "route": "/api/studies/<uuid:study_id>/progress",
            "study": str(study.pk),
            "user": User.objects.get(username="carol").pk,
            "status": 200,
        }.items()
    )
    assert 0 < lines.last()["seconds"] < 60
    assert UUID(lines.last()["request"]).version == 4


@pytest.mark.django_db
@pytest.mark.parametrize("sent", [PHI, f"{REQUEST_ID}{PHI}", "", REQUEST_ID.upper()])
def test_only_what_looks_like_a_proxys_id_is_taken_for_one(
    lines: Lines, client: Client, sent: str
) -> None:
    client.get("/api/session", headers={"X-Request-ID": sent})
    assert lines.last()["request"] not in {sent, REQUEST_ID}
    client.get("/api/session", headers={"X-Request-ID": REQUEST_ID})
    assert lines.last()["request"] == REQUEST_ID


@pytest.mark.django_db
def test_tokens_of_invitations_and_images_are_in_no_line(lines: Lines, client: Client) -> None:
    client.post(f"/api/invitations/{PHI}/accept", {}, content_type="application/json")
    client.get(f"/media/{PHI}/volume.bin")
    client.get(f"/join/{PHI}")
    client.get(f"/{PHI}", headers={"host": f"{PHI}.example.org"})
    assert len(lines.all()) >= 4
    assert PHI not in lines.text


@pytest.mark.django_db
def test_who_only_watches_fills_no_log(lines: Lines, client: Client) -> None:
    client.get("/health")
    client.get("/ready")
    assert lines.all() == []


def test_a_warning_of_a_package_is_told_without_what_it_quotes(lines: Lines) -> None:
    # pytest keeps warnings to itself, so this is what `logging.captureWarnings` does with one.
    logging.getLogger("py.warnings").warning("%s", warnings.formatwarning(PHI, Warning, "x", 1))
    assert PHI not in lines.text


def test_text_that_is_printed_by_a_task_stays_out_of_the_log(lines: Lines) -> None:
    logging.getLogger("celery.redirected").warning(PHI.upper() + "!")
    assert lines.last()["event"] == LEFT_OUT


def test_what_nobody_caught_is_told_without_what_it_quotes() -> None:
    script = f"""
import threading
from django import setup
setup()
from reader_study.logs.processes import log_all_there_is
log_all_there_is()
def fails(): raise ValueError("{PHI}")
thread = threading.Thread(target=fails, name="{PHI}"); thread.start(); thread.join()
import warnings; warnings.warn("{PHI} is no VR")
fails()
"""
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr.count("builtins.ValueError") == 2
    assert "py.warnings" in ended.stderr
    assert PHI not in ended.stderr
