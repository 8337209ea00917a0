"""``manage.py ingest PATH… --study SLUG``: cohort in from the command line."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from reader_study.cohorts.intake.ingest import ingest_paths
from reader_study.cohorts.models import MessageLevel, Upload
from reader_study.jobs.models import JobState
from reader_study.jobs.runner import perform_claimed
from reader_study.jobs.services import cancel, claim, finish
from reader_study.segmentation.services import queue_missing_work
from reader_study.studies.models import Site, Study


class Command(BaseCommand):
    """Ingest files, folders and zips of DICOM into a study and queue their segmentation."""

    help = "Ingest DICOM files, folders or zips into a study."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--study", required=True, metavar="SLUG")
        parser.add_argument("--site", metavar="CODE", help="needed if the study has several sites")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ingest and print one line for each file or series that needs a word."""
        study = Study.objects.filter(slug=options["study"]).first()
        if study is None:
            known = ", ".join(Study.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no study “{options['study']}”. Studies: {known}.")
        if study.is_locked:
            raise CommandError(f"“{study.name}” is locked: its cohort can no longer grow.")
        paths: list[Path] = options["paths"]
        for path in paths:
            if not path.exists():
                raise CommandError(f"{path} does not exist.")
        upload = _claimed_upload(_site(study, options["site"]), paths)

        def work(job: Upload) -> None:
            ingest_paths(job, paths)
            finish(job)

        perform_claimed(upload, work)
        upload.refresh_from_db()
        self._print(upload)
        if upload.state != JobState.DONE:
            # Of one that was put back into the queue, no worker has the files.
            cancel(upload, upload.note)
            raise CommandError(upload.error or upload.note)
        queued = queue_missing_work(study)
        self.stdout.write(f"Segmentations queued: {queued}.")

    def _print(self, upload: Upload) -> None:
        styles = {
            MessageLevel.INFO: self.style.SUCCESS,
            MessageLevel.WARNING: self.style.WARNING,
            MessageLevel.ERROR: self.style.ERROR,
        }
        for message in upload.messages.all():
            level = MessageLevel(message.level)
            self.stdout.write(styles[level](f"{level.label}: {message.name}: {message.text}"))
        self.stdout.write(
            f"Cases added: {upload.cases_added}. Files accepted: {upload.instances_accepted}."
        )


@transaction.atomic
def _claimed_upload(site: Site, paths: list[Path]) -> Upload:
    """Create the upload's row in this process's hands: no worker ever sees it waiting."""
    waiting = Upload.objects.create(
        study=site.study,
        site=site,
        filename=", ".join(path.name for path in paths)[:255],
        size_bytes=sum(_bytes_in(path) for path in paths),
    )
    upload = claim(Upload, str(waiting.pk))
    if upload is None:
        raise CommandError("The upload's row could not be claimed: run the command again.")
    return upload


def _bytes_in(path: Path) -> int:
    """Size of a file, or of all files in a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def _site(study: Study, code: str | None) -> Site:
    sites = list(study.sites.all())
    if code is None and len(sites) == 1:
        return sites[0]
    for site in sites:
        if site.code == code:
            return site
    codes = ", ".join(site.code for site in sites)
    raise CommandError(f"Say with --site which hospital sent the files: {codes}.")
