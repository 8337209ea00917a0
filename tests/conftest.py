"""What every test relies on: that the services it runs on are the ones that were asked for."""

import json
import os
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db.backends.base.operations import BaseDatabaseOperations
from django.test import override_settings

from reader_study.audit import guards

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_serialized_rollback", "live_server"}
EXPECTED_BACKENDS = {
    "embedded": ("sqlite3", "filesystem://"),
    "production": ("postgresql", "redis://"),
}


def pytest_sessionstart() -> None:
    """Stop a run that wanted a real service and was given something else."""
    wanted = os.environ.get("READER_STUDY_TEST_SERVICES")
    if wanted is None:
        return
    engine, broker = EXPECTED_BACKENDS[wanted]
    given = settings.DATABASES["default"]["ENGINE"], settings.CELERY_BROKER_URL
    if not (given[0].endswith(engine) and given[1].startswith(broker)):
        raise pytest.UsageError(
            f"this run wants {wanted} services ({engine}, {broker}) and got {given}"
        )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that touches the database, so that it also runs on PostgreSQL."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or fixtures & DATABASE_FIXTURES:
            item.add_marker("database")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how much the tests of blinding looked at; from every worker, so from the reports."""
    checked = [
        json.loads(str(value))
        for report in terminalreporter.getreports("passed")
        if report.when == "call"
        for name, value in report.user_properties
        if name == "blinding"
    ]
    if checked:
        responses, tokens = map(sum, zip(*checked, strict=True))
        terminalreporter.write_line(
            f"Blinding: {responses} responses and {tokens} tokens checked, nothing leaked."
        )


@pytest.fixture(autouse=True)
def files_of_this_test(tmp_path: Path) -> Iterator[None]:
    """Keep the files that a test stores out of the installation's own folder."""
    stores: dict[str, Any] = deepcopy(settings.STORAGES)
    for name in ("default", "quarantine", "model-uploads"):
        stores[name]["OPTIONS"]["location"] = tmp_path / name
    unlimited: dict[str, Any] = {}  # tests of a whole minute count as one person
    with override_settings(
        STORAGES=stores, MODELS=tmp_path / "models", REQUESTS_PER_MINUTE=unlimited
    ):
        yield


@pytest.fixture(autouse=True)
def pixels_are_searched_for_text_where_it_matters(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Spare the tests the search, and coarse little pictures what it takes for letters."""
    if request.node.get_closest_marker("text_search") is None:
        monkeypatch.setattr("reader_study.cohorts.series.pictures.find_text", lambda frames: ())


@pytest.fixture(autouse=True, scope="session")
def tables_can_be_emptied() -> Iterator[None]:
    """Let Django empty the tables after a test with transactions; the guards would refuse."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def flush_unguarded(operations: BaseDatabaseOperations, statements: list[str]) -> None:
        guards.remove(operations.connection)
        flush(operations, statements)
        guards.install_all(operations.connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", flush_unguarded)
        yield
