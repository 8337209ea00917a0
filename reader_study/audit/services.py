"""Write to the audit trail."""

import uuid
from typing import TYPE_CHECKING, Any

from reader_study.audit.models import Event

if TYPE_CHECKING:
    from reader_study.accounts.models import User


def record(
    *,
    action: str,
    actor: "User | None",
    study_id: uuid.UUID | None = None,
    subject: str = "",
    **detail: Any,
) -> Event:
    """Add an event; call it inside the transaction that makes the change.

    ``detail`` must be JSON-ready and free of patients' identities.
    """
    return Event.objects.create(
        action=action, actor=actor, study_id=study_id, subject=subject, detail=detail
    )
