"""The drill of docs/backup.md, done as it stands there: a fresh clone, the keys, a backup."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts.api_client import ApiClient
from scripts.application import REPOSITORY, Application, free_port
from scripts.processes import ProcessGroup
from tests.coordination.backup.installation import Installation

pytestmark = [pytest.mark.database, pytest.mark.xdist_group("backup")]

KEYS = {
    "READER_STUDY_SECRET_KEY": "a long and random key of the installation that burnt",
    "READER_STUDY_PSEUDONYM_KEY": "a long and random key of its pseudonyms",
    "READER_STUDY_AUDIT_KEY": "a long and random key of its audit trail",
}
PASSWORD = "the coordinator's own words"
TABLES = "SELECT * FROM {} ORDER BY 1"


def steps() -> list[tuple[str, str]]:
    """Each command of the drill with the answer that the guide expects."""
    drill = (REPOSITORY / "docs" / "backup.md").read_text().split("## The drill")[1]
    blocks = re.findall(r"```console\n(.*?)```", drill.split("\n## ")[0], re.DOTALL)
    commands = [
        part for block in blocks for part in re.split(r"^ *\$ ", block, flags=re.MULTILINE)[1:]
    ]
    pairs = (part.partition("\n") for part in commands)
    return [
        (command, re.sub(r"^ +", "", answer, flags=re.MULTILINE)) for command, _, answer in pairs
    ]


def is_as_expected(answer: str, expected: str) -> bool:
    """Whether an answer is the expected one, where … stands for anything."""
    pattern = ".*?".join(map(re.escape, expected.strip().split("…")))
    return re.fullmatch(pattern, answer.strip(), re.DOTALL) is not None


class Elsewhere(Installation):
    """An installation that is run from a folder of its own."""

    program = REPOSITORY

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-W", "ignore", "manage.py", *arguments],
            cwd=self.program,
            env={**self.environment, "PYTHONPATH": str(self.program)},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program as it was committed, elsewhere."""
    folder = tmp_path_factory.mktemp("clone") / "reader-study"
    done = subprocess.run(
        ["git", "clone", "--quiet", "--no-hardlinks", str(REPOSITORY), str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"this is no clone that could be cloned: {done.stderr.strip()}")
    return folder


@pytest.fixture
def running(
    tmp_path: Path, new_database: Callable[[], str]
) -> Iterator[tuple[Installation, ApiClient]]:
    """A small installation at work, with its coordinator signed in."""
    there = Elsewhere(tmp_path / "there", new_database())
    there.environment |= KEYS
    there.done("migrate", "--verbosity", "0")
    there.done(
        *("simulate_study", "--cases", "4", "--raters", "2", "--seed", "1"),
        *("--password", PASSWORD),
    )
    with served(there, REPOSITORY) as client:
        yield there, client


class served:  # noqa: N801 - reads as what it does
    """The web server of an installation, for the time of a block; gives a signed-in client."""

    def __init__(self, installation: Installation, program: Path) -> None:
        url = installation.environment["DATABASE_URL"]
        services = {**KEYS, "DATABASE_URL": url, "CELERY_BROKER_URL": ""}
        self._application = Application(installation.var, free_port(), services)
        self._processes = ProcessGroup(installation.var / "log")
        self._program = program

    def __enter__(self) -> ApiClient:
        self._processes.start(
            "web",
            self._application.programs["web"],
            environment={**self._application.environment, "PYTHONPATH": str(self._program)},
            folder=self._program,
        )
        self._application.wait_until_it_answers(self._processes)
        client = ApiClient(self._application.address)
        client.log_in("simulated-coordinator", PASSWORD)
        return client

    def __exit__(self, *_: object) -> None:
        self._processes.stop()


def test_the_drill_goes_as_the_guide_says(
    running: tuple[Installation, ApiClient],
    clone: Path,
    tmp_path: Path,
    new_database: Callable[[], str],
) -> None:
    there, at_work = running
    here = Elsewhere(tmp_path / "here", new_database())
    here.program = clone
    done: list[str] = []
    for command, expected in steps():
        if not command.startswith(".venv/bin/python manage.py "):
            continue
        arguments = command.split()[2:]
        folder = tmp_path / "drill"
        arguments = [part.replace("/backups/drill", str(folder)) for part in arguments]
        installation = there if arguments[0] == "backup" else here
        if done[-1:] == ["restore"]:
            here.environment |= KEYS
        finished = installation.manage(*arguments)
        answer = (finished.stdout + finished.stderr).replace(str(folder), "/backups/drill")
        assert is_as_expected(answer, expected), f"{command} said:\n{answer}"
        done.append(arguments[0])
    assert done == [
        *("backup", "verify_backup", "restore", "restore"),
        *("migrate", "verify_audit", "check"),
    ]

    assert here.files() == there.files()
    for table in ("reading_reading", "studies_protocol", "analysis_snapshot", "accounts_user"):
        assert here.query(TABLES.format(table)) != []
    readings = TABLES.format("reading_reading")
    assert here.query(readings) == there.query(readings)
    with served(here, clone) as client:
        assert client.get_bytes("/ready") == b"ready\n"
        assert answers_of(client) == answers_of(at_work)


def answers_of(client: ApiClient) -> list[object]:
    """What a coordinator reads on some pages of the locked study."""
    studies = client.get("/api/studies")
    rows = studies["results"] if isinstance(studies, dict) else studies
    (study,) = rows
    report = client.get(f"/api/studies/{study['id']}/report")
    return [study, report, client.get(f"/api/studies/{study['id']}/cases")]
