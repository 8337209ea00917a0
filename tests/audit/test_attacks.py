"""Whoever rewrites the trail with SQL is refused; whoever drops the triggers first is found out."""
# ruff: noqa: S608 - the statements are the attacks

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from reader_study.audit.chain import Head
from reader_study.audit.models import ChainHead, Event
from reader_study.audit.services import record
from reader_study.audit.verification import PrintedHead, check_chain, fault_of_printed_head
from tests.audit.conftest import CHAIN, STUDY

pytestmark = pytest.mark.django_db

Sql = Callable[..., None]

COLUMNS = "at, actor_id, actor_name, action, study_id, subject, detail, chain, key_id, mac"
ONLY = f"WHERE chain = '{CHAIN}'"

EDIT = f"UPDATE audit_event SET detail = '{{\"grade\": 1}}' {ONLY} AND sequence = 4"
DELETE = f"DELETE FROM audit_event {ONLY} AND sequence = 4"
REORDER = f"UPDATE audit_event SET sequence = 9 - sequence {ONLY} AND sequence IN (4, 5)"
MOVE_UP = f"UPDATE audit_event SET sequence = sequence + 1000 {ONLY} AND sequence > 4"
INSERT_IN_BETWEEN = (
    f"INSERT INTO audit_event (sequence, {COLUMNS}) "
    f"SELECT 5, {COLUMNS} FROM audit_event {ONLY} AND sequence = 2"
)
INSERT_AT_THE_END = INSERT_IN_BETWEEN.replace("SELECT 5", "SELECT 9")
CUT = f"DELETE FROM audit_event {ONLY} AND sequence > 6"
REWIND = f"UPDATE audit_chainhead SET sequence = 6 {ONLY}"


def found() -> tuple[str, int] | None:
    """What is wrong with the chain, and where."""
    fault = check_chain(CHAIN).fault
    return (fault.kind, fault.sequence) if fault else None


def swap(run_sql: Sql, one: int, other: int) -> None:
    """Exchange the places of two events by way of a free one."""
    for new, old in ((99, one), (one, other), (other, 99)):
        run_sql(f"UPDATE audit_event SET sequence = %s {ONLY} AND sequence = %s", new, old)


def renumber(run_sql: Sql, *, above: int, by: int) -> None:
    """Number the later events anew; by way of free numbers, which are unique."""
    run_sql(f"UPDATE audit_event SET sequence = sequence + 1000 {ONLY} AND sequence > {above}")
    run_sql(
        f"UPDATE audit_event SET sequence = sequence - 1000 + %s {ONLY} AND sequence > 1000", by
    )


# -- as the application's own user ------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [EDIT, DELETE, REORDER, MOVE_UP, INSERT_IN_BETWEEN, INSERT_AT_THE_END, CUT, REWIND],
    ids=["edit", "delete", "reorder", "renumber", "insert", "append", "cut", "rewind"],
)
def test_the_database_refuses(trail, run_sql, statement):
    with pytest.raises(DatabaseError, match=r"nowhere else|is final"), transaction.atomic():
        run_sql(statement)
    assert found() is None


def test_the_database_refuses_to_empty_the_trail(trail, run_sql):
    empty = "DELETE FROM audit_event"
    if connection.vendor == "postgresql":
        run_sql("SET CONSTRAINTS ALL IMMEDIATE")  # what was just written waits to be checked
        empty = "TRUNCATE audit_event"
    with pytest.raises(DatabaseError, match="is final"), transaction.atomic():
        run_sql(empty)


def test_the_database_refuses_to_put_an_event_in_place_of_another(trail, run_sql):
    if connection.vendor != "sqlite":
        pytest.skip("INSERT OR REPLACE is SQLite's own")
    with pytest.raises(DatabaseError), transaction.atomic():
        run_sql(INSERT_IN_BETWEEN.replace("INSERT", "INSERT OR REPLACE", 1))
    assert found() is None


def test_an_event_appended_by_its_rules_but_without_the_key_is_found(trail, run_sql):
    """The application's user may move a head by one and add an event; it cannot sign either."""
    forged = "f" * 64
    run_sql(f"UPDATE audit_chainhead SET sequence = 9, mac = %s {ONLY}", forged)
    run_sql(
        INSERT_AT_THE_END.replace("key_id, mac FROM", "key_id, %s FROM"),
        forged,
    )
    assert found() == ("edited", 9)


# -- as the owner of the database, without triggers -------------------------------------------


def test_an_untouched_trail_is_unbroken(trail):
    check = check_chain(CHAIN)
    assert (check.state, check.events, check.checked) == ("unbroken", 8, 8)


