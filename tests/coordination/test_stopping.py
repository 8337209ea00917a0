"""A coordinator stops what is under way, sees that it is stopped, and tries it again."""

import pytest
from django.utils import timezone

from reader_study.audit.models import Event
from reader_study.cohorts.models import QuarantinedFile, Upload
from reader_study.cohorts.uploads.clearing import clear_quarantine
from reader_study.jobs import services
from reader_study.jobs.models import JobState, Priority
from reader_study.segmentation.models import MediaPack, SegmentationJob
from tests.cast import browser_of, make_study, ready_case
from tests.cohorts.files import files_in
from tests.cohorts.sending import received_upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reader_study.jobs.services.app.send_task", lambda *_, **__: None)


def post(username: str, path: str):
    return browser_of(username).post(path, {}, content_type="application/json")


def case_row(study) -> dict:
    (row,) = browser_of("carol").get(f"/api/studies/{study.id}/cases").json()
    return row


@pytest.mark.parametrize("kind", [SegmentationJob, MediaPack])
@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING])
def test_work_on_a_case_is_stopped_and_tried_again(kind, state):
    study = make_study()
    case = ready_case(study, "C001")
    kind.objects.update(state=JobState.QUEUED)
    held = services.claim(kind, str(kind.objects.get().pk)) if state == JobState.RUNNING else None
    path = f"/api/studies/{study.id}/cases/{case.id}"
    answer = post("carol", f"{path}/cancel")
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["message"]) == (
        "cancelled",
        "Cancelled by carol.",
    )
    if held is not None:
        with pytest.raises(services.LeaseLostError):
            services.finish(held)
    assert browser_of("carol").get(f"/api/studies/{study.id}").json()["counts"]["failed"] == 1
    answer = post("carol", f"{path}/retry")
    assert answer.json()["state"] in ("waiting", "preparing")
    assert kind.objects.get().priority == Priority.WAITED_FOR
    actions = list(Event.objects.filter(study_id=study.id).values_list("action", flat=True))
    assert actions[-2:] == ["case cancelled", "case retried"]


def test_where_nothing_is_done_there_is_nothing_to_stop():
    study = make_study()
    case = ready_case(study, "C001")
    answer = post("carol", f"/api/studies/{study.id}/cases/{case.id}/cancel")
    assert answer.status_code == 409
    assert not Event.objects.filter(action="case cancelled").exists()


def test_a_case_that_waits_for_room_on_the_disk_says_so():
    study = make_study()
    ready_case(study, "C001")
    MediaPack.objects.all().delete()
    SegmentationJob.objects.update(state=JobState.QUEUED, note="The server's disk is full.")
    assert case_row(study)["message"] == "The server's disk is full."


def test_an_upload_is_stopped_its_files_are_kept_and_it_is_tried_again():
    study = make_study()
    upload = received_upload(study, {"scan.dcm": b"raw"})
    path = f"/api/studies/{study.id}/uploads/{upload.id}"
    answer = post("carol", f"{path}/cancel")
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    assert "kept for 7 days" in answer.json()["error"]
    clear_quarantine()
    assert len(files_in("quarantine")) == 1
    assert post("carol", f"{path}/cancel").status_code == 409
    answer = post("carol", f"{path}/retry")
    assert (answer.status_code, answer.json()["state"]) == (200, "received")
    assert post("carol", f"{path}/retry").status_code == 409


def test_files_of_an_upload_that_stays_stopped_are_destroyed_in_the_end():
    study = make_study()
    upload = received_upload(study, {"scan.dcm": b"raw"})
    post("carol", f"/api/studies/{study.id}/uploads/{upload.id}/cancel")
    Upload.objects.update(expires_at=timezone.now())
    clear_quarantine()
    upload.refresh_from_db()
    assert upload.state == JobState.FAILED
    assert files_in("quarantine") == []
    assert not QuarantinedFile.objects.exists()
