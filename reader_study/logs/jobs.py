"""One line for each job that a worker took up: of what kind, how it ended, how long it took."""

import logging
import time
from typing import Any

from celery import Task
from celery.signals import setup_logging, task_postrun, task_prerun
from django.apps import apps
from structlog.contextvars import bind_contextvars, get_contextvars, unbind_contextvars

from reader_study.logs.processes import log_all_there_is

logger = logging.getLogger(__name__)


def log_jobs() -> None:
    """Write the lines of this module in a process that works for Celery."""
    setup_logging.connect(_leave_logging_to_the_settings)
    task_prerun.connect(_name_the_job)
    task_postrun.connect(_say_how_it_ended)


def _leave_logging_to_the_settings(**_: Any) -> None:
    """Keep Celery from formatting lines in its own way."""
    log_all_there_is()


def _name_the_job(task: Task, args: tuple[Any, ...] = (), **_: Any) -> None:
    """Let all lines of the job name it."""
    bind_contextvars(kind=task.name, job=args[0] if args else None, began=time.perf_counter())


def _say_how_it_ended(task: Task, args: tuple[Any, ...] = (), **_: Any) -> None:
    began = get_contextvars()["began"]
    state = _state_of(task.name, args[0]) if args else None
    seconds = round(time.perf_counter() - began, 3)
    logger.info("job left", extra={"state": state, "seconds": seconds})
    unbind_contextvars("kind", "job", "began")


def _state_of(kind: str, key: str) -> str | None:
    """Return the state that the job's row has by now; None where the task is no job."""
    # Celery's signals are connected before there are models.
    from reader_study.jobs.models import LeasedJob

    for model in apps.get_models():
        if issubclass(model, LeasedJob) and model.task_name == kind:
            rows = model._default_manager.filter(pk=key)
            found: str | None = rows.values_list("state", flat=True).first()
            return found
    return None
