"""A worker that is asked to stop finishes soon, or hands its job back at no cost."""

import os
import time

import pytest
from celery.signals import worker_shutting_down

from reader_study.cohorts.models import Upload
from reader_study.jobs import services, shutdown
from reader_study.jobs.models import JobState
from reader_study.jobs.runner import perform

# The thread that renews the lease hands the job back: it sees what is committed alone.
pytestmark = pytest.mark.django_db(transaction=True)

WAIT_SECONDS = 20.0


@pytest.fixture(autouse=True)
def nobody_asks_afterwards(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(services, "LOOK_FOR_SHUTDOWN_SECONDS", 0.05)
    yield
    shutdown.forget()


def ask_to_stop() -> None:
    worker_shutting_down.send(sender="test", sig="SIGTERM", how="Warm", exitcode=0)


def state_of(job: Upload) -> str:
    return Upload.objects.values_list("state", flat=True).get(pk=job.pk)


def test_a_job_that_takes_long_is_handed_back_at_once_and_costs_no_attempt(job, sent, monkeypatch):
    monkeypatch.setattr(shutdown, "FINISH_SECONDS", 0.0)
    went_on: list[str] = []

    def work(held: Upload) -> None:
        ask_to_stop()
        deadline = time.monotonic() + WAIT_SECONDS
        # Deep in a computation that does not look up: the lease's thread acts.
        while state_of(held) == JobState.RUNNING and time.monotonic() < deadline:
            time.sleep(0.02)
        services.progress_reporter(held)(0.9)
        went_on.append("stored")

    perform(Upload, str(job.pk), work)
    job.refresh_from_db()
    assert (job.state, job.attempts, went_on) == (JobState.QUEUED, 0, [])
    assert job.note == "The worker was stopped: this was put back into the queue."
    assert sent == [str(job.pk)]
    claimed = services.claim(Upload, str(job.pk))
    assert claimed is not None
    assert claimed.attempts == 1


def test_a_job_that_is_nearly_done_is_finished(job, sent):
    def work(held: Upload) -> None:
        ask_to_stop()
        time.sleep(0.3)
        services.finish(held)

    perform(Upload, str(job.pk), work)
    assert state_of(job) == JobState.DONE
    assert sent == []


def test_the_children_that_do_the_work_see_what_their_parent_was_told(monkeypatch):
    monkeypatch.setattr(shutdown, "FINISH_SECONDS", 0.0)
    child = os.fork()
    if child == 0:
        deadline = time.monotonic() + WAIT_SECONDS
        while not shutdown.time_is_up() and time.monotonic() < deadline:
            time.sleep(0.01)
        os._exit(0 if shutdown.time_is_up() else 1)
    ask_to_stop()
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
