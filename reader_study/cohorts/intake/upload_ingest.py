"""The work of an upload's job: out of quarantine, into cases, raw files destroyed."""

from pathlib import Path
from tempfile import TemporaryDirectory

from reader_study.cohorts.intake.ingest import ingest_paths
from reader_study.cohorts.models import Upload
from reader_study.cohorts.uploads.lifecycle import destroy_quarantined
from reader_study.cohorts.uploads.quarantine import copy_out_of_quarantine
from reader_study.cohorts.what_follows import wake_what_follows
from reader_study.jobs.database_restarts import storing_result
from reader_study.jobs.runner import JobFailedError, does
from reader_study.jobs.services import finish, progress_reporter


@does(Upload)
def ingest(upload: Upload) -> None:
    """Ingest what was sent, and destroy the raw files."""
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
    with storing_result():
        finish(upload)
        destroy_quarantined(upload)
        wake_what_follows(upload.study_id)
