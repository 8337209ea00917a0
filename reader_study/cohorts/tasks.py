"""Celery's doors to the ingest and to the making of a series' images.

A message names a job; the database says which of its queue comes first.
"""

from reader_study.celery import app
from reader_study.cohorts.intake import upload_ingest  # noqa: F401 (the work itself)
from reader_study.cohorts.models import SeriesBuild, Upload
from reader_study.cohorts.series import builds  # noqa: F401
from reader_study.jobs.runner import perform_most_urgent


@app.task(name=Upload.task_name)
def ingest_upload(upload_id: str) -> None:
    """Ingest an upload out of quarantine, or do what comes before that."""
    perform_most_urgent(Upload.queue)


@app.task(name=SeriesBuild.task_name)
def build_series_task(build_id: str) -> None:
    """Make the images of a series anew, or do what comes before that."""
    perform_most_urgent(SeriesBuild.queue)
