"""A worker that is killed in the middle of a case costs time, and nothing else."""

import os
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from scripts.application import REPOSITORY, Application, free_port
from scripts.processes import end_with_the_parent
from tests.imaging.synthetic_dicom import write_ct_series

pytestmark = pytest.mark.xdist_group("worker")

WAIT_SECONDS = 240
STUDY = [
    *("create_study", "killed", "--name", "Killed", "--site", "north=North Hospital"),
    *("--coordinator", "mara", "--rater", "ruth", "--model", "inference/demo/phantoms_only_model"),
]
# The search for text takes the edges of so coarse a head for letters.
RELEASE_ALL = """
from reader_study.accounts.models import User
from reader_study.cohorts.models import Series
from reader_study.cohorts.series.reviews import release
mara = User.objects.get(username="mara")
for series in Series.objects.filter(review="waiting"):
    release(series=series, phase="", blackouts=[], reason="Nothing to read.", actor=mara)
"""
JOB = "segmentation_segmentationjob"


class Installation:
    """An installation of its own with two cases to segment, and no worker yet."""

    def __init__(self, folder: Path) -> None:
        embedded = {"DATABASE_URL": "", "CELERY_BROKER_URL": "", "OMP_NUM_THREADS": "1"}
        self.application = Application(var=folder / "var", port=free_port(), services=embedded)
        self.application.manage("migrate", "--no-input")
        self.application.manage(*STUDY)
        for number in (1, 2):
            write_ct_series(
                folder / f"ct{number}",
                size=64,
                pixel_mm=1.2,
                steps_mm=2.0,
                patient_id=f"TEST-{number}",
            )
        self.application.manage(
            "ingest", str(folder / "ct1"), str(folder / "ct2"), "--study", "killed"
        )
        self.application.manage("shell", "--command", RELEASE_ALL)
        self.application.manage("reap_jobs")

    def start_worker(self) -> "subprocess.Popen[bytes]":
        """Start a worker, as the demo does."""
        return subprocess.Popen(
            self.application.programs["worker"],
            env=self.application.environment,
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_the_parent,
        )

    def jobs(self, what: str = "state") -> list[str]:
        """A column of the segmentations, the one that was claimed first before the other."""
        with closing(sqlite3.connect(self.application.var / "db.sqlite3", timeout=20)) as database:
            rows = database.execute(f"SELECT {what} FROM {JOB} ORDER BY attempts DESC")  # noqa: S608
            return [row[0] for row in rows]

    def wait_until(self, *states: str) -> None:
        """Return once the segmentations are in these states, in any order."""
        deadline = time.monotonic() + WAIT_SECONDS
        while sorted(self.jobs()) != sorted(states):
            assert time.monotonic() < deadline, f"{self.jobs()} {self.jobs('error')}"
            time.sleep(0.05)

    def let_leases_expire(self) -> None:
        """Do as if a minute had passed."""
        with closing(sqlite3.connect(self.application.var / "db.sqlite3", timeout=20)) as database:
            database.execute(
                f"UPDATE {JOB} SET lease_until = '2001-01-01' WHERE state = 'running'"  # noqa: S608
            )
            database.commit()


@pytest.fixture
def installation() -> Iterator[Installation]:
    with tempfile.TemporaryDirectory(prefix="reader-study-killed-worker-") as folder:
        yield Installation(Path(folder))


def test_the_case_of_a_killed_worker_is_done_by_the_next_and_so_are_the_others(installation):
    killed = installation.start_worker()
    try:
        installation.wait_until("running", "queued")
    finally:
        os.killpg(killed.pid, signal.SIGKILL)
        killed.wait()
    assert sorted(installation.jobs()) == ["queued", "running"]

    installation.let_leases_expire()
    installation.application.manage("reap_jobs")
    successor = installation.start_worker()
    try:
        installation.wait_until("done", "done")
    finally:
        os.killpg(successor.pid, signal.SIGKILL)
        successor.wait()
    assert [int(attempts) for attempts in installation.jobs("attempts")] == [2, 1]
    assert installation.jobs("error") == ["", ""]
