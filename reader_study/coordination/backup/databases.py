"""A consistent copy of the database while people work in it, and the way back."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from reader_study.coordination.backup.contents import BackupError

DUMP_NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}


def dump_database(folder: Path) -> tuple[Path, dict[str, int], tuple[str, ...]]:
    """Write a copy of the database; return it, its rows by table and its migrations.

    All three are of one moment: rows that are written meanwhile are in none of them.
    """
    path = folder / DUMP_NAMES[connection.vendor]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(path)])
        with closing(sqlite3.connect(path)) as copy:
            return path, _rows_of_copy(copy), _migrations_of_copy(copy)
    with _one_moment() as snapshot:
        _run_postgresql_tool(
            "pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={path}"
        )
        return path, rows_by_table(), migrations()


def restore_database(dump: Path) -> None:
    """Put a copy in the place of the empty database."""
    if connection.vendor == "sqlite":
        _replace_sqlite(dump)
        return
    connection.close()
    _run_postgresql_tool(
        "pg_restore",
        "--clean",
        "--if-exists",
        "--no-owner",
        "--no-privileges",
        "--single-transaction",
        f"--dbname={connection.settings_dict['NAME']}",
        str(dump),
    )


def is_empty() -> bool:
    """Whether nobody has worked with this database yet: no person, no study, no event."""
    tables = set(connection.introspection.table_names())
    telling = {"accounts_user", "studies_study", "audit_event"} & tables
    return not any(_count(table) for table in telling)


def rows_by_table() -> dict[str, int]:
    """Count the rows of every table."""
    return {table: _count(table) for table in sorted(connection.introspection.table_names())}


def migrations() -> tuple[str, ...]:
    """Return the migrations that the database has seen."""
    return tuple(
        sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())
    )


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
        return int(cursor.fetchone()[0])


@contextmanager
def _one_moment() -> Iterator[str]:
    """Hold a view of PostgreSQL as it is now; yield the name by which another session shares it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        yield str(cursor.fetchone()[0])


def _run_postgresql_tool(tool: str, *arguments: str) -> None:
    """Run ``pg_dump`` or ``pg_restore`` against the configured database."""
    at = connection.settings_dict
    options: dict[str, Any] = at.get("OPTIONS", {})
    named = {
        "PGHOST": at["HOST"] or options.get("host"),
        "PGPORT": at["PORT"],
        "PGUSER": at["USER"],
        "PGPASSWORD": at["PASSWORD"],
        "PGDATABASE": at["NAME"],
    }
    environment = {**os.environ, **{name: str(value) for name, value in named.items() if value}}
    try:
        done = subprocess.run(
            [tool, *arguments], env=environment, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise BackupError(
            f"{tool} is not installed: install the PostgreSQL client of the server's version."
        ) from None
    if done.returncode:
        raise BackupError(f"{tool} failed: {done.stderr.strip()}")


def _replace_sqlite(dump: Path) -> None:
    place = Path(connection.settings_dict["NAME"])
    connection.close()
    arriving = place.with_name(f"{place.name}.restoring")
    with closing(sqlite3.connect(dump)) as source, closing(sqlite3.connect(arriving)) as target:
        source.backup(target)
    # What the empty database left beside it would be taken for this one's.
    for suffix in ("-wal", "-shm"):
        place.with_name(place.name + suffix).unlink(missing_ok=True)
    arriving.replace(place)


def _rows_of_copy(copy: sqlite3.Connection) -> dict[str, int]:
    tables = copy.execute(
        "SELECT name FROM sqlite_master "
        "WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    ).fetchall()
    return {
        table: copy.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608
        for (table,) in tables
    }


def _migrations_of_copy(copy: sqlite3.Connection) -> tuple[str, ...]:
    seen = copy.execute("SELECT app, name FROM django_migrations").fetchall()
    return tuple(sorted(f"{app}.{name}" for app, name in seen))
