"""Whatever a worker is given, the job ends as done or in clear words, and the next job runs."""

import time
from pathlib import Path

import numpy as np
import pytest
import torch
from django.core.files.storage import default_storage

from reader_study.cohorts.arrays import load_arrays, save_ct_volume, stored_array
from reader_study.cohorts.models import Case, Review, Series, SeriesKind
from reader_study.imaging.ct_volume import CTVolume
from reader_study.jobs.models import JobState
from reader_study.jobs.services import send
from reader_study.segmentation.models import MediaPack, SegmentationJob, StudyModel
from reader_study.segmentation.services import queue_missing_work

# All in one process: a worker takes every message of the broker, also another process's.
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.queue,
    pytest.mark.xdist_group("worker"),
]

WAIT_SECONDS = 240
AIR_HU, FAT_HU = -1000, -150


def add_case(study, code, hu, spacing_zyx_mm=(2.0, 1.2, 1.2)):
    """A case whose CT was stored as it is given here."""
    case = Case.objects.create(
        study=study, site=study.sites.get(code="north"), code=code, patient_key=f"key-{code}"
    )
    volume = CTVolume(np.asarray(hu, np.int16), spacing_zyx_mm, (0.0, 0.0, 0.0), ())
    Series.objects.create(
        case=case,
        kind=SeriesKind.NCCT,
        series_key=code,
        position=1,
        stored_name=save_ct_volume(f"cases/{case.id}/ct.npz", volume),
        description="",
        instance_count=len(volume.hu),
        used=True,
        review=Review.NOT_NEEDED,
    )
    return case


def cut_short(case, share):
    """Leave only the beginning of the stored volume, as a full disk or a broken copy does."""
    path = Path(default_storage.path(stored_array(case.series.get())))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])


def ended_jobs(count):
    """Wait until so many segmentations have ended; return them by the code of their case."""
    ended = SegmentationJob.objects.filter(state__in=[JobState.DONE, JobState.FAILED])
    deadline = time.monotonic() + WAIT_SECONDS
    while ended.count() < count:
        if time.monotonic() > deadline:
            pytest.fail(f"not ended: {list(SegmentationJob.objects.values())}")
        time.sleep(0.2)
    return {job.case.code: job for job in ended.select_related("case")}


def media_of(job):
    """Wait until the images of a segmented case can be shown."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not MediaPack.objects.filter(segmentation=job, state=JobState.DONE).exists():
        assert time.monotonic() < deadline, list(MediaPack.objects.values())
        time.sleep(0.2)
    return MediaPack.objects.get(segmentation=job)


def head(slices=20):
    rng = np.random.default_rng(0)
    return rng.normal(40, 5, (slices, 64, 64))


def test_no_volume_stops_the_worker(study, worker):
    rng = np.random.default_rng(0)
    cut_short(add_case(study, "A-CUT", head()), 0.5)
    cut_short(add_case(study, "B-EMPTY-FILE", head()), 0)
    add_case(study, "C-AIR", np.full((20, 64, 64), AIR_HU))
    add_case(study, "D-NOISY-AIR", rng.normal(AIR_HU, 10, (20, 64, 64)))
    add_case(study, "E-ONE-SLICE", head(slices=1))
    gone = add_case(study, "F-GONE", head())
    default_storage.delete(stored_array(gone.series.get()))
    good = study.cases.exclude(code__contains="-").get()

    model = StudyModel.objects.get(study=study).model
    # The good one is the last in the queue.
    for case in [*study.cases.filter(code__contains="-").order_by("code"), good]:
        send(SegmentationJob.objects.create(case=case, model=model))
    jobs = ended_jobs(7)

    said = {code: job.error for code, job in jobs.items()}
    for code in ("A-CUT", "B-EMPTY-FILE", "F-GONE"):
        assert said[code].startswith(f"The stored CT volume of {code} is damaged or gone ("), said
    assert said["C-AIR"] == "The CT volume is blank: every voxel is -1000 HU"
    assert said["E-ONE-SLICE"].startswith("The CT volume is too small for a head: 1 slices")
    done = {code for code, job in jobs.items() if job.state == JobState.DONE}
    assert good.code in done
    assert "D-NOISY-AIR" in done or "nothing but air" in said["D-NOISY-AIR"]
    assert done <= {good.code, "D-NOISY-AIR"}
    assert "Unexpected" not in " ".join(said.values())


# No machine has it, so that what the allocator kept of earlier work cannot serve either.
BYTES_NO_MACHINE_HAS = 1 << 60


def take_too_much_of_numpy(*_, **__):
    np.empty(BYTES_NO_MACHINE_HAS, np.uint8)


def take_too_much_of_torch(*_, **__):
    torch.empty(BYTES_NO_MACHINE_HAS, dtype=torch.uint8)


@pytest.mark.parametrize(
    ("place", "take_too_much"),
    [
        pytest.param(
            "reader_study.segmentation.runner.load_ct_volume", take_too_much_of_numpy, id="reading"
        ),
        pytest.param(
            "inference.prediction.preprocessing.Preprocessing.run",
            take_too_much_of_torch,
            id="preparing",
        ),
        pytest.param(
            "inference.prediction.tiles._Sums._allocate", take_too_much_of_torch, id="network"
        ),
    ],
)
def test_a_case_for_which_memory_is_short_fails_in_words_and_the_next_runs(
    study, worker, monkeypatch, place, take_too_much
):
    with monkeypatch.context() as while_short:
        while_short.setattr(place, take_too_much)
        queue_missing_work(study)
        (failed,) = ended_jobs(1).values()
    assert failed.state == JobState.FAILED
    assert "not enough" in failed.error, failed.error
    assert "memory" in failed.error, failed.error
    assert "Unexpected" not in failed.error, failed.error

    after = add_case(study, "NEXT", head())
    queue_missing_work(study)
    assert ended_jobs(2)[after.code].state == JobState.DONE


def test_a_case_in_which_nothing_is_found_becomes_ready_without_a_tree(study, worker):
    rng = np.random.default_rng(0)
    case = add_case(study, "FAT", rng.normal(FAT_HU, 10, (20, 64, 64)))
    queue_missing_work(study)
    job = ended_jobs(2)[case.code]
    assert job.measures["hints"] == ["Nothing was found"]
    assert not load_arrays(job.mask_name)["mask"].any()
    assert media_of(job).manifest["tree"] is None
