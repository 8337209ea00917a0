"""Patients whose data were deleted on request."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .cases import Case


class PatientDeletion(models.Model):
    """That a patient's images, identity and comments were deleted, on whose word and why.

    The row comes first, together with everything else in the database; the files follow, and
    whoever finds ``files_gone_at`` empty goes on with them.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="deletion")
    reason = models.CharField(max_length=500)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    files = models.JSONField(default=list, help_text="Stored files and folders that are to go.")
    files_gone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(name="deletion_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"Deletion of {self.case}"
