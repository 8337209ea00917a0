"""A job is done once, by the worker that holds it, whatever dies in between."""

import pytest
from django.db import IntegrityError, transaction
from django.db import OperationalError as OperationalDatabaseError
from kombu.exceptions import OperationalError

from reader_study.celery import app
from reader_study.cohorts.models import Upload
from reader_study.jobs import services
from reader_study.jobs.models import JobState
from reader_study.jobs.runner import JobFailedError, perform
from tests.jobs.claiming import claim, let_lease_expire

pytestmark = pytest.mark.django_db


def test_only_one_worker_gets_a_job(job):
    assert claim(job).state == JobState.RUNNING
    assert services.claim(Upload, str(job.pk)) is None


def test_a_dead_workers_job_can_be_claimed_again(job):
    claim(job)
    let_lease_expire(job)
    assert claim(job).attempts == 2


def test_a_worker_that_was_overtaken_cannot_finish(job):
    slow = claim(job)
    let_lease_expire(job)
    quick = claim(job)
    services.finish(quick)
    with pytest.raises(services.LeaseLostError):
        services.finish(slow)
    services.fail(slow, "too late")
    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert job.error == ""


def test_an_overtaken_worker_stops_at_its_next_progress_which_is_not_stored(job):
    slow = claim(job)
    let_lease_expire(job)
    claim(job)
    with pytest.raises(services.LeaseLostError):
        services.progress_reporter(slow)(0.7)
    job.refresh_from_db()
    assert job.progress == 0.0


def test_a_failure_is_told_on_the_row_and_does_not_stop_the_worker(job):
    def work(_: Upload) -> None:
        raise JobFailedError("scan.zip is empty: send it again")

    perform(Upload, str(job.pk), work)
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "scan.zip is empty: send it again")


def test_an_unexpected_error_ends_the_job_visibly(job):
    def work(_: Upload) -> None:
        raise ZeroDivisionError("slice spacing")

    perform(Upload, str(job.pk), work)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "ZeroDivisionError: slice spacing" in job.error


def test_the_reaper_requeues_and_resends_what_a_dead_worker_held(job, sent):
    claim(job)
    let_lease_expire(job)
    assert services.reap(Upload) == 1
    job.refresh_from_db()
    assert job.state == JobState.QUEUED
    assert sent == [str(job.pk)]


def test_the_reaper_ends_a_job_that_kills_its_workers(job, sent):
    for _ in range(Upload.max_attempts):
        claim(job)
        let_lease_expire(job)
    services.reap(Upload)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "died 3 times" in job.error
    assert sent == []


def test_a_message_that_comes_late_gives_nobody_a_job_whose_workers_died_too_often(job, sent):
    for _ in range(Upload.max_attempts):
        claim(job)
        let_lease_expire(job)
    assert services.claim(Upload, str(job.pk)) is None


def test_who_was_overtaken_can_store_nothing_beside_the_job_either(job):
    slow = claim(job)
    services.require_held(slow)
    let_lease_expire(job)
    quick = claim(job)
    with pytest.raises(services.LeaseLostError):
        services.require_held(slow)
    services.require_held(quick)


def test_files_of_who_was_overtaken_are_taken_back(job):
    taken_back: list[str] = []
    slow = claim(job)
    let_lease_expire(job)
    claim(job)
    with (
        pytest.raises(services.LeaseLostError),
        services.undone_if_lost(lambda: taken_back.append("mask")),
        transaction.atomic(),
    ):
        services.finish(slow)
    assert taken_back == ["mask"]


def test_after_an_error_of_the_database_files_stay_for_it_may_have_committed(job):
    taken_back: list[str] = []
    with (
        pytest.raises(OperationalDatabaseError),
        services.undone_if_lost(lambda: taken_back.append("mask")),
    ):
        raise OperationalDatabaseError
    assert taken_back == []


def test_the_reaper_does_not_flood_the_broker(job, sent):
    assert services.reap(Upload) == 1
    assert services.reap(Upload) == 0


def test_of_a_long_queue_only_the_head_is_sent_again(job, sent):
    many = services.RESEND_AT_ONCE + 10
    Upload.objects.bulk_create(
        Upload(study=job.study, site=job.site, filename=f"{number}.zip", size_bytes=1)
        for number in range(many)
    )
    assert services.reap(Upload) == services.RESEND_AT_ONCE
    assert sent[0] == str(job.pk)


def test_an_absent_broker_loses_nothing(job, monkeypatch):
    def refuse(*args: object, **options: object) -> None:
        raise OperationalError("no broker")

    monkeypatch.setattr(app, "send_task", refuse)
    services.send(job)
    job.refresh_from_db()
    assert job.state == JobState.QUEUED
    assert job.sent_at is None


def test_the_database_refuses_a_running_job_without_a_lease(job):
    with pytest.raises(IntegrityError), transaction.atomic():
        Upload.objects.filter(pk=job.pk).update(state=JobState.RUNNING)
