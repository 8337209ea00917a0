"""The patients of the cohort, known by codes."""

import uuid

from django.db import models
from django.db.models import Q

from reader_study.studies.models import Site, Study


class CasePurpose(models.TextChoices):
    """What a case is read for."""

    STUDY = "study", "Study"
    CALIBRATION = "calibration", "Calibration"


class OcclusionSide(models.TextChoices):
    """The patient's side on which the vessel was occluded."""

    LEFT = "left", "Left"
    RIGHT = "right", "Right"
    BOTH = "both", "Both sides"
    MIDLINE = "midline", "Midline"


class OcclusionSegment(models.TextChoices):
    """The most proximal segment that was occluded."""

    ICA = "ICA", "Internal carotid artery"
    ICA_T = "ICA-T", "Carotid terminus"
    M1 = "M1", "Middle cerebral artery, M1"
    M2 = "M2", "Middle cerebral artery, M2"
    M3 = "M3", "Middle cerebral artery, M3"
    A1 = "A1", "Anterior cerebral artery, A1"
    A2 = "A2", "Anterior cerebral artery, A2"
    P1 = "P1", "Posterior cerebral artery, P1"
    P2 = "P2", "Posterior cerebral artery, P2"
    BA = "BA", "Basilar artery"
    VA = "VA", "Vertebral artery"
    OTHER = "other", "Other"


class Case(models.Model):
    """One patient of the cohort, known by a code alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="cases")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="cases")
    code = models.CharField(max_length=20)
    # A keyed digest: files of one patient find each other, the hospital's identifier is not kept.
    patient_key = models.CharField(max_length=64)
    occlusion_side = models.CharField(max_length=8, choices=OcclusionSide, blank=True)
    occlusion_segment = models.CharField(max_length=8, choices=OcclusionSegment, blank=True)
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
                name="occlusion_side_is_known",
                condition=Q(occlusion_side__in=["", *OcclusionSide.values]),
            ),
            models.CheckConstraint(
                name="occlusion_segment_is_known",
                condition=Q(occlusion_segment__in=["", *OcclusionSegment.values]),
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


class SealedIdentity(models.Model):
    """The hospital's identifier of a case's patient, encrypted with a key outside the database.

    It is kept only where the installation says so.
    """

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="sealed_identity")
    sealed = models.BinaryField()

    class Meta:
        verbose_name_plural = "sealed identities"

    def __str__(self) -> str:
        return f"Identity of {self.case}"
