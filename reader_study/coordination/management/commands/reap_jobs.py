"""``manage.py reap_jobs``: find work whose worker died or whose message was lost."""

import logging
import time
from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.files.storage import storages
from django.core.management.base import BaseCommand
from django.db import close_old_connections, connection

from reader_study.cohorts.uploads.clearing import clear_quarantine
from reader_study.coordination.deletion.again import finish_and_agree
from reader_study.coordination.job_kinds import KINDS_OF_JOB
from reader_study.files.durable_storage import DurableFileSystemStorage
from reader_study.jobs.services import reap
from reader_study.logs.processes import log_all_there_is
from reader_study.reading.handing_over import clear_handed_over
from reader_study.segmentation.media import sweep_packs
from reader_study.segmentation.model_imports import sweep_leftovers
from reader_study.segmentation.services import queue_missing_work
from reader_study.studies.models import Study, StudyState

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Requeue expired jobs and send lost messages again, once or for ever."""

    help = "Requeue jobs of dead workers and resend lost messages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        parser.add_argument("--every", type=float, metavar="SECONDS", help="repeat for ever")

    def handle(self, *args: Any, **options: Any) -> None:
        """Reap once, or every so many seconds, whatever fails in a round."""
        if options["every"] is None:
            reap_everything()
            return
        log_all_there_is()
        while True:
            for step in steps():
                go_on_after_errors(step)
            time.sleep(options["every"])


def reap_everything() -> None:
    """Look once for expired jobs, lost messages, ended uploads and cases that wait for no job."""
    for step in steps():
        step()


def steps() -> list[Callable[[], object]]:
    """What is looked for in a round, one after the other."""
    return [
        close_old_connections,
        *(partial(reap, kind) for kind in KINDS_OF_JOB),
        clear_quarantine,
        sweep_leftovers,
        sweep_packs,
        clear_handed_over,
        finish_and_agree,
        _sweep_staging,
        _queue_missing_work,
    ]


def go_on_after_errors(step: Callable[[], object]) -> None:
    """Do one step; the others must not wait for what is wrong with it to be mended."""
    try:
        step()
    except Exception:
        logger.warning("A step of the reaper failed; it is tried again.", exc_info=True)
        connection.close()


def _sweep_staging() -> None:
    for name in ("default", "quarantine", "model-uploads"):
        storage = storages[name]
        if isinstance(storage, DurableFileSystemStorage):
            storage.sweep_staging()


def _queue_missing_work() -> None:
    growing = [StudyState.SETUP, StudyState.READING]
    for study in Study.objects.filter(state__in=growing):
        queue_missing_work(study)
