"""What was sent, in the pieces in which it came, and what was said about it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from reader_study.jobs.models import LeasedJob
from reader_study.studies.models import Site, Study


class Upload(LeasedJob):
    """Files that a coordinator sent, and what became of each of them.

    It is ``awaiting`` while files arrive; complete, it is queued for the ingest.
    """

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
    # Running sums, moved on together with the rows that they count: an upload of many thousand
    # files is not added up anew for each of them, and they outlive the files.
    file_count = models.PositiveIntegerField(default=0, help_text="How many files were announced.")
    named_count = models.PositiveIntegerField(default=0, help_text="How many of them have a name.")
    named_bytes = models.BigIntegerField(default=0)
    received_bytes = models.BigIntegerField(default=0)
    expires_at = models.DateTimeField(
        null=True, help_text="When an upload that nobody goes on with is destroyed."
    )
    manifest = models.JSONField(default=list, help_text="Rows of the list of cases sent along.")
    cases_added = models.PositiveIntegerField(default=0)
    instances_accepted = models.PositiveIntegerField(default=0)

    class Meta(LeasedJob.Meta):
        ordering = ["-created_at"]
        constraints = [
            *LeasedJob.Meta.constraints,
            models.CheckConstraint(
                name="awaiting_upload_expires",
                condition=~Q(state="awaiting") | Q(expires_at__isnull=False),
            ),
            models.CheckConstraint(
                name="upload_keeps_to_what_was_announced",
                condition=Q(
                    named_count__lte=models.F("file_count"),
                    named_bytes__lte=models.F("size_bytes"),
                    received_bytes__gte=0,
                    received_bytes__lte=models.F("named_bytes"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.filename


class QuarantinedFile(models.Model):
    """A raw file as it is sent: only the ingest reads it, and it goes when the ingest is done."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="files")
    sent_name = models.CharField(max_length=500)
    size_bytes = models.BigIntegerField()
    # Moved on by compare-and-set alone: of two who write at one place, one is told to look again.
    received_bytes = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            # Who did not hear the answer sends a file's name again and meets the same file.
            models.UniqueConstraint(fields=["upload", "sent_name"], name="one_file_of_a_name"),
            models.CheckConstraint(
                name="no_more_received_than_announced",
                condition=Q(received_bytes__gte=0, received_bytes__lte=models.F("size_bytes")),
            ),
        ]

    def __str__(self) -> str:
        return self.sent_name


class QuarantinedPart(models.Model):
    """A piece of a raw file, stored whole before it counts as received, and never changed."""

    file = models.ForeignKey(QuarantinedFile, on_delete=models.CASCADE, related_name="parts")
    offset = models.BigIntegerField()
    size_bytes = models.BigIntegerField()
    stored_name = models.CharField(max_length=200, unique=True)

    class Meta:
        ordering = ["offset"]
        constraints = [
            models.UniqueConstraint(fields=["file", "offset"], name="one_part_at_an_offset"),
        ]

    def __str__(self) -> str:
        return f"{self.file} from {self.offset}"


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
