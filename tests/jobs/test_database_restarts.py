"""A restart of the database costs a job at most a second look."""

import pytest
from django.db import OperationalError, connection
from django.db.models.query import QuerySet

from reader_study.cohorts.models import Upload
from reader_study.jobs import database_restarts, runner, services
from reader_study.jobs.models import JobState
from reader_study.jobs.runner import perform
from tests.jobs.claiming import claim

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_restarts, "LOOK_EVERY_SECONDS", 0.001)


def away_for(times: int):
    """Return a way to ask that is refused so many times."""
    asked: list[int] = []

    def ask() -> str:
        asked.append(len(asked))
        if len(asked) <= times:
            raise OperationalError("the database system is starting up")
        return "answer"

    return ask


def test_what_may_be_asked_twice_is_asked_until_there_is_an_answer():
    assert database_restarts.until_it_answers(away_for(5)) == "answer"


def test_patience_ends(monkeypatch):
    monkeypatch.setattr(database_restarts, "PATIENCE_SECONDS", 0.0)
    with pytest.raises(OperationalError):
        database_restarts.until_it_answers(away_for(10**6))


def test_a_result_is_stored_although_the_connection_ended_meanwhile(job):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no server that could be stopped")
    held = claim(job)
    connection.ensure_connection()
    assert connection.connection is not None
    connection.connection.close()  # as a server that is stopped at once does
    with database_restarts.storing_result():
        services.finish(held)
    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_work_that_lost_the_database_goes_back_into_the_queue(job, sent):
    def work(_: Upload) -> None:
        raise OperationalError("terminating connection due to administrator command")

    perform(Upload, str(job.pk), work)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.note) == (
        JobState.QUEUED,
        1,
        "The database did not answer: this was put back into the queue.",
    )
    assert sent == [str(job.pk)]


def test_work_that_loses_the_database_each_time_fails_visibly(job, sent):
    def work(_: Upload) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    for _ in range(Upload.max_attempts):
        perform(Upload, str(job.pk), work)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "server closed the connection unexpectedly" in job.error


def test_how_a_job_ended_is_said_once_the_database_is_back(job, sent, monkeypatch):
    refused: list[int] = []
    real = runner._end

    def end(held: Upload, error: Exception) -> None:
        refused.append(len(refused))
        if len(refused) < 4:
            raise OperationalError("connection refused")
        real(held, error)

    monkeypatch.setattr(runner, "_end", end)

    def work(_: Upload) -> None:
        raise runner.JobFailedError("scan.zip is empty: send it again")

    perform(Upload, str(job.pk), work)
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "scan.zip is empty: send it again")


def test_progress_that_cannot_be_stored_stops_nothing(job, monkeypatch):
    held = claim(job)
    report = services.progress_reporter(held)

    def refuse(*_: object, **__: object) -> int:
        raise OperationalError("the database system is shutting down")

    with monkeypatch.context() as patch:
        patch.setattr(QuerySet, "update", refuse)
        report(0.3)
    monkeypatch.setattr(services, "PROGRESS_EVERY_SECONDS", 0.0)
    report(0.4)
    job.refresh_from_db()
    assert job.progress == 0.4
