"""What was done to an event that does not fit its place, as far as the chain can tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from reader_study.audit.chain import BEFORE_THE_FIRST, ChainedEvent, event_mac, same_mac
from reader_study.audit.models import ChainHead, Event

Kind = Literal["edited", "deleted", "inserted", "reordered", "truncated", "wrong-key", "head"]

_PLACES_SEARCHED = 2000
_SHIFTS_SEARCHED = 50


@dataclass(frozen=True)
class Fault:
    """The first broken place of a chain: what was done, at which event, and the sentence."""

    kind: Kind
    sequence: int
    sentence: str


def fault_of_event(
    event: ChainedEvent, place: int, previous: str, keys: Mapping[str, bytes]
) -> Fault | None:
    """Return what is wrong with the next event of a chain; None where it fits.

    ``place`` is where the chain stands and ``previous`` the MAC before it.
    """
    if event.sequence > place:
        gone = (
            f"Event {place} is"
            if event.sequence == place + 1
            else f"Events {place} to {event.sequence - 1} are"
        )
        return Fault("deleted", place, f"{gone} missing: deleted.")
    if event.sequence < place:
        return Fault(
            "inserted", event.sequence, f"There are two events {event.sequence}: one was inserted."
        )
    key = keys.get(event.key_id)
    if key is None:
        return Fault(
            "wrong-key",
            place,
            f"Event {place} stands under the key {event.key_id}, which is not here: without it "
            "nothing can be said of the events under it.",
        )
    if same_mac(event.mac, event_mac(key, event, previous=previous)):
        return None
    return _what_was_done(event, previous, keys)


def _what_was_done(event: ChainedEvent, previous: str, keys: Mapping[str, bytes]) -> Fault:
    """Tell an edited event from one that stands in another's place."""
    place = event.sequence
    around = _around(event)
    home = _place_of(event, around, keys)
    if home is not None:
        return Fault("reordered", place, f"Event {place} was moved: its own place is {home}.")
    following = next((other for other in around if other.sequence == place + 1), None)
    if following:
        for shift in range(1, _SHIFTS_SEARCHED + 1):
            if _fits(following, previous, following.sequence - shift, keys):
                return Fault(
                    "inserted",
                    place,
                    f"Event {place} was inserted, and those after it were numbered anew.",
                )
            if _fits(following, event.mac, following.sequence + shift, keys):
                return Fault(
                    "deleted",
                    place,
                    f"An event was deleted before event {place}, and those after it were numbered "
                    "anew.",
                )
    if following is None and _is_beyond_the_head(event):
        return Fault(
            "inserted", place, f"Event {place}, the last, was inserted: no head covers it."
        )
    return Fault(
        "edited", place, f"Event {place} was edited: it is not what was chained at this place."
    )


def _around(event: ChainedEvent) -> Sequence[ChainedEvent]:
    rows = Event.objects.filter(
        chain=event.chain,
        sequence__gte=event.sequence - _PLACES_SEARCHED,
        sequence__lte=event.sequence + _PLACES_SEARCHED,
    )
    return [row.chained() for row in rows.order_by("sequence")]


def _place_of(
    event: ChainedEvent, around: Sequence[ChainedEvent], keys: Mapping[str, bytes]
) -> int | None:
    """Return the place where the event does fit.

    The event before it there may itself have been moved a little.
    """
    mac_at = {other.sequence: other.mac for other in around}
    mac_at[0] = BEFORE_THE_FIRST
    for place in mac_at:
        before = (mac_at.get(place + step) for step in (-1, 0, -2, 1))
        if place and any(mac is not None and _fits(event, mac, place, keys) for mac in before):
            return place
    return None


def _fits(event: ChainedEvent, previous: str, place: int, keys: Mapping[str, bytes]) -> bool:
    key = keys.get(event.key_id)
    return key is not None and same_mac(
        event.mac, event_mac(key, event, previous=previous, sequence=place)
    )


def _is_beyond_the_head(event: ChainedEvent) -> bool:
    return ChainHead.objects.filter(chain=event.chain, sequence__lt=event.sequence).exists()
