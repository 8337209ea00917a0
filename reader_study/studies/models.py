"""A study, its protocol, its sites and its people."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class StudyState(models.TextChoices):
    """The study's life; it only moves forward."""

    SETUP = "setup", "Setting up"
    READING = "reading", "Reading"
    LOCKED = "locked", "Locked"


class Study(models.Model):
    """A reader study: one cohort, one protocol, one set of raters."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=StudyState, default=StudyState.SETUP)
    data_notice = models.CharField(
        max_length=200,
        blank=True,
        help_text="Shown on every page, e.g. that the data are phantoms or constructed.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True)
    locked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "studies"
        constraints = [
            models.CheckConstraint(
                name="study_state_is_known", condition=Q(state__in=StudyState.values)
            ),
            models.CheckConstraint(
                name="locked_study_has_date",
                condition=Q(state="locked", locked_at__isnull=False)
                | (~Q(state="locked") & Q(locked_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Protocol(models.Model):
    """One version of a study's protocol; its hash stands on everything made under it."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="protocols")
    version = models.PositiveSmallIntegerField()
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["study", "version"]
        constraints = [
            models.UniqueConstraint(fields=["study", "version"], name="protocol_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.study} protocol {self.version}"


class Site(models.Model):
    """A hospital that sends cases."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="sites")
    code = models.SlugField(max_length=20)
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["study", "code"], name="site_code_once_in_study"),
        ]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a person is in a study."""

    COORDINATOR = "coordinator", "Coordinator"
    RATER = "rater", "Rater"


class Membership(models.Model):
    """A person's role in a study. A rater has a number, which is all that the analysis shows."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(max_length=12, choices=Role)
    rater_number = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["study", "role", "rater_number"]
        constraints = [
            models.UniqueConstraint(fields=["study", "user"], name="one_role_a_person_and_study"),
            models.UniqueConstraint(fields=["study", "rater_number"], name="rater_number_once"),
            models.CheckConstraint(
                name="only_raters_have_numbers",
                condition=Q(role="rater", rater_number__gte=1)
                | (~Q(role="rater") & Q(rater_number__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.role} of {self.study}"
