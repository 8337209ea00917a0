"""The database refuses to rewrite what is final, whoever asks and by whatever way."""

from functools import partial

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import DatabaseError, connection, transaction

from reader_study.analysis.models import Snapshot
from reader_study.audit import guards
from reader_study.audit.models import Event
from reader_study.reading.models import Reading
from reader_study.studies.models import Protocol, Study
from tests.cast import browser_of, grade, make_study, open_with_cases

pytestmark = pytest.mark.django_db

FINAL = {
    "audit_event": "action = 'nothing happened'",
    "audit_chainhead": "sequence = sequence - 1",
    "studies_protocol": "sha256 = 'forged'",
    "studies_study": "state = 'reading', locked_at = NULL",
    "reading_reading": "grade = 1",
    "analysis_snapshot": "sha256 = 'forged'",
}


@pytest.fixture
def locked_study() -> Study:
    study = open_with_cases(2)
    for rater in ("ruth", "rob"):
        grade(study, rater, {"C001": 4, "C002": 3})
    answer = browser_of("carol").post(
        f"/api/studies/{study.id}/lock",
        {"confirm_name": study.name},
        content_type="application/json",
    )
    assert answer.status_code == 200
    return study


def refused(statement: str) -> bool:
    """Whether the database refuses a statement of its own language, given past all code."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        return any(why in str(error) for why in ("this row is final", "and nowhere else"))
    return False


@pytest.mark.parametrize("table", FINAL)
def test_sql_cannot_change_or_delete_what_is_final(locked_study, table):
    assert refused(f"UPDATE {table} SET {FINAL[table]}")  # noqa: S608 - the test's own words
    assert refused(f"DELETE FROM {table}")  # noqa: S608


@pytest.mark.parametrize("table", [*FINAL, "reading_assignment"])
def test_nor_can_it_empty_the_table(locked_study, table):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite empties a table row by row")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what was just written waits to be checked
    assert refused(f"TRUNCATE {table} CASCADE")


def test_neither_can_the_object_mapper(locked_study):
    for model in (Event, Protocol, Reading, Snapshot):
        row = model._default_manager.first()
        assert row is not None
        with pytest.raises(DatabaseError), transaction.atomic():
            row.save()


def test_a_row_cannot_be_replaced_in_place_of_being_deleted(locked_study):
    if connection.vendor != "sqlite":
        pytest.skip("INSERT OR REPLACE is SQLite's own")
    assert refused(
        "INSERT OR REPLACE INTO audit_event (id, at, actor_name, action, subject, detail, chain, "
        "sequence, key_id, mac) SELECT id, at, actor_name, 'nothing happened', subject, detail, "
        "chain, sequence, key_id, mac FROM audit_event ORDER BY id DESC LIMIT 1"
    )


def test_a_draft_is_not_final():
    study = open_with_cases(1)
    code = browser_of("ruth").get(f"/api/reading/{study.id}/worklist").json()["next"]
    browser_of("ruth").get(f"/api/reading/cases/{code}")
    assert Reading.objects.update(comment="still thinking") == 1


def test_a_guard_of_an_older_release_goes_with_the_next_migration():
    make_study()
    rename = "UPDATE studies_site SET name = 'elsewhere'"
    guards.install(connection, guards.Guard("studies", "studies_site", purpose="older"))
    assert refused(rename)
    call_command("migrate", verbosity=0)
    assert not refused(rename)


def test_a_guard_that_was_switched_off_is_found_by_the_system_check():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite cannot switch a trigger off")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER audit_event_refuses_truncate")
    with pytest.raises(SystemCheckError, match="audit_event is not guarded against truncate"):
        call_command("check", databases=["default"], fail_level="WARNING")


def test_a_missing_guard_is_found_by_the_system_check():
    check = partial(call_command, "check", databases=["default"], fail_level="WARNING")
    check()
    with connection.cursor() as cursor:
        on_table = " ON audit_event" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER audit_event_refuses_delete{on_table}")
    with pytest.raises(SystemCheckError, match="audit_event is not guarded against delete"):
        check()
    call_command("migrate", verbosity=0)
    check()
