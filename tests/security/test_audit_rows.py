"""Whoever has the application's own database access tries to rewrite the record.

What one statement can do to one chain is in ``tests/audit/test_attacks.py``; here are the ways
around the guards, and what goes from one study to another. Each is refused, or found afterwards by
``verify_audit`` or by the system check that every deployment and restart runs.
"""
# ruff: noqa: S608 - the statements are the attacks

import hashlib
import hmac
import io
import json
import uuid
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import override_settings

from reader_study.accounts.models import User
from reader_study.audit import guards
from reader_study.audit.models import ChainHead, Event
from reader_study.audit.services import record
from reader_study.audit.verification import check_chain
from tests.audit.conftest import CHAIN
from tests.audit.conftest import run_sql as run_sql
from tests.audit.conftest import trail as trail
from tests.audit.conftest import without_guards as without_guards
from tests.cast import grade, make_study, open_with_cases

pytestmark = pytest.mark.django_db

Sql = Callable[..., None]
ONLY = f"WHERE chain = '{CHAIN}'"
OTHER = uuid.UUID("00000000-0000-4000-8000-00000000000b")

GUARDED = sorted({guard.table for guard in guards._guards})


def other_trail() -> str:
    """Chain as many events of another study, and return its name."""
    for number in range(1, 9):
        record(action=f"step {number}", actor=None, study_id=OTHER, grade=number)
    return str(OTHER)


def is_found() -> bool:
    """Whether ``verify_audit`` ends with status 1."""
    try:
        call_command("verify_audit", stdout=io.StringIO())
    except (SystemExit, CommandError):
        return True
    return False


def guards_are_missed() -> bool:
    """Whether the system check says that guards are missing or switched off."""
    said = io.StringIO()
    try:
        call_command("check", databases=["default"], stdout=said, stderr=said)
    except CommandError:
        return True
    return "is not guarded" in said.getvalue()


def attempt(run_sql: Sql, *statements: str) -> bool:
    """Run statements; whether all of them were let through."""
    try:
        with transaction.atomic():
            for statement in statements:
                run_sql(statement)
    except DatabaseError:
        return False
    return True


def only_on(vendor: str) -> None:
    """Skip what only one of the databases knows."""
    if connection.vendor != vendor:
        pytest.skip(f"{vendor} alone knows this")


# -- through the guards -----------------------------------------------------------------------


@pytest.mark.parametrize("table", GUARDED)
def test_no_table_of_the_record_can_be_emptied_by_the_applications_user(trail, run_sql, table):
    """An attacker with the application's database access truncates what is final."""
    only_on("postgresql")
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    for more in ("", " CASCADE", " RESTART IDENTITY CASCADE"):
        assert not attempt(run_sql, f"TRUNCATE {table}{more}")
    assert not is_found()


def test_a_table_above_the_trail_cannot_take_it_along(trail, run_sql):
    """An attacker empties the table of accounts, and by CASCADE all that names an account."""
    only_on("postgresql")
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    assert not attempt(run_sql, "TRUNCATE accounts_user CASCADE")
    assert Event.objects.filter(chain=CHAIN).count() == 8


@pytest.mark.parametrize(
    "statement",
    [
        "MERGE INTO audit_event e USING (SELECT 4 AS s) n ON e.sequence = n.s "
        "WHEN MATCHED THEN UPDATE SET subject = 'x'",
        "WITH gone AS (DELETE FROM audit_event RETURNING *) SELECT count(*) FROM gone",
        "INSERT INTO audit_event SELECT * FROM audit_event "
        "ON CONFLICT (id) DO UPDATE SET subject = 'x'",
        "DO $$ BEGIN UPDATE audit_event SET subject = 'x'; END $$",
        "UPDATE audit_event SET subject = subject || 'x'",
        "SET CONSTRAINTS ALL DEFERRED; DELETE FROM audit_event",
    ],
    ids=["merge", "with", "upsert", "block", "all", "deferred"],
)
def test_no_other_wording_of_postgresql_passes(trail, run_sql, statement):
    """An attacker writes update and delete in every form that the database knows."""
    only_on("postgresql")
    assert not attempt(run_sql, statement)
    assert not is_found()


