"""Read JSON as the pages send it, and refuse what only an attacker writes.

Python's reader follows nesting until its stack ends, takes 1e999 for infinity and gives half a
character where ``\\ud800`` stands alone: each would fail far behind the door.
"""

import json
import math
import re
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

DEEPEST = 32
"""Objects and lists inside one another; the pages send fewer than ten."""

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class StrictJSONParser(JSONParser):
    """Takes JSON of bounded depth, finite numbers and whole characters."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return what the body says. Raises ParseError."""
        encoding = (parser_context or {}).get("encoding", "utf-8")
        try:
            text = stream.read().decode(encoding)
            value = json.loads(text, parse_constant=_refuse_number, parse_float=_finite)
        except RecursionError as error:
            raise ParseError("JSON parse error - nested too deep") from error
        except (ValueError, LookupError) as error:
            raise ParseError(f"JSON parse error - {error}") from error
        if text.count("[") + text.count("{") > DEEPEST or _SURROGATE.search(text):
            _check(value)
        return value


def _refuse_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _finite(written: str) -> float:
    number = float(written)
    if not math.isfinite(number):
        raise ValueError(f"{written[:40]} is too large")
    return number


def _check(value: Any) -> None:
    """Raise ParseError where anything is too deep, or half a character."""
    waiting = [(value, 1)]
    while waiting:
        part, depth = waiting.pop()
        if isinstance(part, str):
            _check_characters(part)
            continue
        if depth > DEEPEST:
            raise ParseError("JSON parse error - nested too deep")
        if isinstance(part, dict):
            waiting.extend((inner, depth + 1) for pair in part.items() for inner in pair)
        elif isinstance(part, list):
            waiting.extend((inner, depth + 1) for inner in part)


def _check_characters(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ParseError("JSON parse error - half a character") from error
