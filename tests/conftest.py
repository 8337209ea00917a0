"""What every test relies on: that the services it runs on are the ones that were asked for."""

import os
from collections.abc import Iterator
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db.backends.base.operations import BaseDatabaseOperations
from pytest_django.fixtures import Settings

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


@pytest.fixture(autouse=True)
def files_of_this_test(tmp_path: Path) -> Iterator[None]:
    """Keep the files that a test stores out of the installation's own folder."""
    stores = {name: dict(store) for name, store in settings.STORAGES.items()}
    for name in ("default", "quarantine"):
        stores[name]["OPTIONS"] = {"location": tmp_path / name}
    with override_settings(STORAGES=stores):
        yield
