"""Celery's doors to segmentation."""

from reader_study.celery import app
from reader_study.jobs.runner import perform
from reader_study.segmentation.media import prepare_media
from reader_study.segmentation.model_imports import run_import
from reader_study.segmentation.models import MediaPack, ModelImport, SegmentationJob
from reader_study.segmentation.runner import run_segmentation
from reader_study.segmentation.services import queue_missing_work
from reader_study.studies.models import Study


@app.task(name="segmentation.queue_missing_work")
def queue_missing_work_task(study_id: str) -> None:
    """Queue what a finished ingest made possible."""
    queue_missing_work(Study.objects.get(pk=study_id))


@app.task(name="segmentation.segment_case")
def segment_case(job_id: str) -> None:
    """Segment one case."""
    perform(SegmentationJob, job_id, run_segmentation)


@app.task(name="segmentation.prepare_media")
def prepare_media_task(job_id: str) -> None:
    """Prepare what the reading room shows of one case."""
    perform(MediaPack, job_id, prepare_media)


@app.task(name="segmentation.import_model")
def import_model_task(job_id: str) -> None:
    """Import an uploaded model."""
    perform(ModelImport, job_id, run_import)
