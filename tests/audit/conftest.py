"""A short trail, and somebody who owns the database and drops its triggers."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from reader_study.accounts.models import User
from reader_study.audit import guards
from reader_study.audit.services import record

STUDY = uuid.UUID("00000000-0000-4000-8000-00000000000a")
CHAIN = str(STUDY)


@pytest.fixture
def trail(db: None) -> None:
    """Eight events of one study."""
    carol = User.objects.create(username="carol")
    for number in range(1, 9):
        record(action=f"step {number}", actor=carol, study_id=STUDY, grade=number, note="é – 1.5")


@pytest.fixture
def run_sql() -> Callable[..., None]:
    """Run SQL as the application's own database user."""

    def run(statement: str, *values: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)

    return run


@pytest.fixture
def without_guards(trail: None) -> None:
    """Take the triggers away, as only the owner of the database can."""
    guards.remove(connection)
