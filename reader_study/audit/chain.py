"""How events are chained: each carries a MAC over its content and over the MAC before it.

Nothing here knows of the database: ``docs/audit.md`` describes the same rules for outsiders.
"""

import hashlib
import hmac
import json
import math
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

SYSTEM = "system"
"""The chain of events that belong to no study, such as sign-ins."""

BEFORE_THE_FIRST = ""
"""What stands for the MAC before that of a chain's first event."""

SHORT_MAC_DIGITS = 16

_WHOLE_FROM = 1e16  # above 2**53 every float is a whole number


@dataclass(frozen=True, slots=True)
class ChainedEvent:
    """An event as the chain knows it; ``at`` is ISO 8601 in UTC with microseconds."""

    chain: str
    sequence: int
    at: str
    actor: int | None
    actor_name: str
    action: str
    subject: str
    detail: Mapping[str, Any]
    key_id: str
    mac: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """How far a chain goes: its last event's sequence number and MAC."""

    sequence: int
    mac: str

    def __str__(self) -> str:
        """Return the short form that is printed, such as ``12:0123456789abcdef``."""
        return f"{self.sequence}:{self.mac[:SHORT_MAC_DIGITS]}"


def chain_of(study_id: uuid.UUID | None) -> str:
    """Return the name of a study's chain, or of the one for everything else."""
    return SYSTEM if study_id is None else str(study_id)


def event_mac(
    key: bytes, event: ChainedEvent, *, previous: str, sequence: int | None = None
) -> str:
    """Return the MAC that an event must carry behind ``previous``, in 64 hexadecimal digits.

    ``sequence`` asks for the MAC at another place than the event's own.
    """
    content = asdict(event)
    del content["mac"]
    content["previous"] = previous
    if sequence is not None:
        content["sequence"] = sequence
    return _hmac(key, content)


def head_seal(key: bytes, chain: str, head: Head) -> str:
    """Return the MAC of a chain's head, without which it could be moved unseen."""
    return _hmac(key, {"head_of": chain, "sequence": head.sequence, "mac": head.mac})


def same_mac(one: str, other: str) -> bool:
    """Compare two MACs without telling how much of them is alike."""
    return hmac.compare_digest(one.encode(), other.encode())


def key_id_of(key: bytes) -> str:
    """Return the name of a key, which says nothing of the key itself."""
    return hmac.new(key, b"key id", hashlib.sha256).hexdigest()[:SHORT_MAC_DIGITS]


def written_time(at: datetime) -> str:
    """Return a time as the chain has it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def as_stored(value: Any) -> Any:
    """Return a JSON value in the one form in which every database gives it back.

    PostgreSQL keeps numbers as decimals: it knows no −0.0, and gives a large float back as a whole
    number.

    Raises
    ------
    TypeError
        A key of an object is no string: it would come back as one.
    """
    if isinstance(value, dict):
        strangers = [key for key in value if not isinstance(key, str)]
        if strangers:
            raise TypeError(f"Keys of JSON objects must be strings; got {strangers[0]!r}.")
        return {key: as_stored(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_stored(item) for item in value]
    if isinstance(value, float) and math.isfinite(value):
        if abs(value) >= _WHOLE_FROM:
            return int(value)
        return value or 0.0
    return value


def _hmac(key: bytes, content: Mapping[str, Any]) -> str:
    # The same canonical form as that of protocols and snapshots.
    canonical = json.dumps(
        content, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    )
    return hmac.new(key, canonical.encode(), hashlib.sha256).hexdigest()
