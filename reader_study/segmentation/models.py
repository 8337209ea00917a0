"""Vessel models, the jobs that run them and the browser's arrays made of the result."""

import uuid

from django.db import models

from reader_study.accounts.models import User
from reader_study.cohorts.models import Case
from reader_study.jobs.models import LeasedJob
from reader_study.studies.models import Study


class VesselModel(models.Model):
    """A segmentation model, known by the SHA-256 of its files."""

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    notice = models.CharField(max_length=200, blank=True)
    directory = models.CharField(max_length=500)
    labels = models.JSONField()
    card = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.sha256[:12]})"


class StudyModel(models.Model):
    """Which model a study judges."""

    study = models.OneToOneField(Study, on_delete=models.PROTECT, related_name="model_choice")
    model = models.ForeignKey(VesselModel, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.study}: {self.model}"


class SegmentationJob(LeasedJob):
    """Run a model on a case's NCCT; the mask and its provenance are the result."""

    task_name = "segmentation.segment_case"
    queue = "gpu"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="segmentations")
    model = models.ForeignKey(VesselModel, on_delete=models.PROTECT, related_name="+")
    volume_name = models.CharField(
        max_length=200, blank=True, help_text="The stored volume that is or was segmented."
    )
    mask_name = models.CharField(max_length=200, blank=True)
    provenance = models.JSONField(default=dict)
    artery_volume_ml = models.FloatField(null=True)
    measures = models.JSONField(
        default=dict,
        help_text="What was measured of the tree, with hints; never shown to a rater.",
    )

    class Meta(LeasedJob.Meta):
        ordering = ["created_at"]
        constraints = [
            *LeasedJob.Meta.constraints,
            models.UniqueConstraint(fields=["case", "model"], name="one_segmentation_a_model"),
            models.CheckConstraint(
                name="done_segmentation_has_mask",
                condition=~models.Q(state="done") | ~models.Q(mask_name=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} by {self.model}"


class MediaPack(LeasedJob):
    """Prepare what the reading room shows of one segmentation, and remember where it lies."""

    task_name = "segmentation.prepare_media"
    queue = "cpu"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    segmentation = models.OneToOneField(
        SegmentationJob, on_delete=models.PROTECT, related_name="media_pack"
    )
    folder = models.CharField(max_length=200, blank=True)
    manifest = models.JSONField(default=dict)

    class Meta(LeasedJob.Meta):
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"Media of {self.segmentation}"


class PackSource(models.Model):
    """A stored volume or run of which a media pack was made. Raters are never told of it.

    A pack is shown to nobody once its case uses other images: another CT was chosen, a run was
    released, taken back, or painted over.
    """

    pack = models.ForeignKey(MediaPack, on_delete=models.CASCADE, related_name="sources")
    stored_name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pack", "stored_name"], name="source_once_in_pack"),
        ]

    def __str__(self) -> str:
        return self.stored_name


class ModelImport(LeasedJob):
    """Read an uploaded export of nnU-Net and register the model that it holds."""

    task_name = "segmentation.import_model"
    queue = "cpu"
    # A file that kills the worker itself is not tried again and again.
    max_attempts = 2

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    notice = models.CharField(max_length=200)
    configuration = models.CharField(max_length=200, blank=True)
    smallest_component_mm3 = models.FloatField(default=0.0)
    file_name = models.CharField(max_length=200)
    size_bytes = models.BigIntegerField()
    stored_name = models.CharField(max_length=200, blank=True)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    model = models.ForeignKey(VesselModel, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta(LeasedJob.Meta):
        ordering = ["-created_at"]
        constraints = [
            *LeasedJob.Meta.constraints,
            models.CheckConstraint(
                name="done_import_has_model",
                condition=~models.Q(state="done") | models.Q(model__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} from {self.file_name}"
