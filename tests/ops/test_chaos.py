"""A small installation is broken while it works; nothing is lost, nothing is done twice.

The same as ``make chaos``, with few jobs and faults, in a process of its own, on the database that
this run of the tests is about.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.queue, pytest.mark.xdist_group("worker")]

REPOSITORY = Path(__file__).resolve().parents[2]


def test_jobs_answers_events_and_uploads_survive_kills_lost_messages_and_restarts() -> None:
    services = os.environ.get("READER_STUDY_TEST_SERVICES", "embedded")
    kind = "postgresql" if services == "production" else "sqlite"
    command = [sys.executable, "-m", "benchmarks.chaos", "--nano", "--only", kind]
    finished = subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=300
    )
    assert finished.returncode == 0, finished.stdout[-3000:] + finished.stderr[-3000:]
    result = json.loads(finished.stdout.splitlines()[-1])
    assert (result["jobs"], result["done"], result["failed_visible"]) == (3, 2, 1)
    assert (result["lost"], result["doubled"], result["missing"]) == (0, 0, 0)
    assert result["acknowledged"] > 0
