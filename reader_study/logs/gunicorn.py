"""gunicorn's own lines, formatted as all others: ``--logger-class``."""

import logging
from typing import Any

from gunicorn.glogging import Logger

from reader_study.environment import Environment
from reader_study.logs.configuration import formatter


class Lines(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Writes gunicorn's lines; there is no access log, since the application has its own."""

    def setup(self, cfg: Any) -> None:
        """Set gunicorn's loggers up as it does, then take over how they write."""
        super().setup(cfg)
        lines = formatter(as_json=Environment().production)
        for handler in self.error_log.handlers:
            handler.setFormatter(lines)


def take_over() -> None:
    """Let the settings say how gunicorn's lines look in a process that serves requests.

    It quotes an address, with its query, where a request cannot be handled: also where it was
    started without this logger class.
    """
    log = logging.getLogger("gunicorn.error")
    log.handlers.clear()
    log.propagate = True
