"""The only keys that a log line may have, and what their values must look like."""

import re
from collections.abc import Callable, MutableMapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.apps import apps

from reader_study.logs.constant_text import ConstantText

LOG_LEVELS = {"debug", "info", "warning", "error", "critical"}
METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}
JOB_STATES = {"awaiting", "queued", "running", "done", "failed", "cancelled", "paused"}


def _like(pattern: str) -> Callable[[Any], bool]:
    compiled = re.compile(pattern)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None


def _one_of(values: set[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in values


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def _is_id(value: Any) -> bool:
    """Whether it is a number or a UUID, as rows have for a key."""
    if isinstance(value, int | UUID):
        return True
    try:
        return isinstance(value, str) and (value.isdecimal() or str(UUID(value)) == value)
    except ValueError:
        return False


@lru_cache
def _kinds_of_job() -> frozenset[str]:
    # The settings of logging come before there are models.
    from reader_study.jobs.models import LeasedJob

    kinds = [model for model in apps.get_models() if issubclass(model, LeasedJob)]
    return frozenset(kind.task_name for kind in kinds)


def _is_place_list(value: Any) -> bool:
    return isinstance(value, list) and all(_is_place(place) for place in value)


_is_place = _like(r"[\w./<>-]+:\d+ [\w<>]+")

ALLOWED: dict[str, Callable[[Any], bool]] = {
    "timestamp": _like(r"[\d:.TZ-]+"),
    "level": _one_of(LOG_LEVELS),
    "logger": _like(r"[\w.]+"),
    "event": lambda value: isinstance(value, ConstantText),
    "place": _is_place,
    "request": _like(r"[0-9a-f]{32}"),
    "method": _one_of(METHODS),
    "route": _like(r"[\w<>:/.^$?!()|+*\[\]\\-]*"),
    "status": _is_number,
    "seconds": _is_number,
    "user": _is_id,
    "study": _is_id,
    "kind": lambda value: isinstance(value, str) and value in _kinds_of_job(),
    "job": _is_id,
    "state": _one_of(JOB_STATES),
    "attempt": _is_number,
    "number": _is_number,
    "exception": _like(r"[\w.]+( < [\w.]+)*"),
    "traceback": _is_place_list,
}
"""Each key a line may have, and whether a value may stand under it."""


def only_allowed(
    _logger: object, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Drop every key that nobody allowed and every value that is not of its key's kind."""
    return {
        key: str(value) if isinstance(value, UUID) else value
        for key, value in line.items()
        if key in ALLOWED and ALLOWED[key](value)
    }
