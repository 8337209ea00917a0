"""Whom a person waits for comes first, then calibration, then the rest; the database decides."""

from datetime import timedelta

import pytest
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.cohorts.models import Case, CasePurpose, Upload
from reader_study.jobs import services
from reader_study.jobs.models import JobState, Priority
from reader_study.jobs.runner import _work_of, perform_most_urgent
from reader_study.segmentation.models import MediaPack, ModelImport, SegmentationJob
from reader_study.segmentation.services import queue_missing_work, retry_case
from tests.cast import make_study, ready_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of what the workers did, in order."""
    names: list[str] = []

    def work(job) -> None:
        names.append(str(job))
        services.finish(job)

    for kind in (Upload, MediaPack, ModelImport, SegmentationJob):
        monkeypatch.setitem(_work_of, kind, work)
    return names


def queued_upload(study, name: str, **values) -> Upload:
    site = study.sites.get(code="north")
    return Upload.objects.create(study=study, site=site, filename=name, size_bytes=1, **values)


def test_a_message_for_one_job_wakes_a_worker_for_the_job_that_comes_first(done):
    study = make_study()
    for number in range(3):
        queued_upload(study, f"night-{number}.zip")
    queued_upload(study, "again.zip", priority=Priority.WAITED_FOR)
    for _ in range(5):  # one message more than there are jobs
        perform_most_urgent("cpu")
    assert done == ["again.zip", "night-0.zip", "night-1.zip", "night-2.zip"]


def test_an_import_that_somebody_watches_comes_before_uploads_of_before(done):
    study = make_study()
    queued_upload(study, "night.zip")
    ModelImport.objects.create(
        name="model",
        notice="n",
        file_name="model.zip",
        size_bytes=1,
        requested_by=User.objects.get(username="carol"),
        priority=Priority.WAITED_FOR,
        model=study.model_choice.model,
    )
    perform_most_urgent("cpu")
    perform_most_urgent("cpu")
    assert done == ["model from model.zip", "night.zip"]


def test_a_worker_leaves_another_queue_and_what_is_not_due_alone(done):
    study = make_study()
    queued_upload(study, "later.zip", not_before=timezone.now() + timedelta(minutes=1))
    perform_most_urgent("gpu")
    perform_most_urgent("cpu")
    assert done == []
    Upload.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    perform_most_urgent("cpu")
    assert done == ["later.zip"]


def test_of_two_workers_who_want_the_same_job_one_takes_the_next(monkeypatch):
    study = make_study()
    first, second = queued_upload(study, "first.zip"), queued_upload(study, "second.zip")
    real_claim = services.claim

    def another_is_faster(kind, job_id: str):
        monkeypatch.setattr(services, "claim", real_claim)
        real_claim(kind, job_id)
        return

    monkeypatch.setattr(services, "claim", another_is_faster)
    claimed = services.claim_most_urgent([Upload])
    assert claimed == second
    first.refresh_from_db()
    assert first.state == JobState.RUNNING


def test_calibration_cases_are_segmented_before_the_others(done, sent):
    study = make_study()
    ready_case(study, "C001")
    ready_case(study, "K001", reference_grade=3)
    MediaPack.objects.all().delete()
    SegmentationJob.objects.all().delete()
    queue_missing_work(study)
    perform_first = services.claim_most_urgent([SegmentationJob])
    assert isinstance(perform_first, SegmentationJob)
    assert perform_first.case.code == "K001"


def test_a_case_that_becomes_one_for_calibration_moves_up_in_the_queue(sent):
    study = make_study()
    ready_case(study, "C001")
    job = SegmentationJob.objects.get()
    SegmentationJob.objects.update(state=JobState.QUEUED)
    MediaPack.objects.all().delete()
    Case.objects.update(purpose=CasePurpose.CALIBRATION, reference_grade=3)
    queue_missing_work(study)
    job.refresh_from_db()
    assert job.priority == Priority.CALIBRATION


def test_what_a_person_tries_again_comes_first(sent):
    study = make_study()
    case = ready_case(study, "C001")
    SegmentationJob.objects.update(state=JobState.FAILED, error="broken")
    retry_case(case=case, actor=User.objects.get(username="carol"))
    job = SegmentationJob.objects.get()
    assert (job.state, job.priority, job.error) == (JobState.QUEUED, Priority.WAITED_FOR, "")