@pytest.mark.parametrize(
    "change",
    [
        "detail = '{}'",
        "action = 'nothing'",
        "subject = 'C002'",
        "actor_id = NULL",
        "actor_name = 'rob'",
        "at = '2020-01-01 00:00:00+00:00'",
        "mac = 'aa'",
        "study_id = NULL",
    ],
)
@pytest.mark.parametrize("sequence", [1, 4, 8])
def test_an_edited_column_is_found(without_guards, run_sql, change, sequence):
    run_sql(f"UPDATE audit_event SET {change} {ONLY} AND sequence = %s", sequence)
    assert found() == ("edited", sequence)


def test_a_deleted_event_is_found(without_guards, run_sql):
    run_sql(DELETE)
    assert found() == ("deleted", 4)


def test_a_deleted_event_is_found_although_the_later_ones_were_numbered_anew(
    without_guards, run_sql
):
    run_sql(DELETE)
    renumber(run_sql, above=4, by=-1)
    assert found() == ("deleted", 4)


def test_the_first_event_cannot_go_either(without_guards, run_sql):
    run_sql(f"DELETE FROM audit_event {ONLY} AND sequence = 1")
    assert found() == ("deleted", 1)


@pytest.mark.parametrize(("one", "other"), [(4, 5), (2, 7), (1, 2), (7, 8)])
def test_exchanged_events_are_found(without_guards, run_sql, one, other):
    swap(run_sql, one, other)
    assert found() == ("reordered", one)


def test_an_inserted_event_is_found(without_guards, run_sql):
    renumber(run_sql, above=4, by=1)
    run_sql(INSERT_IN_BETWEEN.replace("AND sequence = 2", "AND sequence = 3"))
    run_sql(f"UPDATE audit_event SET mac = %s {ONLY} AND sequence = 5", "e" * 64)
    assert found() == ("inserted", 5)


def test_an_event_inserted_behind_the_head_is_found(without_guards, run_sql):
    run_sql(INSERT_AT_THE_END)
    run_sql(f"UPDATE audit_event SET mac = %s {ONLY} AND sequence = 9", "e" * 64)
    assert found() == ("inserted", 9)


def test_a_trail_without_its_end_is_found(without_guards, run_sql):
    run_sql(CUT)
    assert found() == ("truncated", 7)


def test_a_head_moved_back_to_hide_that_is_found(without_guards, run_sql):
    run_sql(CUT)
    last = Event.objects.get(chain=CHAIN, sequence=6)
    run_sql(f"UPDATE audit_chainhead SET sequence = 6, mac = %s {ONLY}", last.mac)
    assert found() == ("head", 6)


def test_a_whole_chain_that_went_with_its_head_is_found(without_guards, run_sql):
    run_sql(f"DELETE FROM audit_event {ONLY}")
    assert found() == ("truncated", 1)
    run_sql(f"DELETE FROM audit_chainhead {ONLY}")
    assert found() == ("head", 0)


def test_a_true_former_head_put_back_is_found_by_a_printed_one(without_guards, run_sql):
    """Who kept a copy of an earlier head needs no key: only what left the building tells."""
    former = ChainHead.objects.get(chain=CHAIN)
    record(action="step 9", actor=None, study_id=STUDY)
    printed = ChainHead.objects.get(chain=CHAIN).head
    run_sql(f"DELETE FROM audit_event {ONLY} AND sequence = 9")
    former.save()
    assert found() is None
    fault = fault_of_printed_head(PrintedHead(CHAIN, printed.sequence, printed.mac[:16]))
    assert fault is not None
    assert fault.kind == "truncated"


def test_a_printed_head_that_still_holds_is_no_fault(trail):
    event = Event.objects.get(chain=CHAIN, sequence=5)
    assert fault_of_printed_head(PrintedHead(CHAIN, 5, event.mac[:16].upper())) is None
    other = fault_of_printed_head(PrintedHead(CHAIN, 5, "0" * 16))
    assert other is not None
    assert other.kind == "edited"


def test_an_event_cannot_be_moved_to_another_chain(without_guards, run_sql):
    run_sql(f"UPDATE audit_event SET chain = 'system', study_id = NULL {ONLY}")
    run_sql(f"UPDATE audit_chainhead SET chain = 'system' {ONLY}")
    fault = check_chain("system").fault
    assert fault is not None
    assert (fault.kind, fault.sequence) == ("edited", 1)


def test_the_newest_events_can_be_checked_alone(without_guards, run_sql):
    run_sql(f"UPDATE audit_event SET subject = 'x' {ONLY} AND sequence = 2")
    newest = check_chain(CHAIN, newest=3)
    assert (newest.state, newest.checked, newest.events) == ("unbroken", 3, 8)
    run_sql(f"UPDATE audit_event SET subject = 'x' {ONLY} AND sequence = 7")
    assert check_chain(CHAIN, newest=3).state == "broken"


def test_a_head_is_printed_short():
    assert str(Head(12, "0123456789abcdef" * 4)) == "12:0123456789abcdef"
