"""Gives each process of a parallel run a data folder and a Redis database of its own.

Loaded by ``-p tests.own_services``, before Django's settings are read: files, queues and caches of
tests that run side by side do not meet.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit


def _separate(process: str) -> None:
    folder = Path(os.environ["READER_STUDY_VAR"]) / process
    folder.mkdir(exist_ok=True)
    os.environ["READER_STUDY_VAR"] = str(folder)
    broker = urlsplit(os.environ.get("CELERY_BROKER_URL", ""))
    if broker.scheme == "redis":
        database = int(process.removeprefix("gw")) + 1
        os.environ["CELERY_BROKER_URL"] = urlunsplit(broker._replace(path=f"/{database}"))


if "PYTEST_XDIST_WORKER" in os.environ and "READER_STUDY_VAR" in os.environ:
    _separate(os.environ["PYTEST_XDIST_WORKER"])
