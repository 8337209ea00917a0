"""Write to the audit trail."""

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from reader_study.audit.chain import (
    ChainedEvent,
    Head,
    as_stored,
    chain_of,
    event_mac,
    head_seal,
    key_id_of,
    written_time,
)
from reader_study.audit.keys import current_key
from reader_study.audit.models import ChainHead, Event

if TYPE_CHECKING:
    from reader_study.accounts.models import User


@transaction.atomic(savepoint=False)
def record(
    *,
    action: str,
    actor: "User | None",
    study_id: uuid.UUID | None = None,
    subject: str = "",
    **detail: Any,
) -> Event:
    """Add an event to its chain; call it inside the transaction that makes the change.

    Best as the last step: from here to the end of the transaction, others who record an event of
    the same study wait. ``detail`` must be JSON-ready and free of patients' identities.
    """
    key = current_key()
    end = _held_end(chain_of(study_id))
    at = timezone.now()  # once the place is ours: later places have later times
    unsigned = ChainedEvent(
        chain=end.chain,
        sequence=end.sequence + 1,
        at=written_time(at),
        actor=actor.pk if actor else None,
        actor_name=actor.get_username() if actor else "",
        action=action,
        subject=subject,
        detail=as_stored(detail),
        key_id=key_id_of(key),
    )
    event = replace(unsigned, mac=event_mac(key, unsigned, previous=end.mac))
    head = Head(event.sequence, event.mac)
    ChainHead.objects.filter(chain=end.chain).update(
        sequence=head.sequence,
        mac=head.mac,
        key_id=event.key_id,
        seal=head_seal(key, end.chain, head),
    )
    return Event.objects.create(
        at=at,
        actor=actor,
        actor_name=event.actor_name,
        action=action,
        study_id=study_id,
        subject=subject,
        detail=event.detail,
        chain=event.chain,
        sequence=event.sequence,
        key_id=event.key_id,
        mac=event.mac,
    )


def held_head(study_id: uuid.UUID | None) -> Head:
    """Return how far a chain goes, and let nobody lengthen it until the transaction ends."""
    return _held_end(chain_of(study_id)).head


def _held_end(chain: str) -> ChainHead:
    """Return the end of a chain, locked; of a chain without events one is begun."""
    ends = ChainHead.objects.select_for_update().filter(chain=chain)
    end = ends.first()
    if end is None:
        ChainHead.objects.bulk_create([ChainHead(chain=chain)], ignore_conflicts=True)
        end = ends.get()
    return end
