"""``manage.py reap_jobs``: find work whose worker died or whose message was lost."""

import logging
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections

from reader_study.cohorts.uploads.clearing import clear_quarantine
from reader_study.coordination.job_kinds import KINDS_OF_JOB
from reader_study.jobs.services import reap
from reader_study.logs.processes import log_all_there_is
from reader_study.reading.handing_over import clear_handed_over
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
        """Reap once, or every so many seconds through restarts of the database."""
        if options["every"] is None:
            reap_everything()
            return
        log_all_there_is()
        while True:
            try:
                reap_everything()
            except OperationalError:
                logger.warning("The database did not answer; trying again.", exc_info=True)
            time.sleep(options["every"])


def reap_everything() -> None:
    """Look once for expired jobs, lost messages, ended uploads and cases that wait for no job."""
    close_old_connections()
    for kind in KINDS_OF_JOB:
        reap(kind)
    clear_quarantine()
    sweep_leftovers()
    clear_handed_over()
    growing = [StudyState.SETUP, StudyState.READING]
    for study in Study.objects.filter(state__in=growing):
        queue_missing_work(study)
