"""What an operator's tools are told, and that nobody else is told it."""

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from reader_study.audit import guards
from reader_study.segmentation.models import SegmentationJob
from tests.cast import make_study, ready_case

pytestmark = pytest.mark.django_db


def test_an_installation_that_is_up_to_date_is_ready(client: Client) -> None:
    answer = client.get("/ready")
    assert (answer.status_code, answer.content) == (200, b"ready\n")


def test_due_migrations_are_said(client: Client) -> None:
    MigrationRecorder.Migration.objects.filter(app="reading").delete()
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert b"manage.py migrate" in answer.content


def test_final_rows_without_a_guard_are_said(client: Client) -> None:
    guards.remove(connection)
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert b"not guarded" in answer.content


def test_a_database_that_is_away_is_said(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise OperationalError("the server closed the connection unexpectedly at 10.0.0.7")

    monkeypatch.setattr("reader_study.coordination.monitoring.MigrationExecutor", away)
    answer = client.get("/ready")
    assert (answer.status_code, answer.content) == (503, b"the database does not answer\n")


@pytest.mark.parametrize(
    ("token", "sent"),
    [("", "Bearer "), ("", ""), ("secret", ""), ("secret", "Bearer other"), ("secret", "secret")],
)
def test_there_are_no_figures_without_the_token(
    client: Client, settings: Any, token: str, sent: str
) -> None:
    settings.METRICS_TOKEN = token
    assert client.get("/metrics", headers={"authorization": sent}).status_code == 404


def test_jobs_are_counted(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "secret"
    ready_case(make_study(), "C001")
    assert SegmentationJob.objects.filter(state="done").count() == 1

    figures = client.get("/metrics", headers={"authorization": "Bearer secret"}).content.decode()

    assert 'reader_study_jobs{kind="segmentationjob",state="done"} 1.0' in figures
    assert 'reader_study_jobs{kind="upload",state="failed"} 0.0' in figures
    assert "reader_study_free_bytes" in figures