@pytest.mark.parametrize(
    "statement",
    [
        "REPLACE INTO audit_event SELECT * FROM audit_event",
        "INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event",
        "UPDATE OR REPLACE audit_event SET id = 1",
        "UPDATE OR IGNORE audit_event SET subject = 'x'",
        "INSERT INTO audit_event SELECT * FROM audit_event WHERE true "
        "ON CONFLICT (id) DO UPDATE SET subject = 'x'",
        "WITH all_of_them AS (SELECT id FROM audit_event) "
        "DELETE FROM audit_event WHERE id IN all_of_them",
    ],
    ids=["replace", "insert or replace", "update or replace", "or ignore", "upsert", "with"],
)
def test_no_other_wording_of_sqlite_passes(trail, run_sql, statement):
    """An attacker writes update and delete in every form that the database knows."""
    only_on("sqlite")
    assert not attempt(run_sql, statement)
    assert not is_found()


# -- around the guards ------------------------------------------------------------------------

AROUND = {
    "postgresql": {
        "drop trigger": ["DROP TRIGGER {trigger} ON audit_event"],
        "disable trigger": ["ALTER TABLE audit_event DISABLE TRIGGER ALL"],
        "disable as owner": ["ALTER TABLE audit_event DISABLE TRIGGER USER"],
        "drop function": ["DROP FUNCTION {function} CASCADE"],
        "empty function": [
            "CREATE OR REPLACE FUNCTION {function} RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN RETURN NEW; END'"
        ],
        "toothless": [
            "DROP TRIGGER audit_event_refuses_update ON audit_event",
            "CREATE TRIGGER audit_event_refuses_update BEFORE UPDATE ON audit_event FOR EACH ROW "
            "WHEN (1 = 0) EXECUTE FUNCTION audit_event_refuses_update('no')",
        ],
        "another table": [
            "CREATE TABLE copy AS SELECT * FROM audit_event",
            "DROP TABLE audit_event CASCADE",
            "ALTER TABLE copy RENAME TO audit_event",
        ],
        "replica": ["SET session_replication_role = replica"],
    },
    "sqlite": {
        "drop trigger": ["DROP TRIGGER {trigger}"],
        "toothless": [
            "DROP TRIGGER {trigger}",
            "CREATE TRIGGER audit_event_refuses_update BEFORE UPDATE ON audit_event "
            "FOR EACH ROW WHEN 1 = 0 BEGIN SELECT RAISE(ABORT, 'no'); END",
        ],
        "schema": [
            "PRAGMA writable_schema = ON",
            "DELETE FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_event'",
        ],
        "another table": [
            "CREATE TABLE copy AS SELECT * FROM audit_event",
            "DROP TABLE audit_event",
            "ALTER TABLE copy RENAME TO audit_event",
        ],
    },
}
WAYS = [(vendor, way) for vendor, ways in AROUND.items() for way in ways]


def trigger_names() -> list[str]:
    """Return the names of the guards of the trail."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_event'"
            )
        else:
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal "
                "AND tgrelid = 'audit_event'::regclass"
            )
        return [name for (name,) in cursor.fetchall()]


def function_names() -> list[str]:
    """Return the functions that the guards of the trail call, as they are to be named."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgfoid::regprocedure::text FROM pg_trigger "
            "WHERE NOT tgisinternal AND tgrelid = 'audit_event'::regclass"
        )
        return [name for (name,) in cursor.fetchall()]


def spelled(statements: list[str]) -> list[str]:
    """Name every trigger or function in a statement that is about one."""
    every = []
    for statement in statements:
        if "{trigger}" in statement:
            every += [statement.format(trigger=name) for name in trigger_names()]
        elif "{function}" in statement:
            every += [statement.format(function=name) for name in function_names()]
        else:
            every.append(statement)
    return every


@pytest.mark.parametrize(("vendor", "way"), WAYS, ids=[f"{v} {way}" for v, way in WAYS])
def test_who_gets_around_the_guards_and_edits_is_found(trail, run_sql, vendor, way):
    """An attacker who owns the tables takes the guards away by any of these ways, then edits."""
    only_on(vendor)
    if vendor == "postgresql":
        run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    statements = [*spelled(AROUND[vendor][way]), f"UPDATE audit_event SET subject = 'x' {ONLY}"]
    if attempt(run_sql, *statements):
        assert check_chain(CHAIN).fault is not None
        assert is_found()


