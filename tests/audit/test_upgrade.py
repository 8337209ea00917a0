"""Events of a release without chain are chained as they are found."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from reader_study.audit import guards
from reader_study.audit.chain import SYSTEM
from reader_study.audit.models import Event
from reader_study.audit.services import record
from reader_study.audit.verification import chains, check_chain

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = [("audit", "0001_initial")]
STUDIES = [uuid.UUID(int=number) for number in (1, 2)]


@pytest.fixture
def former_release() -> Iterator[Any]:
    """The tables as a release without chain made them."""
    guards.remove(connection)
    MigrationExecutor(connection).migrate(BEFORE)
    yield MigrationExecutor(connection).loader.project_state(BEFORE).apps
    call_command("migrate", verbosity=0)


def store_events(models: Any) -> None:
    """Ten events of two studies and of none, by somebody and by nobody."""
    user = models.get_model("accounts", "User").objects.create(username="carol")
    for number in range(10):
        models.get_model("audit", "Event").objects.create(
            actor=user if number % 2 else None,
            action=f"step {number}",
            study_id=[*STUDIES, None][number % 3],
            detail={"share": 0.25, "text": "é"},
        )


def test_they_are_chained_in_their_order_and_the_chain_goes_on(former_release):
    store_events(former_release)
    call_command("migrate", verbosity=0)
    assert chains() == sorted([*map(str, STUDIES), SYSTEM])
    assert [check_chain(chain).events for chain in chains()] == [4, 3, 3]
    assert {check_chain(chain).state for chain in chains()} == {"unbroken"}
    assert record(action="after", actor=None, study_id=STUDIES[0]).sequence == 5
    assert check_chain(str(STUDIES[0])).state == "unbroken"
    of_first = Event.objects.filter(study_id=STUDIES[0]).order_by("sequence")
    assert [event.action for event in of_first] == [*(f"step {n}" for n in (0, 3, 6, 9)), "after"]
    assert [event.actor_name for event in of_first] == ["", "carol", "", "carol", ""]


def test_the_trail_is_guarded_again_afterwards(former_release):
    store_events(former_release)
    call_command("migrate", verbosity=0)
    assert guards.guards_are_in_place(databases=["default"]) == []
    with pytest.raises(DatabaseError, match="is final"), transaction.atomic():
        Event.objects.update(at=timezone.now())


def test_an_installation_without_events_begins_with_none(former_release):
    call_command("migrate", verbosity=0)
    assert chains() == []
