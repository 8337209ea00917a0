"""Celery's doors to the ingest and to the making of a series' images."""

from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction

from reader_study.celery import app
from reader_study.cohorts.intake.ingest import ingest_paths
from reader_study.cohorts.models import SeriesBuild, Upload
from reader_study.cohorts.series.builds import build_series
from reader_study.cohorts.uploads.lifecycle import destroy_quarantined
from reader_study.cohorts.uploads.quarantine import copy_out_of_quarantine
from reader_study.cohorts.what_follows import wake_what_follows
from reader_study.jobs.runner import JobFailedError, perform
from reader_study.jobs.services import finish, progress_reporter


def _ingest(upload: Upload) -> None:
    with TemporaryDirectory(prefix="reader-study-ingest-") as folder:
        sent_names = copy_out_of_quarantine(upload, Path(folder))
        if not sent_names:
            raise JobFailedError("The files are no longer here. Nothing was lost: send them again.")
        ingest_paths(
            upload,
            list(sent_names),
            sent_names=sent_names,
            progress=progress_reporter(upload),
        )
    with transaction.atomic():
        finish(upload)
        destroy_quarantined(upload)
        wake_what_follows(upload.study_id)


@app.task(name="cohorts.ingest_upload")
def ingest_upload(upload_id: str) -> None:
    """Ingest one upload out of quarantine."""
    perform(Upload, upload_id, _ingest)


@app.task(name="cohorts.build_series")
def build_series_task(build_id: str) -> None:
    """Make the images of one series anew and carry the decision out that waits for them."""
    perform(SeriesBuild, build_id, build_series)