@pytest.mark.parametrize(
    ("vendor", "way"),
    [pair for pair in WAYS if pair[1] not in {"replica", "schema"}],
    ids=lambda value: str(value),
)
def test_and_the_missing_guards_are_told_before_anything_was_edited(trail, run_sql, vendor, way):
    """The same attacker prepares the next visit: guards away, nothing edited yet."""
    only_on(vendor)
    if vendor == "postgresql":
        run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    assert not guards_are_missed()
    if attempt(run_sql, *spelled(AROUND[vendor][way])):
        assert guards_are_missed()
        guards.install_all(connection)
        assert not guards_are_missed()


def test_a_session_that_does_not_ask_delete_triggers_changes_nothing_unseen(trail, run_sql):
    """An attacker's connection leaves SQLite's recursive triggers off and replaces an event."""
    only_on("sqlite")
    run_sql("PRAGMA recursive_triggers = OFF")
    try:
        columns = "id, sequence, at, actor_id, actor_name, action, study_id, detail, chain, key_id"
        statement = (
            f"INSERT OR REPLACE INTO audit_event ({columns}, subject, mac) "
            f"SELECT {columns}, 'x', mac FROM audit_event {ONLY} AND sequence = 4"
        )
        if attempt(run_sql, statement):
            assert is_found()
    finally:
        run_sql("PRAGMA recursive_triggers = ON")


# -- from one study to another ----------------------------------------------------------------


def test_the_chains_of_two_studies_cannot_be_exchanged(without_guards, run_sql):
    """An attacker gives one study the clean trail of another, events and heads and all."""
    other = other_trail()
    for table in ("audit_event", "audit_chainhead"):
        for new, old in (("between", CHAIN), (CHAIN, other), (other, "between")):
            run_sql(f"UPDATE {table} SET chain = %s WHERE chain = %s", new, old)
    for chain in (CHAIN, other):
        Event.objects.filter(chain=chain).update(study_id=uuid.UUID(chain))
    for chain in (CHAIN, other):
        fault = check_chain(chain).fault
        assert fault is not None
        assert fault.sequence == 1


def test_one_event_cannot_be_exchanged_for_that_of_another_study(without_guards, run_sql):
    """An attacker puts another study's event at the same place, with its own MAC."""
    other = other_trail()
    run_sql(f"DELETE FROM audit_event {ONLY} AND sequence = 4")
    run_sql("UPDATE audit_event SET chain = %s WHERE chain = %s AND sequence = 4", CHAIN, other)
    fault = check_chain(CHAIN).fault
    assert fault is not None
    assert fault.sequence == 4
    assert check_chain(other).fault is not None


def test_a_head_of_another_study_does_not_fit(without_guards, run_sql):
    """An attacker cuts a trail and covers the cut with the head of a trail of that length."""
    for number in range(1, 7):
        record(action=f"step {number}", actor=None, study_id=OTHER)
    other = ChainHead.objects.get(chain=str(OTHER))
    run_sql(f"DELETE FROM audit_event {ONLY} AND sequence > 6")
    run_sql(
        f"UPDATE audit_chainhead SET sequence = 6, mac = %s, seal = %s {ONLY}",
        other.mac,
        other.seal,
    )
    assert check_chain(CHAIN).fault is not None


# -- under another key ------------------------------------------------------------------------


def test_a_chain_written_anew_under_a_key_of_the_attacker_is_found(without_guards, run_sql):
    """An attacker with the database, but not the key file, reckons every MAC anew."""
    key = "k" * 32
    with override_settings(AUDIT_KEY=key, AUDIT_RETIRED_KEYS=[]):
        run_sql(f"DELETE FROM audit_event {ONLY}")
        run_sql(f"DELETE FROM audit_chainhead {ONLY}")
        for number in range(1, 9):
            record(action=f"other step {number}", actor=None, study_id=uuid.UUID(CHAIN))
        assert check_chain(CHAIN).fault is None
    fault = check_chain(CHAIN).fault
    assert fault is not None
    assert is_found()


def test_naming_the_installations_own_key_does_not_help(without_guards, run_sql):
    """The same, and every row says that the installation's own key was used."""
    own = Event.objects.filter(chain=CHAIN).values_list("key_id", flat=True)[0]
    with override_settings(AUDIT_KEY="k" * 32, AUDIT_RETIRED_KEYS=[]):
        run_sql(f"DELETE FROM audit_event {ONLY}")
        run_sql(f"DELETE FROM audit_chainhead {ONLY}")
        for number in range(1, 9):
            record(action=f"other step {number}", actor=None, study_id=uuid.UUID(CHAIN))
    run_sql(f"UPDATE audit_event SET key_id = %s {ONLY}", own)
    fault = check_chain(CHAIN).fault
    assert fault is not None
    assert (fault.kind, fault.sequence) == ("edited", 1)


