"""Claim, renew, finish, fail, cancel and resend leased jobs."""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db import Error as AnyDatabaseError
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from reader_study.celery import app
from reader_study.jobs import shutdown
from reader_study.jobs.database_restarts import DATABASE_IS_AWAY
from reader_study.jobs.models import JobState, LeasedJob, Priority

logger = logging.getLogger(__name__)

Job = TypeVar("Job", bound=LeasedJob)

# A long queue is no sign of lost messages: only its head is sent again, or a night's worth of
# hints would pile up behind one slow worker.
RESEND_AT_ONCE = 20
PROGRESS_EVERY_SECONDS = 0.5
LOOK_FOR_SHUTDOWN_SECONDS = 1.0
IN_ORDER = ("priority", "created_at")
UNDER_WAY = (JobState.QUEUED, JobState.RUNNING)
STOPPED = (JobState.FAILED, JobState.CANCELLED)
"""Where nothing more happens by itself and a person may try again."""
ENDED = (JobState.DONE, *STOPPED)
WORKER_STOPPED = "The worker was stopped: this was put back into the queue."


class LeaseLostError(Exception):
    """The job is another worker's or was cancelled; what this one computed must not be stored."""


def send(job: LeasedJob) -> None:
    """Wake a worker for ``job``. A broker that is away does no harm: the reaper sends again."""
    try:
        app.send_task(job.task_name, args=[str(job.pk)], queue=job.queue, retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("The broker took no message", exc_info=error, extra=_named(job))
        return
    type(job)._default_manager.filter(pk=job.pk).update(sent_at=timezone.now())


def _named(job: LeasedJob) -> dict[str, str]:
    """Say in the log which job it is, where no worker has taken it up."""
    return {"kind": job.task_name, "job": str(job.pk)}


def send_on_commit(job: LeasedJob) -> None:
    """Wake a worker once the transaction that created ``job`` is durable."""
    transaction.on_commit(lambda: send(job), robust=True)


def claim(kind: type[Job], job_id: str) -> Job | None:
    """Take the job for this worker, or return None where it is not to be had."""
    now = timezone.now()
    token = uuid.uuid4()
    # One whose workers died too often is the reaper's, which ends it.
    orphaned = Q(state=JobState.RUNNING, lease_until__lt=now, attempts__lt=kind.max_attempts)
    kind._default_manager.filter(_is_due(now) | orphaned, pk=job_id).update(
        state=JobState.RUNNING,
        token=token,
        lease_until=now + timedelta(seconds=settings.JOB_LEASE_SECONDS),
        attempts=F("attempts") + 1,
        started_at=now,
        progress=0.0,
        error="",
        note="",
        not_before=None,
    )
    return kind._default_manager.filter(pk=job_id, token=token).first()


def claim_most_urgent(kinds: Collection[type[LeasedJob]]) -> LeasedJob | None:
    """Take the job that comes first among several kinds; None where nothing is due."""
    while True:
        due = _is_due(timezone.now())
        firsts: list[tuple[int, datetime, str, type[LeasedJob]]] = []
        for kind in kinds:
            queued = kind._default_manager.filter(due).order_by(*IN_ORDER)
            first = queued.values_list(*IN_ORDER, "pk").first()
            if first is not None:
                firsts.append((*first[:2], str(first[2]), kind))
        if not firsts:
            return None
        _, _, job_id, kind = min(firsts, key=lambda first: first[:3])
        job: LeasedJob | None = claim(kind, job_id)
        if job is not None:  # else another worker was faster
            return job


def _is_due(now: datetime) -> Q:
    return Q(state=JobState.QUEUED) & (Q(not_before=None) | Q(not_before__lte=now))


def _held(job: LeasedJob) -> Q:
    return Q(pk=job.pk, token=job.token, state=JobState.RUNNING)


@contextmanager
def lease_renewed(job: LeasedJob) -> Iterator[None]:
    """Keep the lease of a running job alive from a thread of its own.

    Once the worker was asked to stop and the job did not finish soon, the thread hands it back:
    the work itself may not look up for minutes.
    """
    stop = threading.Event()
    thread = threading.Thread(
        target=_keep_alive, args=(job, stop), name=f"lease-{job.pk}", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _keep_alive(job: LeasedJob, stop: threading.Event) -> None:
    renew_every = settings.JOB_LEASE_SECONDS / 4
    renewed_at = time.monotonic()
    while not stop.wait(min(renew_every, LOOK_FOR_SHUTDOWN_SECONDS)):
        try:
            if shutdown.time_is_up():
                hand_back(job, WORKER_STOPPED)
                break
            if time.monotonic() - renewed_at >= renew_every:
                if not _renew(job):
                    break
                renewed_at = time.monotonic()
        except AnyDatabaseError as error:
            logger.warning("A lease was not renewed", exc_info=error, extra=_named(job))
            connection.close()
    connection.close()


def _renew(job: LeasedJob) -> bool:
    until = timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)
    return bool(type(job)._default_manager.filter(_held(job)).update(lease_until=until))


def progress_reporter(job: LeasedJob) -> Callable[[float], None]:
    """Return a function that stores the share done (0–1), at most twice a second.

    It raises `LeaseLostError` once another worker has claimed the job or somebody cancelled it, so
    that this one stops. A database that is away for a moment stops nothing.
    """
    last = 0.0

    def report(share: float) -> None:
        nonlocal last
        if time.monotonic() - last < PROGRESS_EVERY_SECONDS:
            return
        last = time.monotonic()
        held = type(job)._default_manager.filter(_held(job))
        try:
            is_held = held.update(progress=min(max(share, 0.0), 1.0))
        except DATABASE_IS_AWAY as error:
            if connection.in_atomic_block:
                raise
            logger.warning("Progress was not stored", exc_info=error, extra=_named(job))
            connection.close()
        else:
            if not is_held:
                raise _taken_over(job)

    return report


@contextmanager
def undone_if_lost(undo: Callable[[], None]) -> Iterator[None]:
    """Take back what was stored outside the database if the job turns out to be lost.

    After an error of the database nothing is taken back: it may have committed.
    """
    try:
        yield
    except LeaseLostError:
        undo()
        raise


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
    return LeaseLostError(f"{job.task_name} {job.pk} was cancelled or is another worker's by now")


def require_held(job: LeasedJob) -> None:
    """Let the caller's transaction go on only if the job is still this worker's.

    Its row stays as it is until the transaction ends. Work that nobody claimed, such as a
    script's, has no lease to lose.

    Raises
    ------
    LeaseLostError
        It is another worker's or was cancelled; the transaction must roll back.
    """
    if job.token is None:
        return
    # An update, not a look: it waits for, and then sees, whoever changes the row at this moment.
    if not type(job)._default_manager.filter(_held(job)).update(token=job.token):
        raise _taken_over(job)


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


def fail(job: LeasedJob, message: str) -> bool:
    """Mark the job failed with a message for people; nothing happens if the lease was lost.

    Returns whether it was marked.
    """
    return _end(job, state=JobState.FAILED, error=message, finished_at=timezone.now())


def hand_back(job: LeasedJob, note: str, *, costs_an_attempt: bool = False) -> None:
    """Put a running job back into the queue; nothing happens if the lease was lost."""
    attempts = F("attempts") if costs_an_attempt else F("attempts") - 1
    if _end(job, state=JobState.QUEUED, attempts=attempts, note=note, sent_at=None):
        send(job)


def pause(job: LeasedJob, note: str) -> None:
    """Put a running job back into the queue for later, with a note that says what it waits for."""
    _end(
        job,
        state=JobState.QUEUED,
        attempts=F("attempts") - 1,
        note=note,
        not_before=timezone.now() + timedelta(seconds=settings.JOB_PAUSE_SECONDS),
        sent_at=None,
    )


def _end(job: LeasedJob, **values: Any) -> bool:
    """Let a held job go in another state; returns whether it was held."""
    held = type(job)._default_manager.filter(_held(job))
    return bool(held.update(token=None, lease_until=None, **values))


def cancel(job: LeasedJob, reason: str) -> bool:
    """Take a job out of the queue, or from the worker that is at it, which stops when it looks up.

    Call it inside the transaction that records who cancelled. Returns whether it was under way.
    """
    under_way = type(job)._default_manager.filter(pk=job.pk, state__in=UNDER_WAY)
    return bool(
        under_way.update(
            state=JobState.CANCELLED,
            error=reason,
            note="",
            not_before=None,
            token=None,
            lease_until=None,
            finished_at=timezone.now(),
        )
    )


def requeue(job: LeasedJob, *, priority: Priority | None = None) -> bool:
    """Put an ended job back in the queue; one that waits or runs is left alone.

    Returns whether it was put back.
    """
    urgency = {} if priority is None else {"priority": priority}
    requeued = (
        type(job)
        ._default_manager.filter(pk=job.pk, state__in=ENDED)
        .update(
            state=JobState.QUEUED,
            attempts=0,
            error="",
            note="",
            not_before=None,
            progress=0.0,
            sent_at=None,
            **urgency,
        )
    )
    if requeued:
        send_on_commit(job)
    return bool(requeued)


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
    resend_after = timedelta(seconds=settings.JOB_LEASE_SECONDS / 2)
    unheard = kind._default_manager.filter(_is_due(now)).filter(
        Q(sent_at=None) | Q(sent_at__lt=now - resend_after)
    )
    jobs = list(unheard.order_by(*IN_ORDER)[:RESEND_AT_ONCE])
    for job in jobs:
        send(job)
    return len(jobs)
