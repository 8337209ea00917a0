"""The audit trail: what happened, who did it, when. Rows are written once."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from reader_study.audit.chain import ChainedEvent, Head, chain_of, written_time

if TYPE_CHECKING:
    from reader_study.accounts.models import User


class Event(models.Model):
    """One thing that happened, written in the same transaction as the change itself."""

    at = models.DateTimeField()
    actor: "models.ForeignKey[User | None, User | None]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    actor_name = models.CharField(
        max_length=150, blank=True, help_text="The user name at the time: accounts may be renamed."
    )
    action = models.CharField(max_length=60)
    # The study is named by its identifier: the trail lies below every other app and outlives rows.
    study_id = models.UUIDField(null=True, db_index=True)
    subject = models.CharField(max_length=120, blank=True)
    detail = models.JSONField(default=dict)
    chain = models.CharField(max_length=36)
    sequence = models.PositiveBigIntegerField(help_text="Place in the chain: 1, 2, … without gaps.")
    key_id = models.CharField(max_length=16)
    mac = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "sequence"], name="one_event_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.action} {self.subject}"

    def chained(self) -> ChainedEvent:
        """Return the event as its MAC covers it."""
        return ChainedEvent(
            chain=chain_of(self.study_id),
            sequence=self.sequence,
            at=written_time(self.at),
            actor=self.actor_id,
            actor_name=self.actor_name,
            action=self.action,
            subject=self.subject,
            detail=self.detail,
            key_id=self.key_id,
            mac=self.mac,
        )


class ChainHead(models.Model):
    """The end of a chain. Who records an event holds this row until the transaction ends."""

    chain = models.CharField(max_length=36, primary_key=True)
    sequence = models.PositiveBigIntegerField(default=0)
    mac = models.CharField(max_length=64, blank=True)
    key_id = models.CharField(max_length=16, blank=True)
    seal = models.CharField(max_length=64, blank=True, help_text="MAC of the head itself.")

    def __str__(self) -> str:
        return f"{self.chain} {self.head}"

    @property
    def head(self) -> Head:
        """How far the chain goes."""
        return Head(self.sequence, self.mac)
