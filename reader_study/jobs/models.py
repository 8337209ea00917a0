"""The row behind every piece of background work; the queue's message is only a hint to look at it.

``queued → running(token, attempt, lease) → done | failed | cancelled``, and before it ``awaiting``
where a job is known before it can be done. A worker claims a row by compare-and-set, renews its
lease while it works, and may finish only while it still holds the token it claimed with: a worker
that was thought dead cannot overwrite its successor. A job that cannot go on for now, because the
disk is full, is queued again with a note and a time before which nobody tries.
"""

from django.db import models


class JobState(models.TextChoices):
    """Where a job is in its life."""

    AWAITING = "awaiting", "Awaiting what it needs"
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class Priority(models.IntegerChoices):
    """Which of the queued jobs is done first; of equals, the one that was queued first."""

    WAITED_FOR = 0, "Somebody waits for it"
    CALIBRATION = 1, "For calibration, which comes before the study's cases"
    BULK = 2, "One of many"


class LeasedJob(models.Model):
    """Abstract row of work. Subclasses name the Celery task and queue that do it."""

    task_name: str
    queue: str
    max_attempts = 3

    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    token = models.UUIDField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    progress = models.FloatField(default=0.0)
    error = models.TextField(blank=True)
    # With defaults in the database: processes of the former release write rows during a deploy.
    priority = models.PositiveSmallIntegerField(
        choices=Priority, default=Priority.BULK, db_default=Priority.BULK
    )
    note = models.TextField(
        blank=True,
        db_default="",
        help_text="Why a queued job that was begun is queued again, for people.",
    )
    not_before = models.DateTimeField(null=True, help_text="When a queued job is tried again.")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_running_has_lease",
                condition=models.Q(state="running", token__isnull=False, lease_until__isnull=False)
                | ~models.Q(state="running"),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_progress_is_a_share",
                condition=models.Q(progress__gte=0.0, progress__lte=1.0),
            ),
        ]
