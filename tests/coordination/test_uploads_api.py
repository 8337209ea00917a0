"""An upload begins, is looked at, is completed or given up; and what stands in its way."""

import uuid
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reader_study.audit.models import Event
from reader_study.cohorts.models import QuarantinedFile, Upload
from reader_study.cohorts.uploads import room
from reader_study.jobs.models import JobState
from reader_study.studies.models import Study, StudyState
from tests.cast import browser_of, make_study
from tests.cohorts.sending import begun_upload, received_upload, sent_file

pytestmark = pytest.mark.django_db

ANNOUNCED = {"site": "north", "name": "patients", "files": 2, "size_bytes": 10}


@pytest.fixture
def study():
    return make_study()


def begin(study, **changes):
    return browser_of("carol").post(
        f"/api/studies/{study.id}/uploads",
        {**ANNOUNCED, **changes},
        content_type="application/json",
    )


def complete(upload):
    return browser_of("carol").post(
        f"/api/studies/{upload.study_id}/uploads/{upload.id}/complete", {}, "application/json"
    )


def give_up(upload):
    return browser_of("carol").delete(f"/api/studies/{upload.study_id}/uploads/{upload.id}")


def lock(study):
    for changes in (
        {"state": StudyState.READING, "opened_at": timezone.now()},
        {"state": StudyState.LOCKED, "locked_at": timezone.now()},
    ):
        Study.objects.filter(pk=study.pk).update(**changes)


def test_a_list_of_cases_comes_along_and_is_kept_with_the_upload(study):
    answer = begin(study, manifest="case,site,file\nS001,north,Patient 1\n")
    assert answer.status_code == 201
    (row,) = Upload.objects.get().manifest
    assert (row["case_code"], row["site"], row["path"]) == ("S001", "north", "Patient 1")


def test_nothing_begins_with_a_list_of_cases_that_has_a_mistake(study):
    answer = begin(study, manifest="case,site,file\nS001,nowhere,Patient 1\n")
    assert answer.status_code == 400
    (problem,) = answer.json()["errors"]
    assert (problem["line"], problem["column"]) == (2, "site")
    assert not Upload.objects.exists()


def test_an_upload_begins_and_says_until_when_it_waits(study):
    answer = begin(study)
    assert answer.status_code == 201
    told = answer.json()
    assert (told["state"], told["file_count"], told["size_bytes"]) == ("receiving", 2, 10)
    assert (told["received_bytes"], told["site"]) == (0, "north")
    left = datetime.fromisoformat(told["expires_at"]) - timezone.now()
    assert left.total_seconds() == pytest.approx(7 * 86400, abs=60)
    assert Event.objects.get(action="upload begun").subject == told["id"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"site": "east"}, "You upload for: north, south"),
        ({"files": 0}, "files:"),
        ({"size_bytes": -1}, "size_bytes:"),
        ({"name": "x" * 256}, "name:"),
    ],
)
def test_what_is_announced_wrongly_is_refused_in_words(study, changes, said):
    answer = begin(study, **changes)
    assert answer.status_code == 400
    assert said in answer.json()["detail"]
    assert not Upload.objects.exists()


def test_more_than_an_upload_may_have_is_refused_before_anything_is_sent(study, settings):
    settings.MAX_UPLOAD_BYTES = 2**20
    answer = begin(study, size_bytes=2**20 + 1)
    assert answer.status_code == 413
    assert "the limit is 1.0 MB" in answer.json()["detail"]
    answer = begin(study, files=settings.MAX_UPLOAD_FILES + 1)
    assert answer.status_code == 413
    assert "Send fewer patients at a time, or zips." in answer.json()["detail"]


def test_a_full_quota_is_said_before_anything_is_sent(study, settings):
    settings.STUDY_QUOTA_BYTES = 100
    received_upload(study, {"a": bytes(60)})
    assert begin(study, size_bytes=40).status_code == 201
    answer = begin(study, size_bytes=41)
    assert answer.status_code == 507
    assert "would exceed the study's quota of 100 bytes" in answer.json()["detail"]


def test_the_disk_keeps_what_it_must_have_free(study, settings, monkeypatch):
    monkeypatch.setattr(room, "_free_bytes", lambda: settings.KEEP_FREE_BYTES + 9)
    assert begin(study, size_bytes=9).status_code == 201
    answer = begin(study, size_bytes=10)
    assert answer.status_code == 507
    assert "ask the operator for space" in answer.json()["detail"]


