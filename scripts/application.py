"""Start the application's processes on this machine, for the demo, its check and the tests."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from scripts.processes import ProcessGroup

REPOSITORY = Path(__file__).resolve().parent.parent
ANSWER_SECONDS = 120.0
HOST = "127.0.0.1"


class CommandError(Exception):
    """A management command failed; the message carries what it said."""


@dataclass(frozen=True)
class Application:
    """One installation: its data folder, its port and, in ``services``, its other settings."""

    var: Path
    port: int
    services: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"http://{HOST}:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of each of its processes."""
        return {
            **os.environ,
            "READER_STUDY_VAR": str(self.var),
            "PYTHONUNBUFFERED": "1",
            **self.services,
        }

    @property
    def programs(self) -> dict[str, list[str]]:
        """The commands of its processes: web server, one worker on both queues, reaper."""
        programs = {
            "web": [
                *("-m", "gunicorn", "reader_study.wsgi", "--bind", f"{HOST}:{self.port}"),
                *("--worker-class", "gthread", "--workers", "1", "--threads", "16"),
                *("--timeout", "300", "--no-control-socket"),
                *("--logger-class", "reader_study.logs.gunicorn.Lines"),
            ],
            "worker": [
                *("-m", "celery", "--quiet", "--app", "reader_study.celery", "worker"),
                *("--pool", "solo", "--queues", "cpu,gpu", "--loglevel", "INFO"),
                *("--without-gossip", "--without-mingle"),
            ],
            "reaper": ["manage.py", "reap_jobs", "--every", "10"],
        }
        return {name: [sys.executable, *program] for name, program in programs.items()}

    def manage(self, *arguments: str) -> str:
        """Run a management command; return what it printed.

        Raises
        ------
        CommandError
            If the command fails.
        """
        return self._run("manage.py", *arguments)

    def make_phantoms(self, *arguments: str) -> str:
        """Run ``python -m inference phantom``; return what it printed."""
        return self._run("-m", "inference", "phantom", *arguments)

    def _run(self, *arguments: str) -> str:
        finished = subprocess.run(
            [sys.executable, *arguments],
            env=self.environment,
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )
        if finished.returncode != 0:
            said = (finished.stderr.strip() or finished.stdout.strip()).splitlines()[-20:]
            raise CommandError(f"`{' '.join(arguments[:4])}` failed:\n" + "\n".join(said))
        return finished.stdout

    @contextmanager
    def running(self) -> Iterator[ProcessGroup]:
        """Start the web server, one worker on both queues and the reaper; stop them at the end."""
        with ProcessGroup(self.var / "log") as processes:
            for name, program in self.programs.items():
                processes.start(
                    name,
                    program,
                    environment=self.environment,
                    folder=REPOSITORY,
                )
            yield processes

    def wait_until_it_answers(self, processes: ProcessGroup) -> None:
        """Return once the API answers; raise if a process ends or ``ANSWER_SECONDS`` pass."""
        deadline = time.monotonic() + ANSWER_SECONDS
        while True:
            processes.check()
            try:
                with urllib.request.urlopen(f"{self.address}/api/session", timeout=5):  # noqa: S310 (a fixed http address)
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)


def free_port(wanted: int | None = None) -> int:
    """Return the first free port from ``wanted`` on, or any free port."""
    candidates = range(wanted, wanted + 50) if wanted else [0]
    for candidate in candidates:
        with socket.socket() as probe:
            # As gunicorn binds: an address of connections that just ended is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, candidate))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError(f"no free port between {candidates[0]} and {candidates[-1]}")
