"""Run one leased job from claim to end, whatever happens in between."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from reader_study.jobs.database_restarts import DATABASE_IS_AWAY, until_it_answers
from reader_study.jobs.full_disks import is_full_disk, require_room_for_work
from reader_study.jobs.models import LeasedJob
from reader_study.jobs.services import (
    LeaseLostError,
    claim,
    claim_most_urgent,
    fail,
    hand_back,
    lease_renewed,
    pause,
)
from reader_study.logs.jobs import job_in_log

logger = logging.getLogger(__name__)

Job = TypeVar("Job", bound=LeasedJob)

NO_ROOM = "The server's disk is full: this goes on by itself once there is room."
DATABASE_WAS_AWAY = "The database did not answer: this was put back into the queue."

_work_of: dict[type[LeasedJob], Callable[[Any], None]] = {}


class JobFailedError(Exception):
    """The work cannot be done; the message says to people what, where and what to do."""


def does(kind: type[Job]) -> Callable[[Callable[[Job], None]], Callable[[Job], None]]:
    """Declare that a function does the work of a kind of job.

    It stores its result and calls ``finish``.
    """

    def declare(work: Callable[[Job], None]) -> Callable[[Job], None]:
        _work_of[kind] = work
        return work

    return declare


def perform_most_urgent(queue: str) -> None:
    """Do the job of a queue that is to be done first, of whatever kind; none may be due.

    A message wakes a worker; which job it is for, the database says, or a night's uploads would
    keep waiting whoever pressed a button this morning.
    """
    kinds = [kind for kind in _work_of if kind.queue == queue]
    job = claim_most_urgent(kinds)
    if job is None:
        logger.info("Woken for a queue in which nothing is due")
        return
    perform_claimed(job, _work_of[type(job)])


def perform(kind: type[Job], job_id: str, work: Callable[[Job], None]) -> None:
    """Claim the job and do its work; ``work`` stores its result and calls ``finish``.

    A job that another worker holds is left alone. Failure is stored on the row, never raised, so
    that the next job of the queue runs.
    """
    job = claim(kind, job_id)
    if job is None:
        named = {"kind": kind.task_name, "job": job_id}
        logger.info("A job is done, running elsewhere or gone", extra=named)
        return
    perform_claimed(job, work)


def perform_claimed(job: Job, work: Callable[[Job], None]) -> None:
    """Do the work of a job that this process has claimed."""
    with job_in_log(job), lease_renewed(job):
        try:
            require_room_for_work()
            work(job)
        except LeaseLostError:
            logger.warning("The job was cancelled or taken over by another worker")
        # Whatever went wrong, the row must say so, and the next job must run.
        except Exception as error:  # noqa: BLE001 - said on the row and in the log
            until_it_answers(partial(_end, job, error))


def _end(job: LeasedJob, error: Exception) -> None:
    """Say on the row what became of a job whose work raised an error."""
    if is_full_disk(error):
        logger.warning("The job waits: the disk is full")
        pause(job, NO_ROOM)
    elif isinstance(error, JobFailedError):
        fail(job, str(error))
    elif isinstance(error, DATABASE_IS_AWAY) and job.attempts < job.max_attempts:
        logger.warning("The database was away", exc_info=error)
        hand_back(job, DATABASE_WAS_AWAY, costs_an_attempt=True)
    else:
        logger.error("The job failed", exc_info=error)
        fail(job, f"Unexpected {type(error).__name__}: {error}. The worker's log has more.")
