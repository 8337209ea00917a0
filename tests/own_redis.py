"""Gives each process of a parallel run a Redis database of its own.

Loaded by ``-p tests.own_redis``, before Django's settings are read: queues and caches of tests that
run side by side do not meet.
"""

import os
from urllib.parse import urlsplit, urlunsplit

_worker = os.environ.get("PYTEST_XDIST_WORKER")
_broker = urlsplit(os.environ.get("CELERY_BROKER_URL", ""))
if _worker is not None and _broker.scheme == "redis":
    _number = int(_worker.removeprefix("gw")) + 1
    os.environ["CELERY_BROKER_URL"] = urlunsplit(_broker._replace(path=f"/{_number}"))
