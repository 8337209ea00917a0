"""A run on PostgreSQL and Redis is really one, and a run that is not one fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from reader_study.celery import app

REPOSITORY = Path(__file__).resolve().parents[2]
PRODUCTION = os.environ.get("READER_STUDY_TEST_SERVICES") == "production"


@pytest.mark.django_db
def test_the_database_is_the_one_that_this_run_asked_for() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT version()" if PRODUCTION else "SELECT sqlite_version()")
        (version,) = cursor.fetchone()
    assert version.startswith("PostgreSQL" if PRODUCTION else "3.")


@pytest.mark.queue
def test_a_message_passes_through_the_broker_that_this_run_asked_for() -> None:
    with app.connection_for_write() as broker:
        assert broker.transport.driver_type == ("redis" if PRODUCTION else "filesystem")
        queue = broker.SimpleQueue("broker-check")
        queue.put({"hint": "wake up"})
        message = queue.get(timeout=10)
        message.ack()
        queue.close()
    assert message.payload == {"hint": "wake up"}


def test_a_run_that_wants_real_services_and_has_none_fails() -> None:
    environment = {**os.environ, "READER_STUDY_TEST_SERVICES": "production"}
    environment.pop("DATABASE_URL", None)
    environment.pop("CELERY_BROKER_URL", None)
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--collect-only", "tests/ops/test_services.py"],
        env=environment,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode != 0
    assert "this run wants production services" in finished.stdout + finished.stderr
