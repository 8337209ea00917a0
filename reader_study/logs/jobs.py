"""One line for each job that a worker took up: of what kind, how it ended, how long it took."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from celery.signals import setup_logging
from django.db import Error as AnyDatabaseError
from structlog.contextvars import bound_contextvars

from reader_study.logs.processes import log_all_there_is

if TYPE_CHECKING:
    from reader_study.jobs.models import LeasedJob

logger = logging.getLogger(__name__)


def leave_logging_to_the_settings() -> None:
    """Keep Celery from formatting lines in its own way."""
    setup_logging.connect(_set_up)


def _set_up(**_: Any) -> None:
    log_all_there_is()


@contextmanager
def job_in_log(job: "LeasedJob") -> Iterator[None]:
    """Let all lines within name the job, and write one about its end."""
    began = time.perf_counter()
    with bound_contextvars(kind=job.task_name, job=str(job.pk), attempt=job.attempts):
        try:
            yield
        finally:
            seconds = round(time.perf_counter() - began, 3)
            logger.info("job left", extra={"state": _state_of(job), "seconds": seconds})


def _state_of(job: "LeasedJob") -> str | None:
    """Return the state that the row has by now; None where the database does not say."""
    rows = type(job)._default_manager.filter(pk=job.pk)
    try:
        found: str | None = rows.values_list("state", flat=True).first()
    except AnyDatabaseError:
        return None
    return found