def test_the_room_is_told(study, settings):
    settings.STUDY_QUOTA_BYTES = 1000
    received_upload(study, {"a": bytes(60)})
    told = browser_of("carol").get(f"/api/studies/{study.id}/storage").json()
    assert (told["used_bytes"], told["quota_bytes"]) == (60, 1000)
    assert told["free_bytes"] > 0


def test_another_studys_files_do_not_count(study):
    received_upload(make_study("veins"), {"a": bytes(60)})
    assert browser_of("carol").get(f"/api/studies/{study.id}/storage").json()["used_bytes"] == 0


def test_the_files_say_how_much_of_each_has_arrived(study):
    upload = begun_upload(study, files=3)
    sent_file(upload, "head/2.dcm", b"two")
    sent_file(upload, "head/1.dcm", b"")
    files = browser_of("carol").get(f"/api/studies/{study.id}/uploads/{upload.id}/files").json()
    told = [(file["name"], file["size_bytes"], file["received_bytes"]) for file in files]
    assert told == [("head/1.dcm", 0, 0), ("head/2.dcm", 3, 3)]
    listed = browser_of("carol").get(f"/api/studies/{study.id}/uploads").json()
    assert [row["received_bytes"] for row in listed] == [3]


def test_an_upload_is_complete_when_every_announced_file_is_here(study):
    upload = begun_upload(study, files=2, size_bytes=6)
    sent_file(upload, "a", b"one")
    answer = complete(upload)
    assert answer.status_code == 409
    assert "1 of 2 announced files has not arrived" in answer.json()["detail"]
    sent_file(upload, "b", b"two")
    answer = complete(upload)
    assert answer.status_code == 200
    assert answer.json()["state"] == "received"
    assert Event.objects.filter(action="upload received").count() == 1


def test_completing_names_the_files_that_are_not_whole(study):
    upload = begun_upload(study, files=5)
    for name in "abcde":
        QuarantinedFile.objects.create(upload=upload, sent_name=name, size_bytes=2)
    Upload.objects.filter(pk=upload.pk).update(named_count=5, named_bytes=10)
    said = complete(upload).json()["detail"]
    assert said == "Files are missing: not whole yet: a, b, c and 2 more. Send the rest first."


def test_completing_twice_is_completing_once(study):
    upload = received_upload(study, {"a": b"one"})
    assert complete(upload).json()["state"] == "received"
    assert Event.objects.filter(action="upload received").count() == 1


def test_an_upload_that_is_given_up_leaves_nothing(study, django_capture_on_commit_callbacks):
    upload = begun_upload(study)
    sent_file(upload, "a", b"one")
    with django_capture_on_commit_callbacks(execute=True):
        assert give_up(upload).status_code == 204
    assert not Upload.objects.exists()
    event = Event.objects.get(action="raw upload destroyed")
    assert (str(event.actor), event.detail["files"]) == ("carol", 1)
    assert give_up(upload).status_code == 404


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.DONE])
def test_what_is_complete_is_not_given_up(study, state):
    upload = received_upload(study, {"a": b"one"})
    Upload.objects.filter(pk=upload.pk).update(state=state)
    answer = give_up(upload)
    assert answer.status_code == 409
    assert answer.json()["detail"] == "The upload is complete: it can no longer be given up."
    assert QuarantinedFile.objects.exists()


def test_a_locked_study_takes_no_more_files(study):
    upload = begun_upload(study, size_bytes=3)
    sent_file(upload, "a", b"one")
    lock(study)
    for answer in (begin(study), complete(upload)):
        assert answer.status_code == 409
        assert answer.json()["detail"] == "The study is locked: its cohort can no longer grow."
    assert give_up(upload).status_code == 204


def test_an_upload_that_was_never_begun_is_not_there(study):
    for answer in (
        browser_of("carol").get(f"/api/studies/{study.id}/uploads/{uuid.uuid4()}/files"),
        browser_of("carol").delete(f"/api/studies/{study.id}/uploads/{uuid.uuid4()}"),
    ):
        assert answer.status_code == 404


def test_listing_the_files_costs_as_many_queries_however_many_there_are(study):
    carol = browser_of("carol")
    counts = []
    for files in (1, 9):
        upload = begun_upload(study, files=files)
        for number in range(files):
            sent_file(upload, str(number), b"x")
        with CaptureQueriesContext(connection) as captured:
            answer = carol.get(f"/api/studies/{study.id}/uploads/{upload.id}/files")
        assert len(answer.json()) == files
        counts.append(len(captured))
    assert counts[0] == counts[1]
