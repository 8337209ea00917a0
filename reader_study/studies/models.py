"""A study, its protocol, its sites and its people."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class StudyState(models.TextChoices):
    """The study's life; it only moves forward."""

    SETUP = "setup", "Setting up"
    READING = "reading", "Reading"
    LOCKED = "locked", "Locked"
    ADJUDICATING = "adjudicating", "Adjudicating"
    CONCLUDED = "concluded", "Concluded"


ONCE_LOCKED = (StudyState.LOCKED, StudyState.ADJUDICATING, StudyState.CONCLUDED)


class Study(models.Model):
    """A reader study: one cohort, one protocol, one set of raters."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=12, choices=StudyState, default=StudyState.SETUP)
    data_notice = models.CharField(
        max_length=200,
        blank=True,
        help_text="Shown on every page, e.g. that the data are phantoms or constructed.",
    )
    second_factor_required = models.BooleanField(
        default=False, help_text="Whether its people reach it only with a second factor."
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
                condition=Q(state__in=ONCE_LOCKED, locked_at__isnull=False)
                | (~Q(state__in=ONCE_LOCKED) & Q(locked_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_locked(self) -> bool:
        """Whether the raters' part has ended for good."""
        return self.locked_at is not None


class Protocol(models.Model):
    """One version of a study's protocol; its hash stands on everything made under it."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="protocols")
    version = models.PositiveSmallIntegerField()
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    reason = models.CharField(
        max_length=500, blank=True, help_text="Why the version before was changed."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["study", "version"]
        constraints = [
            models.UniqueConstraint(fields=["study", "version"], name="protocol_version_once"),
            models.CheckConstraint(
                name="amendment_has_reason", condition=Q(version=1) | ~Q(reason="")
            ),
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


class ExampleImage(models.Model):
    """A picture that stands beside a level's anchor; the protocol names it by its hash."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="example_images")
    sha256 = models.CharField(max_length=64)
    stored_name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "sha256"], name="example_image_once_in_study"),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class Role(models.TextChoices):
    """What a person is in a study. What each may do stands in ``rights``."""

    COORDINATOR = "coordinator", "Coordinator"
    SITE_COORDINATOR = "site-coordinator", "Site coordinator"
    RATER = "rater", "Rater"
    ADJUDICATOR = "adjudicator", "Adjudicator"
    STATISTICIAN = "statistician", "Statistician"


class Membership(models.Model):
    """A person's role in a study. A rater has a number, which is all that the analysis shows.

    One person has one role in a study, for good: whoever has seen the coordinator's side never
    becomes a rater of the same study, nor the other way round.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(max_length=16, choices=Role)
    rater_number = models.PositiveSmallIntegerField(null=True, blank=True)
    sites = models.ManyToManyField(
        Site, blank=True, help_text="The hospitals that a site coordinator answers for."
    )
    joined_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.CharField(max_length=500, blank=True)

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
            models.CheckConstraint(name="role_is_known", condition=Q(role__in=Role.values)),
            models.CheckConstraint(
                name="ended_membership_has_reason",
                condition=Q(ended_at__isnull=True, ended_reason="")
                | (Q(ended_at__isnull=False) & ~Q(ended_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.role} of {self.study}"


class Invitation(models.Model):
    """A link that makes whoever follows it first a member of the study; it is kept as a hash."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="invitations")
    role = models.CharField(max_length=16, choices=Role)
    sites = models.ManyToManyField(Site, blank=True)
    invited = models.CharField(max_length=150, help_text="Whom the link is for, in words.")
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="accepted_invitation_names_the_person",
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, revoked_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.study} for {self.invited}"
