"""A worker, and a study with something for it to do."""

import pytest
from celery.contrib.testing.worker import start_worker

from inference.demo.model import DEMO_MODEL_DIRECTORY
from reader_study.celery import app
from reader_study.cohorts.intake.ingest import ingest_paths
from reader_study.cohorts.models import Upload
from reader_study.jobs.models import JobState
from reader_study.segmentation.models import StudyModel
from reader_study.segmentation.services import register_model
from tests.cast import make_study
from tests.imaging.synthetic_dicom import write_ct_series, write_xa_run


@pytest.fixture
def worker():
    """A worker of this process, on both queues, as the demo runs one."""
    import reader_study.cohorts.tasks
    import reader_study.segmentation.tasks  # noqa: F401

    app.control.purge()
    with start_worker(
        app, pool="solo", queues=["cpu", "gpu"], perform_ping_check=False, shutdown_timeout=30
    ):
        yield


@pytest.fixture
def study(tmp_path):
    """A study with one small case, which the demo model is to segment."""
    study = make_study()
    model = register_model(directory=DEMO_MODEL_DIRECTORY, actor=None)
    StudyModel.objects.filter(study=study).update(model=model)
    write_ct_series(tmp_path / "ct", size=64, slices=20, pixel_mm=1.2, steps_mm=2.0)
    write_xa_run(tmp_path / "xa.dcm")
    # Done, or the worker would take it for the job that it was woken for.
    upload = Upload.objects.create(
        study=study,
        site=study.sites.get(code="north"),
        filename="test",
        size_bytes=1,
        state=JobState.DONE,
    )
    ingest_paths(upload, [tmp_path])
    return study
