"""Whether a chain is still as it was written; where not, the first broken place in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from django.db import transaction

from reader_study.audit.chain import BEFORE_THE_FIRST, ChainedEvent, Head, head_seal, same_mac
from reader_study.audit.diagnosis import Fault, fault_of_event
from reader_study.audit.keys import keys_by_id
from reader_study.audit.models import ChainHead, Event

_AT_A_TIME = 2000

State = Literal["unbroken", "broken"]


@dataclass(frozen=True)
class ChainCheck:
    """What was found of one chain.

    ``events`` are in the database, ``checked`` of them, the newest, were looked at.
    """

    chain: str
    events: int
    checked: int
    head: Head | None
    fault: Fault | None

    @property
    def state(self) -> State:
        """Whether the chain holds."""
        return "broken" if self.fault else "unbroken"


@dataclass(frozen=True)
class PrintedHead:
    """A head as an export shows it; of the MAC the beginning is enough."""

    chain: str
    sequence: int
    mac: str


def chains() -> list[str]:
    """Return the names of all chains of which anything is left."""
    ends = ChainHead.objects.values_list("chain", flat=True)
    return sorted({*ends, *Event.objects.order_by().values_list("chain", flat=True).distinct()})


def check_chain(chain: str, *, newest: int | None = None) -> ChainCheck:
    """Verify a chain: all of it, or its newest events and its head.

    Events may be added meanwhile. Only for the last of them the chain is held.
    """
    walk = _Walk(chain, newest)
    fault = walk.through(up_to=walk.known_end)
    with transaction.atomic():
        end = ChainHead.objects.select_for_update().filter(chain=chain).first()
        fault = fault or walk.through(up_to=None)
        fault = fault or _fault_of_head(chain, end, walk)
        events = Event.objects.filter(chain=chain).count()
    return ChainCheck(chain, events, walk.checked, end.head if end else None, fault)


def fault_of_printed_head(printed: PrintedHead) -> Fault | None:
    """Compare a chain, itself unbroken, with a head that was printed at some time."""
    event = Event.objects.filter(chain=printed.chain, sequence=printed.sequence).first()
    if event is None:
        left = Event.objects.filter(chain=printed.chain).count()
        return Fault(
            "truncated",
            left + 1,
            f"An export shows a chain of {printed.sequence} events, and {left} are left: what came "
            "after was removed together with the head.",
        )
    if not same_mac(event.mac[: len(printed.mac)], printed.mac.lower()):
        return Fault(
            "edited",
            printed.sequence,
            f"Event {printed.sequence} is not the one that an export shows at this place: the "
            "chain was written anew since, by somebody who has the key, or is another one.",
        )
    return None


class _Walk:
    """Goes along a chain in order, and stops at the first fault."""

    def __init__(self, chain: str, newest: int | None) -> None:
        self.chain = chain
        self.checked = 0
        self.last_key_id = ""
        self._keys: Mapping[str, bytes] = keys_by_id()
        end = ChainHead.objects.filter(chain=chain).first()
        self.known_end = end.sequence if end else 0
        skipped = max(0, self.known_end - newest) if newest else 0
        before = Event.objects.filter(chain=chain, sequence=skipped).first() if skipped else None
        self.place = skipped + 1
        self.previous = before.mac if before else BEFORE_THE_FIRST

    def through(self, *, up_to: int | None) -> Fault | None:
        """Check every event from where the walk stands."""
        for event in self._events(up_to):
            fault = fault_of_event(event, self.place, self.previous, self._keys)
            if fault:
                return fault
            self.checked += 1
            self.place += 1
            self.previous = event.mac
            self.last_key_id = event.key_id
        return None

    def _events(self, up_to: int | None) -> Iterator[ChainedEvent]:
        rows = Event.objects.filter(chain=self.chain, sequence__gte=self.place)
        if up_to is not None:
            rows = rows.filter(sequence__lte=up_to)
        # Several in one place are faults as well: nothing may be passed over.
        for row in rows.order_by("sequence", "id").iterator(_AT_A_TIME):
            yield row.chained()


def _fault_of_head(chain: str, end: ChainHead | None, walk: _Walk) -> Fault | None:
    last = walk.place - 1
    if end is None:
        return Fault(
            "head",
            last,
            "The chain's head is gone: how many events there were cannot be told."
            if last
            else "The whole chain is gone, head and events.",
        )
    if end.sequence == 0 and last == 0:
        return None
    key = keys_by_id().get(end.key_id)
    if key is None:
        return Fault(
            "wrong-key",
            end.sequence,
            f"The chain's head stands under the key {end.key_id}, which is not here.",
        )
    if not same_mac(end.seal, head_seal(key, chain, end.head)):
        return Fault("head", end.sequence, "The chain's head was edited: its seal does not fit.")
    if end.sequence > last:
        return Fault(
            "truncated",
            last + 1,
            f"The trail was cut: its head stands at event {end.sequence}, and the last that is "
            f"left is {last}.",
        )
    if end.sequence < last or not same_mac(end.mac, walk.previous):
        return Fault(
            "head",
            end.sequence,
            f"The chain's head was moved back: it stands at event {end.sequence}, and there are "
            f"{last}.",
        )
    return None
