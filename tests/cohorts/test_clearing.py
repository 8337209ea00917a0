"""The reaper destroys raw files that nobody will read any more, and says so in the audit trail."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone

from reader_study.audit.models import Event
from reader_study.cohorts.models import QuarantinedFile, Upload
from reader_study.coordination.management.commands.reap_jobs import reap_everything
from reader_study.jobs.models import JobState
from tests.cast import make_study
from tests.cohorts.files import files_in
from tests.cohorts.sending import begun_upload, received_upload, sent_file

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_worker_is_woken(monkeypatch):
    monkeypatch.setattr("reader_study.jobs.services.app.send_task", lambda *_, **__: None)


@pytest.fixture
def study():
    return make_study()


def destroyed() -> list[tuple[str, str, int]]:
    return [
        (event.subject, event.detail["reason"], event.detail["files"])
        for event in Event.objects.filter(action="raw upload destroyed").order_by("id")
    ]


def test_an_upload_that_nobody_went_on_with_is_destroyed(study):
    upload = begun_upload(study, files=2)
    sent_file(upload, "a", b"one")
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    reap_everything()
    assert files_in("quarantine") == []
    assert storages["quarantine"].listdir("") == ([], [])
    assert not QuarantinedFile.objects.exists()
    upload.refresh_from_db()
    assert upload.state == JobState.FAILED
    assert "send them again" in upload.error
    assert destroyed() == [(str(upload.id), "expired", 1)]
    reap_everything()
    assert len(destroyed()) == 1


def test_an_upload_that_still_has_time_is_left_alone(study):
    upload = begun_upload(study, files=2)
    sent_file(upload, "a", b"one")
    reap_everything()
    assert len(files_in("quarantine")) == 1
    assert destroyed() == []


@pytest.mark.parametrize(
    ("state", "left"),
    [(JobState.QUEUED, 1), (JobState.FAILED, 0)],
)
def test_the_raw_files_of_an_ingest_that_failed_for_good_are_destroyed(study, state, left):
    upload = received_upload(study, {"a": b"one"})
    Upload.objects.filter(pk=upload.pk).update(state=state, error="It failed.")
    reap_everything()
    assert len(files_in("quarantine")) == left
    upload.refresh_from_db()
    assert upload.error == "It failed."
    assert len(destroyed()) == 1 - left


def test_a_worker_that_died_too_often_leaves_no_raw_files(study):
    upload = received_upload(study, {"a": b"one"})
    Upload.objects.filter(pk=upload.pk).update(
        state=JobState.RUNNING,
        token=uuid4(),
        attempts=Upload.max_attempts,
        lease_until=timezone.now() - timedelta(seconds=1),
    )
    reap_everything()
    assert files_in("quarantine") == []
    assert destroyed() == [(str(upload.id), "could not be read in", 1)]


def test_a_part_that_a_killed_server_left_goes_with_its_upload(study):
    upload = begun_upload(study)
    sent_file(upload, "a", b"one")
    storages["quarantine"].save(f"{upload.id}/{uuid4().hex}", ContentFile(b"of no row"))
    reap_everything()
    assert len(files_in("quarantine")) == 2
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    reap_everything()
    assert files_in("quarantine") == []


def test_what_lies_in_the_folder_of_an_upload_that_is_no_more_is_swept(study):
    for name in (f"{uuid4()}/{uuid4().hex}", "operators-note.txt"):
        storages["quarantine"].save(name, ContentFile(b"left"))
    reap_everything()
    assert [path.name for path in files_in("quarantine")] == ["operators-note.txt"]


def test_a_folder_that_cannot_be_deleted_does_not_stop_the_reaper(study, monkeypatch):
    name = f"{uuid4()}/{uuid4().hex}"
    storages["quarantine"].save(name, ContentFile(b"left"))

    def refuse(_):
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr("reader_study.cohorts.uploads.clearing.delete_folder", refuse)
        reap_everything()
    assert len(files_in("quarantine")) == 1
    reap_everything()
    assert files_in("quarantine") == []