def test_without_its_key_a_chain_is_called_broken_and_not_sound(trail):
    """An attacker replaces or deletes the key, so that nobody can tell any more."""
    with override_settings(
        AUDIT_KEY="another key of thirty-two letters or so", AUDIT_RETIRED_KEYS=[]
    ):
        assert check_chain(CHAIN).state == "broken"
        assert is_found()


def test_the_key_is_nowhere_in_the_database(trail, run_sql):
    """An attacker reads every table for something that signs."""
    event = Event.objects.get(chain=CHAIN, sequence=1)
    covered = {
        "action": event.action,
        "actor": event.actor_id,
        "actor_name": event.actor_name,
        "at": event.at.isoformat(timespec="microseconds"),
        "chain": event.chain,
        "detail": event.detail,
        "key_id": event.key_id,
        "previous": "",
        "sequence": 1,
        "subject": event.subject,
    }
    written = json.dumps(covered, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    guesses = {event.key_id, event.mac, CHAIN, "", *stored_text()}
    signed = {
        hmac.new(guess.encode(), written.encode(), hashlib.sha256).hexdigest() for guess in guesses
    }
    assert event.mac not in signed


def is_signed_by(key: bytes, written: str, mac: str) -> bool:
    """Whether a MAC is that of a text under a key."""
    return hmac.new(key, written.encode(), hashlib.sha256).hexdigest() == mac


def stored_text() -> set[str]:
    """Return every short text that stands in any table."""
    found: set[str] = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found.update(
                value for row in cursor.fetchall() for value in row if isinstance(value, str)
            )
    return found


# -- what stands beside the trail --------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reading_reading SET grade = 1",
        "UPDATE reading_reading SET state = 'draft'",
        "UPDATE reading_reading SET submitted_at = NULL",
        "UPDATE reading_reading SET protocol_id = protocol_id + 1",
        "DELETE FROM reading_reading",
        "UPDATE reading_assignment SET rater_id = rater_id + 1",
        "UPDATE studies_protocol SET document = '{}'",
        "DELETE FROM studies_protocol",
    ],
)
def test_submitted_answers_and_their_protocol_stay(run_sql, statement):
    """An attacker changes the grades themselves, or the scale that they were given on."""
    study = open_with_cases(1)
    grade(study, "ruth", {"C001": 4})
    assert not attempt(run_sql, statement)


def test_a_grade_that_was_changed_without_guards_contradicts_the_trail(run_sql):
    """An attacker who owns the database drops the guards and changes a grade: the trail tells."""
    study = open_with_cases(1)
    grade(study, "ruth", {"C001": 4})
    guards.remove(connection)
    run_sql("UPDATE reading_reading SET grade = 1 WHERE state = 'submitted'")
    guards.install_all(connection)
    event = Event.objects.get(chain=str(study.pk), action="reading submitted")
    assert check_chain(str(study.pk)).fault is None
    assert event.detail["grade"] == 4


def test_a_study_cannot_be_unlocked_by_sql(run_sql):
    """An attacker opens a locked study again to add another reading."""
    from reader_study.analysis.services import lock_study

    study = open_with_cases(1)
    for rater in ("ruth", "rob"):
        grade(study, rater, {"C001": 4})
    lock_study(study=study, actor=User.objects.get(username="carol"))
    for statement in (
        "UPDATE studies_study SET locked_at = NULL",
        "UPDATE studies_study SET state = 'reading'",
        "DELETE FROM studies_study",
        "UPDATE analysis_snapshot SET document = '{}'",
        "DELETE FROM analysis_snapshot",
    ):
        assert not attempt(run_sql, statement), statement


def test_a_study_whose_whole_trail_vanished_is_named(run_sql):
    """An attacker removes a study's events and head without leaving anything that is broken."""
    study = make_study()
    guards.remove(connection)
    run_sql("DELETE FROM audit_event WHERE chain = %s", str(study.pk))
    run_sql("DELETE FROM audit_chainhead WHERE chain = %s", str(study.pk))
    guards.install_all(connection)
    assert is_found()
