"""What every test relies on: that the services it runs on are the ones that were asked for."""

import gc
import json
import os
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.conf import global_settings, settings
from django.db.backends.base.operations import BaseDatabaseOperations
from django.test import override_settings
from hypothesis import settings as property_tests

from reader_study.audit import guards

# The same examples on every machine, however slow it is: what changed is the code. `make explore`
# tries others.
property_tests.register_profile("same everywhere", derandomize=True, deadline=None)
property_tests.register_profile("explore", max_examples=1_000, deadline=None, print_blob=True)
property_tests.load_profile("same everywhere")

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
    """Mark every test that touches the database, so that it also runs on PostgreSQL.

    Tests for which their module makes something once go to one process, which makes it once.
    """
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or fixtures & DATABASE_FIXTURES:
            item.add_marker("database")
        if "module" in scopes(item) and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


def scopes(item: Any) -> set[str]:
    """How long what a test uses is kept."""
    of_fixtures = item._fixtureinfo.name2fixturedefs.values()
    return {definition.scope for definitions in of_fixtures for definition in definitions}


def pytest_collection_finish() -> None:
    """Let the collector look no more at what was imported, which is there till the end."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> object:
    """Run every test in a piece of stack that is large enough for all that it calls."""
    runner: Any = item.config.pluginmanager.getplugin("runner")
    return in_one_piece_of_stack(runner.pytest_runtest_protocol, item, nextitem)


def in_one_piece_of_stack(function: Callable[..., object], *arguments: object) -> object:
    return function(*arguments)


# Python's stack grows by 16 KiB, which it asks the system for and gives back at once: a loop that
# happens to stand at the end of a piece does so with every call, and half the time went there. A
# frame that says it needs 1 MiB makes Python ask for 2 MiB, of which the calls in it use the rest.
in_one_piece_of_stack.__code__ = in_one_piece_of_stack.__code__.replace(co_stacksize=2**17)


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
def passwords_are_hashed_quickly() -> Iterator[None]:
    """Hash passwords at a thousandth of the cost; ``slow_hashes`` is for tests of the cost."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture
def slow_hashes() -> Iterator[None]:
    """Hash passwords as an installation does."""
    with override_settings(PASSWORD_HASHERS=global_settings.PASSWORD_HASHERS):
        yield


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
