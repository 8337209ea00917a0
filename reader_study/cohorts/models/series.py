"""The image series of a case: what each shows, how its checks ended, and whether it is used."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from reader_study.imaging.gates import Verdict
from reader_study.jobs.models import LeasedJob

from .cases import Case


class SeriesKind(models.TextChoices):
    """What a series shows."""

    NCCT = "NCCT", "Non-contrast CT"
    DSA = "DSA", "Digital subtraction angiography"
    OTHER = "other", "Other"


class Review(models.TextChoices):
    """Whether a person has looked for names in a series' pixels."""

    NOT_NEEDED = "not-needed", "Not needed"
    WAITING = "waiting", "Waiting"
    RELEASED = "released", "Released"
    KEPT_OUT = "kept-out", "Kept out"


class Phase(models.TextChoices):
    """When a run was taken."""

    BEFORE = "before", "Before recanalization"
    AFTER = "after", "After recanalization"


class Series(models.Model):
    """One image series of a case, de-identified.

    A series that is ``used`` is what the model segments or what raters are shown; nothing else
    of the case ever leaves the coordinators' pages.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="series")
    kind = models.CharField(max_length=5, choices=SeriesKind)
    series_key = models.CharField(max_length=64)
    position = models.PositiveSmallIntegerField()
    used = models.BooleanField(default=False)
    instance_count = models.PositiveIntegerField()
    # The files that were de-identified, in one uncompressed zip. Absent for series of old.
    dicom_name = models.CharField(max_length=200, blank=True)
    dicom_sha256 = models.CharField(max_length=64, blank=True)
    dicom_bytes = models.BigIntegerField(default=0)
    # The volume or run made of them; absent where it was refused or nothing needs it.
    stored_name = models.CharField(max_length=200, unique=True, null=True)  # noqa: DJ001 - unique
    # Pictures for the coordinator, in one uncompressed zip.
    preview_name = models.CharField(max_length=200, blank=True)
    description = models.CharField(max_length=200)
    geometry = models.JSONField(null=True)
    gates = models.JSONField(default=list)
    # The scanner's local time, moved with all dates of the case and called UTC for want of a zone.
    acquired_at = models.DateTimeField(null=True)
    # Keyed digest of the frame of reference: phantoms share one between CT and angiography.
    frame_key = models.CharField(max_length=64, blank=True)
    biplane_partner = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    overruled_reason = models.CharField(
        max_length=500, blank=True, help_text="Why a coordinator decided what this series is."
    )
    text_boxes = models.JSONField(
        default=list, help_text="Where something like text was found: columns, rows and frame."
    )
    blackouts = models.JSONField(
        default=list, help_text="Rectangles painted over: columns and rows, in every frame."
    )
    review = models.CharField(max_length=10, choices=Review, default=Review.WAITING)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True)
    review_note = models.CharField(max_length=500, blank=True)
    proposed_phase = models.CharField(max_length=6, choices=Phase, blank=True)
    phase = models.CharField(max_length=6, choices=Phase, blank=True)

    class Meta:
        ordering = ["case", "kind", "position"]
        verbose_name_plural = "series"
        constraints = [
            models.UniqueConstraint(fields=["case", "series_key"], name="series_once_in_case"),
            models.UniqueConstraint(
                fields=["case", "kind", "position"], name="series_position_once_in_case"
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(kind="NCCT", used=True), name="one_used_ncct_a_case"
            ),
            models.CheckConstraint(
                name="used_series_is_built_and_reviewed",
                condition=Q(used=False)
                | Q(
                    kind__in=["NCCT", "DSA"],
                    stored_name__isnull=False,
                    review__in=["not-needed", "released"],
                ),
            ),
            models.CheckConstraint(
                name="used_run_is_after_recanalization",
                condition=Q(used=False) | ~Q(kind="DSA") | Q(phase="after"),
            ),
            models.CheckConstraint(
                name="only_ct_goes_without_review",
                condition=~Q(review="not-needed") | Q(kind="NCCT"),
            ),
            models.CheckConstraint(
                name="reviewed_series_has_time",
                condition=Q(review__in=["not-needed", "waiting"], reviewed_at__isnull=True)
                | Q(review__in=["released", "kept-out"], reviewed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.kind} {self.position}"

    @property
    def corrections(self) -> list[str]:
        """What was corrected, in words with figures."""
        return self._sentences(Verdict.CORRECTED)

    @property
    def flags(self) -> list[str]:
        """What a reader should know."""
        return self._sentences(Verdict.FLAGGED)

    def _sentences(self, verdict: Verdict) -> list[str]:
        return [gate["sentence"] for gate in self.gates if gate["verdict"] == verdict]


class BuildPurpose(models.TextChoices):
    """What is decided about a series once it was made anew."""

    RELEASE = "release", "Released, painted over"
    OVERRULE = "overrule", "Of another kind, or used instead of another"


class SeriesBuild(LeasedJob):
    """Make a series' volume or run anew from its stored files: overruled, or painted over.

    The decision waits here until the build succeeds; until then the series stays as it was.
    """

    task_name = "cohorts.build_series"
    queue = "cpu"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    series = models.OneToOneField(Series, on_delete=models.PROTECT, related_name="build")
    purpose = models.CharField(max_length=8, choices=BuildPurpose)
    kind = models.CharField(max_length=5, choices=SeriesKind, help_text="What it is built as.")
    phase = models.CharField(max_length=6, choices=Phase, blank=True)
    blackouts = models.JSONField(default=list, help_text="Rectangles still to be painted over.")
    # Destroyed before the decision is carried out, however often the build is begun.
    former_files = models.JSONField(default=list, help_text="Files that were painted over.")
    why = models.CharField(max_length=500, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(LeasedJob.Meta):
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"Build of {self.series}"
