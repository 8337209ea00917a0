"""Who reads which case in which order, and what they said."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from reader_study.cohorts.models import Case
from reader_study.segmentation.models import MediaPack
from reader_study.studies.models import Protocol, Study


class Stage(models.TextChoices):
    """What a list of cases is read for."""

    CALIBRATION = "calibration", "Calibration"
    MAIN = "main", "Study"
    ADJUDICATION = "adjudication", "Adjudication"


class Assignment(models.Model):
    """A case on a rater's list. The order is drawn once from the recorded seed and stored.

    A hidden repeat is an assignment of the same case further down the list under a code of its
    own. A calibration that was not passed is read again as the next ``attempt``.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="assignments")
    rater = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments"
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assignments")
    # Null only where ratings were loaded without images.
    media_pack = models.ForeignKey(MediaPack, null=True, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=12, choices=Stage, default=Stage.MAIN)
    attempt = models.PositiveSmallIntegerField(default=1)
    repeat_of = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="repeat"
    )
    position = models.PositiveIntegerField()
    code = models.CharField(
        max_length=9, unique=True, help_text="Opaque and per rater: all a rater sees of the case."
    )
    # The reading that counts: the last attempt. Null until the rater opens the case.
    current_reading = models.OneToOneField(
        "Reading", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["study", "rater", "stage", "attempt", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["rater", "case", "stage", "attempt"],
                condition=Q(repeat_of__isnull=True),
                name="case_once_a_list",
            ),
            models.UniqueConstraint(
                fields=["study", "rater", "stage", "attempt", "position"],
                name="position_once_a_list",
            ),
            models.CheckConstraint(
                name="calibration_alone_is_attempted_again",
                condition=Q(stage="calibration", attempt__gte=1) | Q(attempt=1),
            ),
            models.CheckConstraint(
                name="study_cases_alone_are_repeated",
                condition=Q(repeat_of__isnull=True) | Q(stage="main"),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class ReadingState(models.TextChoices):
    """A reading is a draft until it is submitted; then it is locked."""

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"


class Reading(models.Model):
    """A rater's answers on one case.

    A submitted reading is final. Where a coordinator unlocks it, or its rater takes it back before
    answering the next case, its answers begin the next ``attempt`` as a draft, and the original
    stays as it was. What was taken back is one piece of work: its next attempt goes on from the
    original's time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="readings")
    attempt = models.PositiveSmallIntegerField(default=1)
    protocol = models.ForeignKey(Protocol, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=ReadingState, default=ReadingState.DRAFT)
    revision = models.PositiveIntegerField(default=0)
    grade = models.IntegerField(null=True)
    unscorable_reason = models.CharField(max_length=41, blank=True)
    # Territory code → level or "not-opacified"; question code → yes or no.
    territory_grades = models.JSONField(default=dict)
    question_answers = models.JSONField(default=dict)
    comment = models.TextField(blank=True)
    opened_runs = models.JSONField(default=list)
    started_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(auto_now=True)
    submitted_at = models.DateTimeField(null=True)
    submission_key = models.UUIDField(null=True, help_text="Tells a repeated request from a new.")
    active_ms = models.PositiveIntegerField(
        default=0, help_text="Time at work on the case by the server's clock, in ms."
    )
    last_active_at = models.DateTimeField(null=True, help_text="Null while paused or away.")
    unlocked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    unlock_reason = models.CharField(max_length=500, blank=True)
    removed_comment_sha256 = models.CharField(
        max_length=64, blank=True, help_text="Of a comment that was removed with the patient."
    )

    class Meta:
        ordering = ["assignment", "attempt"]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "attempt"], name="attempt_once"),
            models.CheckConstraint(
                name="submitted_reading_is_complete",
                condition=Q(state="draft", submitted_at__isnull=True)
                | (
                    Q(state="submitted", submitted_at__isnull=False)
                    & (
                        Q(grade__isnull=False, unscorable_reason="")
                        | (Q(grade__isnull=True) & ~Q(unscorable_reason=""))
                    )
                ),
            ),
            models.CheckConstraint(
                name="removed_comment_is_gone",
                condition=Q(removed_comment_sha256="") | Q(comment=""),
            ),
            models.CheckConstraint(
                name="later_attempt_was_unlocked_with_reason",
                condition=Q(attempt=1, unlock_reason="", unlocked_by__isnull=True)
                | (Q(attempt__gt=1, unlocked_by__isnull=False) & ~Q(unlock_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment} {self.state}"

    @property
    def was_taken_back(self) -> bool:
        """Whether the rater took the attempt before this one back; else a coordinator unlocked."""
        return self.unlocked_by_id is not None and self.unlocked_by_id == self.assignment.rater_id


class ViewUseKind(models.TextChoices):
    """What a rater does to the images that the study keeps a record of."""

    TREE_OVER_DSA = "tree-over-dsa", "Predicted tree over the DSA"
    HEAD_POSE = "head-pose", "Head turned against its recorded position"
    MASK = "mask", "Mask of a run changed"


class ViewUse(models.Model):
    """One thing that a rater did to the images of a case. Rows are written once.

    ``key`` tells a use that is sent again, because its answer was lost, from another one. ``at``
    is by the server's clock: when the use arrived, less how long ago the browser says it was.
    """

    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="view_uses")
    key = models.UUIDField()
    kind = models.CharField(max_length=13, choices=ViewUseKind)
    detail = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["reading", "at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["reading", "key"], name="view_use_once"),
            models.CheckConstraint(
                name="view_use_of_known_kind", condition=Q(kind__in=ViewUseKind.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reading_id} {self.kind}"


class DisplayVerdict(models.TextChoices):
    """Whether a display shows every step of grey."""

    PASSED = "passed", "Passed"
    FAILED = "failed", "Failed"


class DisplayCheck(models.Model):
    """What a rater saw of the test pattern on the screen that they were about to read on."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="display_checks")
    rater = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="display_checks"
    )
    session = models.CharField(max_length=32, help_text="Digest of the log-in session.")
    screen_width = models.PositiveIntegerField(help_text="Of the screen, in CSS pixels.")
    screen_height = models.PositiveIntegerField()
    window_width = models.PositiveIntegerField(help_text="Of the page, in CSS pixels.")
    window_height = models.PositiveIntegerField()
    pixel_ratio = models.FloatField(help_text="Pixels of the device to one of CSS.")
    colour_depth = models.PositiveSmallIntegerField(help_text="Bits of one pixel.")
    zoom_percent = models.PositiveSmallIntegerField(
        null=True, help_text="Of the browser; null where it does not tell."
    )
    room_is_dim = models.BooleanField()
    # Patches are counted from black, 0–17.
    empty_patches = models.JSONField(default=list)
    seen_patches = models.JSONField(default=list)
    verdict = models.CharField(max_length=6, choices=DisplayVerdict)
    went_on = models.BooleanField(help_text="The rater went on to read from here.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["study", "rater", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="who_passes_a_display_check_goes_on",
                condition=Q(verdict="failed") | Q(went_on=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rater} {self.verdict} {self.at:%Y-%m-%d %H:%M}"


class CalibrationResult(models.Model):
    """How a rater did in one attempt at the calibration cases."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="calibration_results")
    rater = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="calibration_results"
    )
    attempt = models.PositiveSmallIntegerField()
    agreed = models.PositiveSmallIntegerField()
    total = models.PositiveSmallIntegerField()
    passed = models.BooleanField()
    finished_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["study", "rater", "attempt"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "rater", "attempt"], name="calibration_attempt_judged_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreed} of {self.total}, attempt {self.attempt}"
