"""Celery's doors to segmentation. A message names a job, the database says which comes first."""

from reader_study.celery import app
from reader_study.jobs.runner import perform_most_urgent
from reader_study.segmentation import media, model_imports, runner  # noqa: F401 (the work itself)
from reader_study.segmentation.models import MediaPack, ModelImport, SegmentationJob
from reader_study.segmentation.services import queue_missing_work
from reader_study.studies.models import Study


@app.task(name="segmentation.queue_missing_work")
def queue_missing_work_task(study_id: str) -> None:
    """Queue what a finished ingest made possible."""
    queue_missing_work(Study.objects.get(pk=study_id))


@app.task(name=SegmentationJob.task_name)
def segment_case(job_id: str) -> None:
    """Segment the case that comes first."""
    perform_most_urgent(SegmentationJob.queue)


@app.task(name=MediaPack.task_name)
def prepare_media_task(job_id: str) -> None:
    """Prepare what the reading room shows of a case, or do what comes before that."""
    perform_most_urgent(MediaPack.queue)


@app.task(name=ModelImport.task_name)
def import_model_task(job_id: str) -> None:
    """Import an uploaded model, or do what comes before that."""
    perform_most_urgent(ModelImport.queue)
