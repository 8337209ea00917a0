"""Events are recorded with what they are of, in one chain a study, whoever records at once."""

import hashlib
import hmac
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections, transaction
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from reader_study.accounts.models import User
from reader_study.audit.chain import SYSTEM, ChainedEvent, as_stored, event_mac
from reader_study.audit.models import ChainHead, Event
from reader_study.audit.services import held_head, record
from reader_study.audit.verification import chains, check_chain
from reader_study.studies.canonical_json import canonical_json
from tests.audit.conftest import CHAIN, STUDY

THREADS, EACH = 16, 6


@pytest.mark.django_db(transaction=True)
def test_sixteen_threads_leave_one_unbroken_chain_without_gaps():
    carol = User.objects.create(username="carol")
    together = Barrier(THREADS)

    def record_some(number: int) -> None:
        together.wait()
        try:
            for turn in range(EACH):
                record(action="step", actor=carol, study_id=STUDY, thread=number, turn=turn)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(record_some, range(THREADS)))
    events = Event.objects.filter(chain=CHAIN).order_by("sequence")
    assert [event.sequence for event in events] == list(range(1, THREADS * EACH + 1))
    assert check_chain(CHAIN).fault is None
    times = [event.at for event in events]
    assert times == sorted(times)


@pytest.mark.django_db
def test_what_is_rolled_back_leaves_neither_event_nor_gap(trail):
    def change_and_fail() -> None:
        with transaction.atomic():
            record(action="undone", actor=None, study_id=STUDY)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()
    assert record(action="step 9", actor=None, study_id=STUDY).sequence == 9
    assert check_chain(CHAIN).state == "unbroken"


@pytest.mark.django_db
def test_events_of_no_study_have_a_chain_of_their_own(trail):
    assert record(action="signed in", actor=None).sequence == 1
    assert chains() == [CHAIN, SYSTEM]
    assert check_chain(SYSTEM).events == 1


@pytest.mark.django_db
def test_the_head_is_the_last_event(trail):
    last = Event.objects.filter(chain=CHAIN).latest("sequence")
    with transaction.atomic():
        assert held_head(STUDY) == ChainHead.objects.get(chain=CHAIN).head
        assert str(held_head(STUDY)) == f"8:{last.mac[:16]}"


@pytest.mark.django_db
def test_who_it_was_stays_although_the_account_is_renamed(trail):
    User.objects.filter(username="carol").update(username="caroline")
    assert {event.actor_name for event in Event.objects.all()} == {"carol"}
    assert check_chain(CHAIN).state == "unbroken"


@pytest.mark.django_db
def test_a_detail_that_would_come_back_as_another_is_refused_or_made_plain():
    with pytest.raises(TypeError, match="must be strings"), transaction.atomic():
        record(action="step", actor=None, study_id=STUDY, grades={1: "poor"})
    record(action="step", actor=None, study_id=STUDY, large=1e22, zero=-0.0, pair=(1, 2.5))
    assert check_chain(CHAIN).state == "unbroken"


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(allow_nan=False, allow_infinity=False, min_value=1e-300, max_value=1e300)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abé.", max_size=3), inner),
    max_leaves=6,
)


class DetailsOfAnyKind(TestCase):
    """What JSON can say is chained and read back the same."""

    @given(JSON)
    def test_a_detail_of_any_kind_holds(self, value):
        event = record(action="step", actor=None, study_id=STUDY, value=value)
        assert check_chain(CHAIN, newest=1).fault is None, (event.detail, value)


@given(JSON)
def test_the_form_that_is_chained_is_that_of_protocols_and_snapshots(value):
    plain = as_stored(value)
    event = ChainedEvent("c", 1, "t", None, "", "a", "", {"v": plain}, "k")
    content = {
        "action": "a",
        "actor": None,
        "actor_name": "",
        "at": "t",
        "chain": "c",
        "detail": {"v": plain},
        "key_id": "k",
        "previous": "",
        "sequence": 1,
        "subject": "",
    }

    expected = hmac.new(b"key", canonical_json(content), hashlib.sha256).hexdigest()
    assert event_mac(b"key", event, previous="") == expected
    assert json.loads(canonical_json(plain)) == plain
