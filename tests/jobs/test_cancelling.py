"""A job can be cancelled while it waits and while it runs, and be tried again."""

import pytest

from reader_study.cohorts.models import Upload
from reader_study.jobs import services
from reader_study.jobs.models import JobState
from reader_study.jobs.runner import perform
from tests.jobs.claiming import claim

pytestmark = pytest.mark.django_db


def test_a_queued_job_that_is_cancelled_is_nobodys(job, sent):
    assert services.cancel(job, "Cancelled by carol.")
    assert services.claim(Upload, str(job.pk)) is None
    assert services.reap(Upload) == 0
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.CANCELLED, "Cancelled by carol.")
    assert job.finished_at is not None


def test_a_worker_stops_at_its_next_progress_and_changes_nothing_more(job, sent):
    steps: list[str] = []

    def work(held: Upload) -> None:
        report = services.progress_reporter(held)
        steps.append("begun")
        services.cancel(held, "Cancelled by carol.")
        report(0.5)
        steps.append("went on")

    perform(Upload, str(job.pk), work)
    job.refresh_from_db()
    assert steps == ["begun"]
    assert (job.state, job.error) == (JobState.CANCELLED, "Cancelled by carol.")


def test_a_worker_that_never_looks_up_cannot_store_its_result(job, sent):
    def work(held: Upload) -> None:
        services.cancel(held, "Cancelled by carol.")
        services.finish(held)

    perform(Upload, str(job.pk), work)
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED


def test_it_can_be_tried_again_as_if_for_the_first_time(job, sent):
    claim(job)
    services.cancel(job, "Cancelled by carol.")
    assert services.requeue(job)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error) == (JobState.QUEUED, 0, "")
    assert claim(job).attempts == 1


def test_what_has_ended_cannot_be_cancelled(job):
    services.finish(claim(job))
    assert not services.cancel(job, "too late")
    job.refresh_from_db()
    assert job.state == JobState.DONE
