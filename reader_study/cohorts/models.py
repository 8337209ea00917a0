"""What hospitals sent: uploads, cases and their image series."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from reader_study.jobs.models import LeasedJob
from reader_study.studies.models import Site, Study


class Upload(LeasedJob):
    """Files that a coordinator sent, and what became of each of them."""

    task_name = "cohorts.ingest_upload"
    queue = "cpu"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="uploads")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="uploads")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    filename = models.CharField(max_length=255)
    size_bytes = models.BigIntegerField()
    cases_added = models.PositiveIntegerField(default=0)
    instances_accepted = models.PositiveIntegerField(default=0)

    class Meta(LeasedJob.Meta):
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.filename


class QuarantinedFile(models.Model):
    """A raw file as it was sent: only the ingest reads it, and it goes when the ingest is done."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="files")
    sent_name = models.CharField(max_length=500)
    stored_name = models.CharField(max_length=200, unique=True)

    def __str__(self) -> str:
        return self.sent_name


class MessageLevel(models.TextChoices):
    """How much a message matters."""

    INFO = "info", "Information"
    WARNING = "warning", "Warning"
    ERROR = "error", "Error"


class UploadMessage(models.Model):
    """One clear sentence about a file or a series of an upload."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="messages")
    level = models.CharField(max_length=8, choices=MessageLevel)
    name = models.CharField(max_length=500)
    text = models.TextField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.name}: {self.text}"


class CasePurpose(models.TextChoices):
    """What a case is read for."""

    STUDY = "study", "Study"
    CALIBRATION = "calibration", "Calibration"


class Case(models.Model):
    """One patient of the cohort, known by a code alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="cases")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="cases")
    code = models.CharField(max_length=20)
    # A keyed digest: files of one patient find each other, the hospital's identifier is not kept.
    patient_key = models.CharField(max_length=64)
    purpose = models.CharField(max_length=12, choices=CasePurpose, default=CasePurpose.STUDY)
    reference_grade = models.IntegerField(
        null=True, help_text="What a calibration case should be graded."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["study", "code"], name="case_code_once_in_study"),
            models.UniqueConstraint(fields=["study", "patient_key"], name="patient_once_in_study"),
            models.CheckConstraint(
                name="case_purpose_is_known", condition=Q(purpose__in=CasePurpose.values)
            ),
            models.CheckConstraint(
                name="calibration_cases_alone_have_a_reference",
                condition=Q(purpose="calibration", reference_grade__isnull=False)
                | Q(purpose="study", reference_grade__isnull=True),
            ),
            models.CheckConstraint(
                name="withdrawn_case_has_reason",
                condition=Q(withdrawn_at__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class SeriesKind(models.TextChoices):
    """What a series shows."""

    NCCT = "NCCT", "Non-contrast CT"
    DSA = "DSA", "Digital subtraction angiography"


class Series(models.Model):
    """One image series of a case, stored as arrays without any source header."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="series")
    kind = models.CharField(max_length=4, choices=SeriesKind)
    series_key = models.CharField(max_length=64)
    position = models.PositiveSmallIntegerField()
    stored_name = models.CharField(max_length=200, unique=True)
    description = models.CharField(max_length=200)
    corrections = models.JSONField(default=list)
    flags = models.JSONField(default=list)
    # Keyed digest of the frame of reference: phantoms share one between CT and angiography.
    frame_key = models.CharField(max_length=64, blank=True)
    instance_count = models.PositiveIntegerField()

    class Meta:
        ordering = ["case", "kind", "position"]
        verbose_name_plural = "series"
        constraints = [
            models.UniqueConstraint(fields=["case", "series_key"], name="series_once_in_case"),
            models.UniqueConstraint(
                fields=["case", "kind", "position"], name="series_position_once_in_case"
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(kind="NCCT"), name="one_ncct_a_case"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.kind} {self.position}"
