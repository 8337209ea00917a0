"""PostgreSQL may take full tables for empty; the packs of a study are found all the same."""

import pytest
from django.db import connection

from reader_study.reading.selectors import ready_packs
from tests.cast import make_study, ready_case

CASES = 80


@pytest.fixture
def tables_taken_for_empty(db):
    """As after a vacuum of tables whose rows were all taken back, before many new ones came."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite plans without such statistics")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pg_class SET relpages = 50, reltuples = 0"
            " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        )
        # Far beyond what it takes, and far below what a bad plan takes.
        cursor.execute("SET LOCAL statement_timeout = '20s'")


def test_the_packs_of_a_study_are_found_without_going_through_all_pairs(tables_taken_for_empty):
    study = make_study()
    for number in range(CASES):
        ready_case(study, f"C{number:03d}")

    assert len(ready_packs(study)) == CASES
