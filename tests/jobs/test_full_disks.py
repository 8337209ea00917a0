"""Where the disk is full, jobs wait: nothing fails, and they go on without a button."""

import errno
from datetime import timedelta

import pytest
from django.utils import timezone

from reader_study.cohorts.models import Upload
from reader_study.jobs import full_disks, services
from reader_study.jobs.models import JobState
from reader_study.jobs.runner import JobFailedError, perform

pytestmark = pytest.mark.django_db


def fill_the_disk(_: Upload) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_job_that_finds_the_disk_full_waits_in_the_queue_and_says_so(job, sent):
    perform(Upload, str(job.pk), fill_the_disk)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error) == (JobState.QUEUED, 0, "")
    assert job.note == ("The server's disk is full: this goes on by itself once there is room.")
    assert job.not_before > timezone.now()
    assert services.reap(Upload) == 0
    Upload.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    assert services.reap(Upload) == 1


def test_it_may_find_the_disk_full_any_number_of_times(job, sent):
    for _ in range(2 * Upload.max_attempts):
        Upload.objects.update(not_before=None)
        perform(Upload, str(job.pk), fill_the_disk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)
    Upload.objects.update(not_before=None)
    perform(Upload, str(job.pk), services.finish)
    job.refresh_from_db()
    assert (job.state, job.note) == (JobState.DONE, "")


def test_work_is_not_begun_where_there_is_hardly_room(job, sent, settings):
    settings.JOB_FREE_BYTES = 10**18
    begun: list[Upload] = []
    perform(Upload, str(job.pk), begun.append)
    job.refresh_from_db()
    assert begun == []
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)
    assert "disk is full" in job.note


def test_a_full_disk_is_known_whatever_it_was_wrapped_in(job, sent):
    def work(_: Upload) -> None:
        try:
            fill_the_disk(job)
        except OSError as error:
            raise JobFailedError("scan.zip cannot be unpacked") from error

    perform(Upload, str(job.pk), work)
    job.refresh_from_db()
    assert job.state == JobState.QUEUED


@pytest.mark.parametrize(
    ("attribute", "value"), [("sqlstate", "53100"), ("sqlite_errorname", "SQLITE_FULL")]
)
def test_the_databases_full_disk_is_one_too(attribute, value):
    error = RuntimeError()
    setattr(error, attribute, value)
    assert full_disks.is_full_disk(error)
    assert not full_disks.is_full_disk(PermissionError(errno.EACCES, "no"))
