"""What a lasting process does so that everything it has to say becomes a log line."""

import logging
import sys
import threading
from types import TracebackType

logger = logging.getLogger(__name__)


def log_all_there_is() -> None:
    """Send warnings, and what nobody caught, to the log: printed, they would quote anything."""
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread


def _log_uncaught(
    kind: type[BaseException], error: BaseException, where: TracebackType | None
) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        logger.critical("The process ends of what nobody caught", exc_info=(kind, error, where))


def _log_uncaught_in_thread(found: threading.ExceptHookArgs) -> None:
    if found.exc_value is not None:
        logger.error(
            "A thread ended of what nobody caught",
            exc_info=(found.exc_type, found.exc_value, found.exc_traceback),
        )
