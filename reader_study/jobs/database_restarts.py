"""Go on where the database was restarted in the middle of a job."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection, transaction

DATABASE_IS_AWAY = (OperationalError, InterfaceError)
PATIENCE_SECONDS = 30.0
LOOK_EVERY_SECONDS = 0.25

Result = TypeVar("Result")


@contextmanager
def storing_result() -> Iterator[None]:
    """Open the transaction that stores a result, once the database answers.

    Minutes of work are not thrown away because the connection of before has ended.
    """
    if not connection.in_atomic_block:
        until_it_answers(_require_answer)
    with transaction.atomic():
        yield


def until_it_answers(ask: Callable[[], Result]) -> Result:
    """Return what ``ask`` returns, asking anew while the database is away.

    Ask only what may be asked twice: a statement that was carried out may have lost its answer.

    Raises
    ------
    OperationalError, InterfaceError
        It did not answer within ``PATIENCE_SECONDS``.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return ask()
        except DATABASE_IS_AWAY:
            if connection.in_atomic_block or time.monotonic() > deadline:
                raise
            connection.close()
            time.sleep(LOOK_EVERY_SECONDS)


def _require_answer() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
