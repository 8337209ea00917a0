"""WSGI entry point for gunicorn."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

# A laptop that falls asleep in the middle of an upload says nothing and does not hang up.
SILENCE_SECONDS = 30.0

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reader_study.settings")

_django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a request; a sender who falls silent does not keep the thread."""
    # gunicorn's threads wait for the rest of a body without any limit of time.
    connection = environ.get("gunicorn.socket")
    if connection is not None:
        connection.settimeout(SILENCE_SECONDS)
    return _django(environ, start_response)
