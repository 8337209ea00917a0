"""The audit trail: what happened, who did it, when. Rows are written once."""

from django.conf import settings
from django.db import models


class Event(models.Model):
    """One thing that happened, written in the same transaction as the change itself."""

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    action = models.CharField(max_length=60)
    # The study is named by its identifier: the trail lies below every other app and outlives rows.
    study_id = models.UUIDField(null=True, db_index=True)
    subject = models.CharField(max_length=120, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.action} {self.subject}"
