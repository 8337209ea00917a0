"""The study as it was at the moment of its lock, and the consensus that came after."""

from django.conf import settings
from django.db import models

from reader_study.studies.models import Study


class Snapshot(models.Model):
    """All ratings of a locked study with their hash, and the report computed from them alone."""

    study = models.OneToOneField(Study, on_delete=models.PROTECT, related_name="snapshot")
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    report = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return f"Snapshot of {self.study} ({self.sha256[:12]})"


class Consensus(models.Model):
    """What counts for each case after adjudication. Apart from the snapshot: no κ knows of it."""

    study = models.OneToOneField(Study, on_delete=models.PROTECT, related_name="consensus")
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name_plural = "consensus"

    def __str__(self) -> str:
        return f"Consensus of {self.study} ({self.sha256[:12]})"
