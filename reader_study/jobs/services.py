"""Claim, renew, finish, fail and resend leased jobs."""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from reader_study.celery import app
from reader_study.jobs.models import JobState, LeasedJob

logger = logging.getLogger(__name__)

Job = TypeVar("Job", bound=LeasedJob)

RESEND_AFTER = timedelta(seconds=30)
# A long queue is no sign of lost messages: only its head is sent again, or a night's worth of
# hints would pile up behind one slow worker.
RESEND_AT_ONCE = 20
PROGRESS_EVERY_SECONDS = 0.5


class LeaseLostError(Exception):
    """Another worker owns the job now; what this one computed must not be stored."""


def send(job: LeasedJob) -> None:
    """Wake a worker for ``job``. A broker that is away does no harm: the reaper sends again."""
    try:
        app.send_task(job.task_name, args=[str(job.pk)], queue=job.queue, retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("The broker took no message for %s %s: %s", job.task_name, job.pk, error)
        return
    type(job)._default_manager.filter(pk=job.pk).update(sent_at=timezone.now())


def send_on_commit(job: LeasedJob) -> None:
    """Wake a worker once the transaction that created ``job`` is durable."""
    transaction.on_commit(lambda: send(job), robust=True)


def claim(kind: type[Job], job_id: str) -> Job | None:
    """Take the job for this worker, or return None where it is not to be had."""
    now = timezone.now()
    token = uuid.uuid4()
    free = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, lease_until__lt=now)
    kind._default_manager.filter(free, pk=job_id).update(
        state=JobState.RUNNING,
        token=token,
        lease_until=now + timedelta(seconds=settings.JOB_LEASE_SECONDS),
        attempts=F("attempts") + 1,
        started_at=now,
        progress=0.0,
        error="",
    )
    return kind._default_manager.filter(pk=job_id, token=token).first()


def _held(job: LeasedJob) -> Q:
    return Q(pk=job.pk, token=job.token, state=JobState.RUNNING)


@contextmanager
def lease_renewed(job: LeasedJob) -> Iterator[None]:
    """Keep the lease of a running job alive from a thread of its own."""
    stop = threading.Event()

    def renew() -> None:
        while not stop.wait(settings.JOB_LEASE_SECONDS / 4):
            until = timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)
            try:
                type(job)._default_manager.filter(_held(job)).update(lease_until=until)
            except DatabaseError as error:
                logger.warning("Lease of %s %s not renewed: %s", job.task_name, job.pk, error)
                connection.close()
        connection.close()

    thread = threading.Thread(target=renew, name=f"lease-{job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def progress_reporter(job: LeasedJob) -> Callable[[float], None]:
    """Return a function that stores the share done (0–1), at most twice a second.

    It raises `LeaseLostError` once another worker has claimed the job, so that this one stops.
    """
    last = 0.0

    def report(share: float) -> None:
        nonlocal last
        if time.monotonic() - last < PROGRESS_EVERY_SECONDS:
            return
        last = time.monotonic()
        held = type(job)._default_manager.filter(_held(job))
        if not held.update(progress=min(max(share, 0.0), 1.0)):
            raise _taken_over(job)

    return report


def store_while_held(job: LeasedJob, **values: Any) -> None:
    """Store values on the row of a running job, inside the caller's transaction.

    Raises
    ------
    LeaseLostError
        Another worker claimed the job meanwhile; the caller's transaction must roll back.
    """
    if not type(job)._default_manager.filter(_held(job)).update(**values):
        raise _taken_over(job)
    for name, value in values.items():
        setattr(job, name, value)


def _taken_over(job: LeasedJob) -> LeaseLostError:
    return LeaseLostError(f"{job.task_name} {job.pk} was taken over by another worker")


def finish(job: LeasedJob, **result: Any) -> None:
    """Mark the job done and store ``result`` on its row, inside the caller's transaction.

    Raises
    ------
    LeaseLostError
        Another worker claimed the job meanwhile; the caller's transaction must roll back.
    """
    done = (
        type(job)
        ._default_manager.filter(_held(job))
        .update(
            state=JobState.DONE,
            progress=1.0,
            token=None,
            lease_until=None,
            finished_at=timezone.now(),
            **result,
        )
    )
    if not done:
        raise _taken_over(job)


def fail(job: LeasedJob, message: str) -> None:
    """Mark the job failed with a message for people; nothing happens if the lease was lost."""
    type(job)._default_manager.filter(_held(job)).update(
        state=JobState.FAILED,
        error=message,
        token=None,
        lease_until=None,
        finished_at=timezone.now(),
    )


def requeue(job: LeasedJob) -> None:
    """Put an ended job back in the queue; one that waits or runs is left alone."""
    requeued = (
        type(job)
        ._default_manager.filter(pk=job.pk, state__in=[JobState.FAILED, JobState.DONE])
        .update(state=JobState.QUEUED, attempts=0, error="", progress=0.0, sent_at=None)
    )
    if requeued:
        send_on_commit(job)


def reap(kind: type[LeasedJob]) -> int:
    """Take jobs from dead workers, end those that died too often, resend what nobody took.

    Returns the number of messages sent.
    """
    now = timezone.now()
    expired = kind._default_manager.filter(state=JobState.RUNNING, lease_until__lt=now)
    expired.filter(attempts__gte=kind.max_attempts).update(
        state=JobState.FAILED,
        error=f"The worker died {kind.max_attempts} times on this job; see the worker's log.",
        token=None,
        lease_until=None,
        finished_at=now,
    )
    expired.update(state=JobState.QUEUED, token=None, lease_until=None, sent_at=None)
    unheard = kind._default_manager.filter(state=JobState.QUEUED).filter(
        Q(sent_at=None) | Q(sent_at__lt=now - RESEND_AFTER)
    )
    jobs = list(unheard.order_by("created_at")[:RESEND_AT_ONCE])
    for job in jobs:
        send(job)
    return len(jobs)
