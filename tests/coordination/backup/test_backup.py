"""A backup holds everything, says where it was damaged, and comes back the same."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from tests.coordination.backup.installation import Installation

pytestmark = [pytest.mark.database, pytest.mark.xdist_group("backup")]

READINGS = "SELECT * FROM reading_reading ORDER BY id"
SECRET = b"a key that opens the data"
EVENTS = "SELECT * FROM audit_event ORDER BY id"


@pytest.fixture(scope="module")
def studied(
    tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]
) -> Installation:
    """An installation with a locked study, its files, a raw upload that waits, and a key."""
    there = Installation(tmp_path_factory.mktemp("there"), new_database())
    there.done("migrate", "--verbosity", "0")
    there.done("simulate_study", "--cases", "6", "--raters", "2", "--seed", "1")
    waiting = there.var / "quarantine" / "some-upload" / "part-1"
    waiting.parent.mkdir(parents=True, exist_ok=True)
    waiting.write_bytes(b"bytes that a hospital was told were received")
    (there.var / "keys").mkdir(exist_ok=True)
    (there.var / "keys" / "planted").write_bytes(SECRET)
    return there


@pytest.fixture(scope="module")
def backed_up(studied: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it; nobody may change this one."""
    folder = tmp_path_factory.mktemp("backups") / "backup"
    studied.done("backup", str(folder))
    return folder


@pytest.fixture
def backup(backed_up: Path, tmp_path: Path) -> Path:
    """A copy of the backup, to be spoilt."""
    return Path(shutil.copytree(backed_up, tmp_path / "backup"))


@pytest.fixture
def empty(tmp_path: Path, new_database: Callable[[], str]) -> Installation:
    """A machine on which nothing has been set up but the program."""
    return Installation(tmp_path / "here", new_database())


def test_an_empty_installation_becomes_the_one_that_was_backed_up(
    studied: Installation, backed_up: Path, empty: Installation
) -> None:
    readings, events = studied.query(READINGS), studied.query(EVENTS)
    shutil.copytree(studied.var / "keys", empty.var / "keys")

    empty.done("restore", str(backed_up))

    assert empty.files() == studied.files()
    assert empty.query(READINGS) == readings
    *restored, told = empty.query(EVENTS)
    assert restored == events[:-1]  # the last one says that the backup was made
    assert "backup-restored" in told
    assert "no issues" in empty.done("check", "--database", "default")
    empty.done("verify_audit")
    assert "this row is final" in empty.manage("shell", "--no-imports", "-c", EDIT_EVENTS).stderr
    assert "is in use" in empty.manage("restore", str(backed_up)).stderr


def test_nothing_is_restored_before_the_audit_key_is_back(
    backed_up: Path, empty: Installation
) -> None:
    assert "put the keys back first" in empty.manage("restore", str(backed_up)).stderr
    assert empty.files() == {}


def test_what_was_damaged_is_named_and_nothing_is_written(
    backup: Path, empty: Installation
) -> None:
    victim = next((backup / "files").rglob("volume.bin"))
    victim.write_bytes(victim.read_bytes()[:-1] + b"?")
    (backup / "files" / "quarantine" / "some-upload" / "part-1").unlink()

    refused = empty.manage("restore", str(backup))

    assert refused.returncode == 1
    assert "is not what was written" in refused.stderr
    assert "quarantine/some-upload/part-1 is missing" in refused.stderr
    assert empty.files() == {}
    assert "accounts_user" not in empty.done("shell", "--no-imports", "-c", PRINT_TABLES)


def test_a_whole_backup_is_said_to_be_whole(backed_up: Path, empty: Installation) -> None:
    assert "Whole" in empty.done("verify_backup", str(backed_up))


def test_a_backup_that_does_not_fit_is_refused_in_words(
    studied: Installation, backup: Path, empty: Installation
) -> None:
    manifest = json.loads((backup / "manifest.json").read_text())

    def refusal(**change: object) -> str:
        (backup / "manifest.json").write_text(json.dumps({**manifest, **change}))
        return empty.manage("restore", str(backup)).stderr

    other = "postgresql" if connection.vendor == "sqlite" else "sqlite"
    assert f"The backup is of {other}" in refusal(vendor=other)
    assert "newer release" in refusal(migrations=[*manifest["migrations"], "reading.9999_future"])
    assert "cannot be understood" in refusal(format=2)
    shutil.copytree(studied.var / "keys", empty.var / "keys", dirs_exist_ok=True)
    planted = {**manifest["database"], "name": f"../{manifest['database']['name']}"}
    assert "none of ours" in refusal(files=[planted])
    assert "no manifest.json" in empty.manage("restore", str(backup / "nowhere")).stderr


def test_an_existing_folder_is_not_written_into(studied: Installation, backed_up: Path) -> None:
    assert "exists already" in studied.manage("backup", str(backed_up)).stderr


def test_keys_are_not_in_a_backup(backed_up: Path) -> None:
    kept = [path for path in backed_up.rglob("*") if path.is_file()]
    assert kept
    assert not any(SECRET in path.read_bytes() for path in kept)


PRINT_TABLES = "from django.db import connection as c; print(c.introspection.table_names())"
EDIT_EVENTS = "from reader_study.audit.models import Event; Event.objects.update(subject='x')"
