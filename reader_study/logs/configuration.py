"""How a record becomes a line: JSON in production, columns for people elsewhere."""

import logging
import sys
from collections.abc import MutableMapping
from pathlib import Path
from traceback import walk_tb
from types import FrameType, TracebackType
from typing import Any

import structlog

from reader_study.environment import REPOSITORY
from reader_study.logs.allowed import only_allowed
from reader_study.logs.constant_text import constant_text

Line = MutableMapping[str, Any]
MOST_FRAMES = 40
# Programs' folders, the longest first; what lies elsewhere is named by nothing but a question mark.
_PROGRAMS = sorted(
    {REPOSITORY, *(Path(entry).resolve() for entry in sys.path if entry)},
    key=lambda folder: -len(str(folder)),
)


def logging_configuration(*, as_json: bool) -> dict[str, Any]:
    """Return what `logging.config.dictConfig` takes."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": formatter, "as_json": as_json}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            # Each request and each job has a line of ours; these would say it again.
            "django.request": {"level": "ERROR"},
            "django.server": {"handlers": [], "propagate": False},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            # Each log-in stands in the audit trail.
            "axes": {"level": "WARNING"},
        },
    }


def formatter(*, as_json: bool) -> logging.Formatter:
    """Make the formatter that all lines of a process go through."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=True)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    )
    return structlog.stdlib.ProcessorFormatter(
        # What is not allowed goes first too, or it would stand in the place of what is known of
        # the request or the job under the same key.
        foreign_pre_chain=[_facts_of_record, only_allowed],
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            renderer,
        ],
        use_get_message=False,
    )


def _facts_of_record(_logger: object, _method: str, line: Line) -> Line:
    """Return what a record says, without its message's arguments."""
    record: logging.LogRecord = line["_record"]
    facts = {
        **vars(record),  # what was given as `extra` among it; the rest is not allowed
        "event": constant_text(record),
        "level": record.levelname.lower(),
        "logger": record.name,
        "place": f"{_below_program(record.pathname)}:{record.lineno} {record.funcName}",
    }
    if record.exc_info and record.exc_info[1] is not None:
        facts |= _facts_of_exception(record.exc_info[1], record.exc_info[2])
    return facts


def _facts_of_exception(error: BaseException, where: TracebackType | None) -> dict[str, Any]:
    """Return the classes of an exception and of its causes, and the lines that it passed."""
    kinds: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(kinds) < MOST_FRAMES:
        kinds.append(f"{type(seen).__module__}.{type(seen).__qualname__}")
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    places = [_place(frame, line) for frame, line in walk_tb(where)]
    return {"exception": " < ".join(kinds), "traceback": places[-MOST_FRAMES:]}


def _place(frame: FrameType, line: int) -> str:
    return f"{_below_program(frame.f_code.co_filename)}:{line} {frame.f_code.co_name}"


def _below_program(filename: str) -> str:
    path = Path(filename)
    for folder in _PROGRAMS:
        if path.is_relative_to(folder):
            return path.relative_to(folder).as_posix()
    return "?"
