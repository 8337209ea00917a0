"""`manage.py migrate`, killed −9 anywhere, is run again, and everything is as if nothing had been.

Each attempt has a database of its own, a copy of one that an earlier release left, and a process of
its own, which kills itself before a certain statement.
"""

import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.test import RequestFactory
from psycopg.sql import SQL, Identifier

from reader_study.audit import guards
from reader_study.audit.guards import guards_are_in_place
from reader_study.audit.models import Event
from reader_study.audit.services import record
from reader_study.audit.verification import chains, check_chain
from reader_study.coordination.monitoring import ready

pytestmark = [pytest.mark.database, pytest.mark.xdist_group("killed-migration")]

DUE = 12
"""How many migrations the earlier release does not know."""


@dataclass
class Statements:
    """What a migration asks of the database, in order; it may be killed before one of them."""

    kill_before: int | None = None
    seen: list[str] = field(default_factory=list)

    def __call__(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if len(self.seen) == self.kill_before:
            os.kill(os.getpid(), signal.SIGKILL)
        self.seen.append(sql)
        return execute(sql, *rest)


class Databases:
    """Databases of the kind of this run, each gone at the end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: list[str] = []

    def new(self, *, like: str | None = None) -> str:
        """Make an empty one, or a copy; return its name."""
        name = f"killed_{uuid4().hex[:8]}"
        if connection.vendor == "sqlite":
            name = str(self._folder / f"{name}.sqlite3")
            if like:
                shutil.copyfile(like, name)
            return name
        copy = SQL("CREATE DATABASE {}").format(Identifier(name))
        if like:
            copy += SQL(" TEMPLATE {}").format(Identifier(like))
        self._ask(copy)
        self._made.append(name)
        return name

    def remove(self) -> None:
        for name in self._made:
            self._ask(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))

    def _ask(self, statement: Any) -> None:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as session:
            session.execute(statement)


def in_a_process(database: str, work: Callable[[BaseDatabaseWrapper], Any]) -> tuple[int, Any]:
    """Do work on a database in a process of its own; return how it ended and what it returned."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)

    def main() -> None:
        settings = {**deepcopy(connections.settings["default"]), "NAME": database}
        connections.settings["default"] = settings
        connections["default"] = own = connections.create_connection("default")
        there.send(work(own))
        own.close()

    process = context.Process(target=main)
    process.start()
    there.close()
    found = None
    with suppress(EOFError):
        found = here.recv()
    process.join()
    assert process.exitcode is not None
    return process.exitcode, found


def become_an_earlier_release(own: BaseDatabaseWrapper) -> None:
    """Bring an empty database to where an earlier release left it, with events and guards."""
    executor = MigrationExecutor(own)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
    known = {migration.app_label: migration.name for migration, _ in plan[:-DUE]}
    executor.migrate(list(known.items()))
    for app in apps.get_app_configs():
        # A guard may name a column that is yet to come.
        with suppress(DatabaseError), transaction.atomic():
            guards.install_guards_of(app, "default")
    for number in range(5):
        record(action=f"step {number}", actor=None)


def migrate(kill_before: int | None = None) -> Callable[[BaseDatabaseWrapper], list[str]]:
    """Return the work of `manage.py migrate`, killed before a statement; it returns them all."""

    def work(own: BaseDatabaseWrapper) -> list[str]:
        statements = Statements(kill_before)
        with own.execute_wrapper(statements):
            call_command("migrate", verbosity=0)
        return statements.seen

    return work


def state(own: BaseDatabaseWrapper) -> dict[str, Any]:
    """What is to be the same however a migration went."""
    with own.cursor() as cursor:
        cursor.execute(_SCHEMA[own.vendor])
        schema = sorted(map(str, cursor.fetchall()))
    return {
        "schema": schema,
        "migrations": sorted(MigrationExecutor(own).loader.applied_migrations or ()),
        "guards": [message.msg for message in guards_are_in_place(databases=["default"])],
        "chains": {chain: check_chain(chain).state for chain in chains()},
        "events": list(Event.objects.order_by("id").values_list("action", "mac")),
        "rewriting": _is_refused("UPDATE audit_event SET action = 'nothing happened'"),
        "ready": ready(RequestFactory().get("/ready")).status_code,
    }


def is_ready(own: BaseDatabaseWrapper) -> int:
    return ready(RequestFactory().get("/ready")).status_code


def _is_refused(statement: str) -> bool:
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        return "this row is final" in str(error)
    return False


_SCHEMA = {
    "sqlite": "SELECT type, name, tbl_name, sql FROM sqlite_master",
    "postgresql": """
        SELECT 'column', table_name, column_name, data_type, is_nullable, column_default
        FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT 'index', tablename, indexname, indexdef, '', ''
        FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT 'constraint', conrelid::regclass::text, conname,
        pg_get_constraintdef(oid), '', '' FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), '', ''
        FROM pg_trigger WHERE NOT tgisinternal
    """,
}


@dataclass(frozen=True)
class Before:
    """A database of an earlier release, what a migration asks of it, and what it is to become."""

    databases: Databases
    name: str
    statements: list[str]
    wanted: dict[str, Any]


@contextmanager
def allowed(blocker: Any) -> Iterator[None]:
    with blocker.unblock():
        yield


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[Before]:
    databases = Databases(tmp_path_factory.mktemp("databases"))
    with allowed(django_db_blocker):
        name = databases.new()
        assert in_a_process(name, become_an_earlier_release)[0] == 0
        undisturbed = databases.new(like=name)
        ended, statements = in_a_process(undisturbed, migrate())
        assert ended == 0
        ended, wanted = in_a_process(undisturbed, state)
        assert ended == 0
        yield Before(databases, name, statements, wanted)
        databases.remove()


def test_what_it_becomes_undisturbed_is_whole(before: Before) -> None:
    assert before.wanted["guards"] == []
    assert set(before.wanted["chains"].values()) == {"unbroken"}
    assert len(before.wanted["events"]) == 5
    assert before.wanted["rewriting"]
    assert before.wanted["ready"] == 200


POINTS: dict[str, Callable[[list[str]], int]] = {
    "once a guard is taken away": lambda seen: first(seen, "DROP TRIGGER") + 1,
    "before the first migration": lambda seen: first(seen, "ALTER TABLE", "CREATE TABLE"),
    "after a third": lambda seen: len(seen) // 3,
    "after two thirds": lambda seen: len(seen) * 2 // 3,
    "before the guards are back": lambda seen: first(seen, "CREATE TRIGGER"),
    "before the last guard is back": lambda seen: last(seen, "CREATE TRIGGER"),
}


def first(seen: list[str], *beginnings: str) -> int:
    return next(number for number, sql in enumerate(seen) if sql.startswith(beginnings))


def last(seen: list[str], beginning: str) -> int:
    return max(number for number, sql in enumerate(seen) if sql.startswith(beginning))


@pytest.mark.parametrize("point", POINTS)
def test_killed_and_run_again_it_becomes_the_same(before: Before, point: str) -> None:
    database = before.databases.new(like=before.name)
    ended, _ = in_a_process(database, migrate(kill_before=POINTS[point](before.statements)))
    assert ended == -signal.SIGKILL
    assert in_a_process(database, is_ready) == (0, 503)

    assert in_a_process(database, migrate())[0] == 0

    assert in_a_process(database, state) == (0, before.wanted)
