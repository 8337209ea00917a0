"""Databases for the tests of backups."""

import os
from collections.abc import Callable, Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg.sql import SQL, Identifier


@pytest.fixture(scope="module")
def new_database() -> Iterator[Callable[[], str]]:
    """Make empty databases of the kind of this run; the address is empty for SQLite."""
    url = os.environ.get("DATABASE_URL", "")
    made: list[str] = []

    def make() -> str:
        if not url:
            return ""
        name = f"backup_{uuid4().hex[:8]}"
        with psycopg.connect(url, autocommit=True) as session:
            session.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        made.append(name)
        before, _, after = url.partition("?")
        return f"{before.rpartition('/')[0]}/{name}" + (f"?{after}" if after else "")

    yield make
    for name in made:
        with psycopg.connect(url, autocommit=True) as session:
            session.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))
