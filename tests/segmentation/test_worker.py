"""A real worker on a real broker takes a case from the queue to the reading room."""

import time

import numpy as np
import pytest
from django.core.files.storage import default_storage

from inference.demo.model import DEMO_MODEL_DIRECTORY
from reader_study.accounts.models import User
from reader_study.cohorts.arrays import load_arrays
from reader_study.cohorts.models import Phase, Review, Series, SeriesKind
from reader_study.cohorts.series.reviews import keep_out, look_again, release
from reader_study.jobs.models import JobState
from reader_study.reading.selectors import ready_packs
from reader_study.segmentation.models import MediaPack, SegmentationJob, StudyModel
from reader_study.segmentation.services import queue_missing_work, register_model, retry_case
from tests.stored_series import add_run

# All in one process: a worker takes every message of the broker, also another process's.
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.queue,
    pytest.mark.xdist_group("worker"),
]

WAIT_SECONDS = 120


def release_run(study):
    """Let the coordinator release the case's run and wake what follows."""
    carol = User.objects.get(username="carol")
    run = Series.objects.get(kind=SeriesKind.DSA, review=Review.WAITING)
    release(series=run, phase=Phase.AFTER, blackouts=[], reason="", actor=carol)
    return run


def wait_for(kind, state: str):
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        row = kind.objects.first()
        if row is not None and row.state == state:
            return row
        time.sleep(0.2)
    pytest.fail(f"no {kind.__name__} became {state}: {list(kind.objects.values())}")


def test_a_case_is_segmented_and_made_ready_for_reading(study, worker):
    assert queue_missing_work(study) == 1
    job = wait_for(SegmentationJob, JobState.DONE)
    assert not MediaPack.objects.exists()
    release_run(study)
    pack = wait_for(MediaPack, JobState.DONE)
    job = SegmentationJob.objects.get()
    assert job.state == JobState.DONE
    assert job.provenance["model_sha256"] == job.model.sha256
    mask = load_arrays(job.mask_name)["mask"]
    assert mask.shape == (20, 64, 64)
    assert job.artery_volume_ml == pytest.approx(
        np.count_nonzero(mask) * 2.0 * 1.2 * 1.2 / 1000, abs=0.01
    )
    assert job.measures["volume_ml"] == pytest.approx(job.artery_volume_ml, abs=0.01)
    assert job.provenance["seconds"]["measures"] >= 0
    assert pack.manifest["volume"]["shape"] == [20, 64, 64]
    assert len(pack.manifest["runs"]) == 1
    assert queue_missing_work(study) == 0


def test_a_case_that_cannot_be_segmented_fails_in_words_and_the_next_runs(study, worker):
    job_model = StudyModel.objects.get(study=study).model
    job_model.directory = "/nowhere/at/all"
    job_model.sha256 = "0" * 64
    job_model.save()
    queue_missing_work(study)
    job = wait_for(SegmentationJob, JobState.FAILED)
    assert "/nowhere/at/all" in job.error
    assert "Unexpected" not in job.error
    good = register_model(directory=DEMO_MODEL_DIRECTORY, actor=None)
    SegmentationJob.objects.update(model=good)
    retry_case(case=job.case, actor=study.memberships.first().user)
    release_run(study)
    wait_for(MediaPack, JobState.DONE)


def test_a_tree_that_cannot_be_measured_is_segmented_all_the_same(study, worker, monkeypatch):
    def fail(*_: object) -> None:
        raise ZeroDivisionError("no length")

    monkeypatch.setattr("inference.anatomy.hints.tree_findings", fail)
    queue_missing_work(study)
    job = wait_for(SegmentationJob, JobState.DONE)
    assert job.measures == {"problem": "Not measured: ZeroDivisionError: no length"}
    assert load_arrays(job.mask_name)["mask"].shape == (20, 64, 64)


def test_a_pack_is_made_of_what_was_released_and_anew_when_that_changes(study, worker, tmp_path):
    run = release_run(study)
    case = run.case
    kept_out = add_run(case, tmp_path)
    before = add_run(case, tmp_path)
    carol = User.objects.get(username="carol")
    keep_out(series=kept_out, reason="A name.", actor=carol)
    release(series=before, phase=Phase.BEFORE, blackouts=[], reason="", actor=carol)
    queue_missing_work(study)
    pack = wait_for(MediaPack, JobState.DONE)
    assert len(pack.manifest["runs"]) == 1
    ct = case.series.get(kind=SeriesKind.NCCT)
    run.refresh_from_db()
    names = set(pack.sources.values_list("stored_name", flat=True))
    assert names == {ct.stored_name, run.stored_name}
    assert ready_packs(study).get() == pack
    former_folder = pack.folder

    look_again(series=run, reason="A name in frame 3?", actor=carol)
    assert not ready_packs(study).exists()
    assert queue_missing_work(study) == 0
    look_again(series=before, reason="", actor=carol)
    release(series=before, phase=Phase.AFTER, blackouts=[], reason="", actor=carol)
    assert not ready_packs(study).exists()
    keep_out(series=run, reason="A name.", actor=carol)
    deadline = time.monotonic() + WAIT_SECONDS
    while not ready_packs(study).exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    pack = ready_packs(study).get()
    before.refresh_from_db()
    names = set(pack.sources.values_list("stored_name", flat=True))
    assert names == {ct.stored_name, before.stored_name}
    assert pack.folder != former_folder
    assert not default_storage.exists(f"{former_folder}/volume.bin")
