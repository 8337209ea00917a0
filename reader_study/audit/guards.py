"""Rows that the database itself refuses to change: what was signed, locked or recorded.

A service that forgets a check, a shell session or a script meets the same refusal as an attacker
with the application's own database rights. Guards are triggers. SQLite drops a table's triggers
whenever a migration rebuilds the table, and PostgreSQL refuses to alter a column that a trigger
names: so they are taken away before a migration and installed anew after every ``migrate``, and
a system check says so where one is missing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.core.checks import CheckMessage, Tags, register
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper


@dataclass(frozen=True)
class Guard:
    """What the database refuses on one table.

    Attributes
    ----------
    app_label, table
        Where the rows are.
    frozen_when
        SQL condition on the row before the change, written with ``OLD.`` (and, where only
        updates or inserts are refused, on the row after it, with ``NEW.``).
    actions
        Any of ``insert``, ``update`` and ``delete``. Where deleting is refused, so is PostgreSQL's
        TRUNCATE, of whatever rows.
    columns
        The columns whose update is refused; empty for all of them.
    purpose
        Tells several guards of one table apart.
    refusal
        Why the database refuses.
    """

    app_label: str
    table: str
    frozen_when: str = "1 = 1"
    actions: tuple[str, ...] = ("update", "delete")
    columns: tuple[str, ...] = ()
    purpose: str = ""
    refusal: str = "this row is final and can be neither changed nor deleted"

    def actions_in(self, vendor: str) -> tuple[str, ...]:
        """What is refused in one kind of database; SQLite knows no TRUNCATE."""
        truncates = vendor == "postgresql" and "delete" in self.actions
        return (*self.actions, "truncate") if truncates else self.actions

    def trigger(self, action: str) -> str:
        """Name of the trigger for one action."""
        name = f"{self.table}_refuses_{action}"
        return f"{name}_{self.purpose}" if self.purpose else name

    def event(self, action: str) -> str:
        """What the trigger waits for, e.g. ``update OF code, position``."""
        return f"{action} OF {', '.join(self.columns)}" if self.columns else action

    @property
    def message(self) -> str:
        """What the database says when it refuses."""
        return f"{self.table}: {self.refusal}"


_guards: list[Guard] = []


def guard(row: Guard) -> None:
    """Register a guard; call it in the app's ``ready``."""
    if row not in _guards:
        _guards.append(row)


def remove_guards_of(sender: AppConfig, using: str, plan: Sequence[object] = (), **_: Any) -> None:
    """Take an app's triggers away before it is migrated: the receiver of ``pre_migrate``.

    PostgreSQL refuses to alter a column that a trigger names. Nothing is taken away where there
    is nothing to migrate.
    """
    if plan:
        _drop_all(connections[using], sender.label, but=frozenset())


def install_guards_of(sender: AppConfig, using: str, **_: Any) -> None:
    """Create the triggers of an app's tables: the receiver of ``post_migrate``.

    Guards that an older release had, and this one has no more, go.
    """
    connection = connections[using]
    guarded = [row for row in _guards if row.app_label == sender.label]
    wanted = {
        row.trigger(action) for row in guarded for action in row.actions_in(connection.vendor)
    }
    _drop_all(connection, sender.label, but=wanted)
    tables = connection.introspection.table_names()
    for row in guarded:
        if row.table in tables:
            install(connection, row)


def _drop_all(connection: BaseDatabaseWrapper, app_label: str, *, but: Collection[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_TRIGGERS[connection.vendor])
        for name, table in cursor.fetchall():
            if table.startswith(f"{app_label}_") and "_refuses_" in name and name not in but:
                _drop(cursor, connection.vendor, name, table)


def _drop(cursor: CursorWrapper, vendor: str, name: str, table: str) -> None:
    on_table = f" ON {table}" if vendor == "postgresql" else ""
    cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")


def install(connection: BaseDatabaseWrapper, row: Guard) -> None:
    """Create, or replace, one table's triggers."""
    statements = _STATEMENTS[connection.vendor]
    with connection.cursor() as cursor:
        for action in row.actions_in(connection.vendor):
            for statement in statements(row, action):
                cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take all triggers away. For tests, which empty the tables between them."""
    with connection.cursor() as cursor:
        for row in _guards:
            for action in row.actions_in(connection.vendor):
                _drop(cursor, connection.vendor, row.trigger(action), row.table)


def install_all(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers of every registered guard."""
    for row in _guards:
        install(connection, row)


def _sqlite(row: Guard, action: str) -> list[str]:
    return [f"DROP TRIGGER IF EXISTS {row.trigger(action)}", _sqlite_definition(row, action)]


def _sqlite_definition(row: Guard, action: str) -> str:
    return (
        f"CREATE TRIGGER {row.trigger(action)} BEFORE {row.event(action)} ON {row.table} "
        f"FOR EACH ROW WHEN {row.frozen_when} "
        f"BEGIN SELECT RAISE(ABORT, '{row.message}'); END"
    )


def _postgresql(row: Guard, action: str) -> list[str]:
    name = row.trigger(action)
    each = "STATEMENT" if action == "truncate" else "ROW"
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS "
        f"$${_postgresql_definition(row, action)}$$ LANGUAGE plpgsql",
        f"DROP TRIGGER IF EXISTS {name} ON {row.table}",
        f"CREATE TRIGGER {name} BEFORE {row.event(action)} ON {row.table} "
        f"FOR EACH {each} EXECUTE FUNCTION {name}('{row.message}')",
    ]


def _postgresql_definition(row: Guard, action: str) -> str:
    """Return what the trigger's function does.

    The condition stands in the function: PostgreSQL keeps its text as it was written, so that the
    system check can compare it, and lets it look into other tables.
    """
    refuse = (
        "RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_ARGV[0];"
    )
    if action == "truncate":
        return f"BEGIN {refuse} END"
    passes = "OLD" if action == "delete" else "NEW"
    return f"BEGIN IF {row.frozen_when} THEN {refuse} END IF; RETURN {passes}; END"


_STATEMENTS = {"sqlite": _sqlite, "postgresql": _postgresql}
_DEFINITIONS = {"sqlite": _sqlite_definition, "postgresql": _postgresql_definition}

_TRIGGERS = {
    "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON tgrelid = pg_class.oid "
    "WHERE NOT tgisinternal",
}

# One that was switched off, given a condition or another function is there and does nothing.
_ACTIVE_DEFINITIONS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname, prosrc FROM pg_trigger JOIN pg_proc ON tgfoid = pg_proc.oid "
    "WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgqual IS NULL",
}


@register(Tags.database)
def guards_are_in_place(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Say which guard a database lacks.

    A warning, since ``migrate``, which runs this check first, is what puts the guards in place.
    """
    messages: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        tables = set(connection.introspection.table_names())
        with connection.cursor() as cursor:
            cursor.execute(_ACTIVE_DEFINITIONS[connection.vendor])
            present = dict(cursor.fetchall())
        definition = _DEFINITIONS[connection.vendor]
        messages += [
            checks.Warning(
                f"{row.table} is not guarded against {action}.",
                hint="Run `manage.py migrate`, which installs the guards anew.",
                id="audit.W001",
            )
            for row in _guards
            for action in row.actions_in(connection.vendor)
            if row.table in tables and present.get(row.trigger(action)) != definition(row, action)
        ]
    return messages
