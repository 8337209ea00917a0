"""Run one leased job from claim to end, whatever happens in between."""

import logging
from collections.abc import Callable
from typing import TypeVar

from reader_study.jobs.models import LeasedJob
from reader_study.jobs.services import LeaseLostError, claim, fail, lease_renewed

logger = logging.getLogger(__name__)

Job = TypeVar("Job", bound=LeasedJob)


class JobFailedError(Exception):
    """The work cannot be done; the message says to people what, where and what to do."""


def perform(kind: type[Job], job_id: str, work: Callable[[Job], None]) -> None:
    """Claim the job and do its work; ``work`` stores its result and calls ``finish``.

    A job that another worker holds is left alone. Failure is stored on the row, never raised, so
    that the next job of the queue runs.
    """
    job = claim(kind, job_id)
    if job is None:
        logger.info("%s %s is done, running elsewhere or gone", kind.task_name, job_id)
        return
    perform_claimed(job, work)


def perform_claimed(job: Job, work: Callable[[Job], None]) -> None:
    """Do the work of a job that this process has claimed."""
    with lease_renewed(job):
        try:
            work(job)
        except LeaseLostError as error:
            logger.warning("%s", error)
        except JobFailedError as error:
            fail(job, str(error))
        # Whatever went wrong, the row must say that the job ended, and the next job must run.
        except Exception as error:
            logger.exception("%s %s failed", job.task_name, job.pk)
            fail(job, f"Unexpected {type(error).__name__}: {error}. The worker's log has more.")
