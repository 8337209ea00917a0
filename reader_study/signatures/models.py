"""Electronic signatures: who signed which record, what the signature means, and when."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from reader_study.studies.models import Role, Study


class SignedKind(models.TextChoices):
    """What a signature stands under."""

    READINGS = "readings", "Block of readings"
    LOCK = "lock", "Lock of the study"
    CONSENSUS = "consensus", "Consensus"
    EXPORT = "export", "Export"


MEANINGS: dict[SignedKind, str] = {
    SignedKind.READINGS: "I made these readings myself, and they are final.",
    SignedKind.LOCK: "The reading is complete. I lock the study with these ratings.",
    SignedKind.CONSENSUS: "The adjudication is complete. I conclude the study with this consensus.",
    SignedKind.EXPORT: "I release these results for export and answer for the files that I make.",
}
"""What the signer states, word for word; kept with each signature as it was."""


class Reauthentication(models.TextChoices):
    """How the signer proved who they are, within the request that signed."""

    PASSWORD = "password", "Password"
    PASSWORD_AND_CODE = "password-and-code", "Password and code"
    PASSWORD_AND_PASSKEY = "password-and-passkey", "Password and passkey"


class Signature(models.Model):
    """A signature under one record. It is written once; nothing but its voiding may follow.

    ``record_sha256`` is the hash of the canonical JSON of what was signed, which the app that has
    the record can write out again at any time (:mod:`reader_study.signatures.records`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="signatures")
    signer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="signatures"
    )
    printed_name = models.CharField(max_length=150, help_text="The signer's name as it was.")
    role = models.CharField(max_length=16, choices=Role)
    kind = models.CharField(max_length=9, choices=SignedKind)
    meaning = models.CharField(max_length=200)
    record_id = models.CharField(max_length=120)
    record_sha256 = models.CharField(max_length=64)
    covers = models.JSONField(
        default=list, help_text="Identifiers of the rows that the record was written from."
    )
    reauthenticated_by = models.CharField(max_length=20, choices=Reauthentication)
    signed_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    void_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["study", "signed_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "signer", "kind", "record_sha256"],
                condition=Q(voided_at__isnull=True),
                name="record_signed_once_by_a_person",
            ),
            models.CheckConstraint(
                name="signature_of_known_kind", condition=Q(kind__in=SignedKind.values)
            ),
            models.CheckConstraint(
                name="signer_proved_who_they_are",
                condition=Q(reauthenticated_by__in=Reauthentication.values),
            ),
            models.CheckConstraint(
                name="signature_has_name_meaning_and_hash",
                condition=~Q(printed_name="")
                & ~Q(meaning="")
                & ~Q(record_id="")
                & ~Q(record_sha256=""),
            ),
            models.CheckConstraint(
                name="voided_signature_has_person_and_reason",
                condition=Q(voided_at__isnull=True, voided_by__isnull=True, void_reason="")
                | (Q(voided_at__isnull=False, voided_by__isnull=False) & ~Q(void_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.printed_name} under {self.kind} of {self.study}"
