"""Who reads which case in which order, and what they said."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from reader_study.cohorts.models import Case
from reader_study.segmentation.models import MediaPack
from reader_study.studies.models import Protocol, Study


class Assignment(models.Model):
    """A case on a rater's list. The order is drawn once from the recorded seed and stored."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="assignments")
    rater = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments"
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assignments")
    # Null only where ratings were loaded without images.
    media_pack = models.ForeignKey(MediaPack, null=True, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    code = models.CharField(
        max_length=9, unique=True, help_text="Opaque and per rater: all a rater sees of the case."
    )

    class Meta:
        ordering = ["study", "rater", "position"]
        constraints = [
            models.UniqueConstraint(fields=["rater", "case"], name="case_once_a_rater"),
            models.UniqueConstraint(
                fields=["study", "rater", "position"], name="position_once_a_rater"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class ReadingState(models.TextChoices):
    """A reading is a draft until it is submitted; then it is locked."""

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"


class Reading(models.Model):
    """A rater's answers on one case."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="reading")
    protocol = models.ForeignKey(Protocol, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=ReadingState, default=ReadingState.DRAFT)
    revision = models.PositiveIntegerField(default=0)
    grade = models.IntegerField(null=True)
    unscorable_reason = models.CharField(max_length=41, blank=True)
    comment = models.TextField(blank=True)
    opened_runs = models.JSONField(default=list)
    started_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField(auto_now=True)
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["assignment"]
        constraints = [
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
        ]

    def __str__(self) -> str:
        return f"{self.assignment} {self.state}"
