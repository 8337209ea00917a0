"""Read what is sent, as far as it can be stored, and no more than the settings allow."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from reader_study.api.errors import TooLargeError

DEEPEST = 32
"""Objects and lists inside one another; the pages send fewer than ten."""

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_MAY_BE_UNSTORABLE = re.compile(rb"\\u(0000|[dD][89a-fA-F])|\xed[\xa0-\xbf]|\0")


class BoundedJSONParser(JSONParser):
    """Reads JSON; refuses what is too large, too deep, or text that no database keeps."""

    storable_text_only = True

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return what the body says. Raises ParseError and TooLargeError."""
        body = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLargeError
        try:
            said = json.loads(body.decode(), parse_constant=_no_number, parse_float=_finite)
        except RecursionError as error:
            raise ParseError("The JSON is nested too deeply.") from error
        except ValueError as error:
            raise ParseError(f"This is no JSON: {error}.") from error
        if body.count(b"[") + body.count(b"{") > DEEPEST and _is_too_deep(said):
            raise ParseError("The JSON is nested too deeply.")
        if self.storable_text_only and _is_unstorable(body, said):
            raise ParseError("Text must not have null characters or halves of characters.")
        return said


class AnyTextJSONParser(BoundedJSONParser):
    """For a view that stores nothing and has its own words for files that are no text."""

    storable_text_only = False


def _is_unstorable(body: bytes, said: Any) -> bool:
    # Few bodies have to be looked through.
    return bool(_MAY_BE_UNSTORABLE.search(body)) and any(map(_UNSTORABLE.search, _texts(said)))


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _finite(written: str) -> float:
    number = float(written)
    if not math.isfinite(number):
        raise ValueError(f"{written[:40]} is too large")
    return number


def _is_too_deep(said: Any) -> bool:
    waiting = [(said, 1)]
    while waiting:
        part, depth = waiting.pop()
        inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
        if isinstance(part, dict | list) and depth > DEEPEST:
            return True
        waiting.extend((value, depth + 1) for value in inner)
    return False


def _texts(said: Any) -> Iterator[str]:
    if isinstance(said, str):
        yield said
    elif isinstance(said, dict):
        for key, value in said.items():
            yield key
            yield from _texts(value)
    elif isinstance(said, list):
        for value in said:
            yield from _texts(value)


class WhatThereIs(DefaultContentNegotiation):
    """Answers in the one form that there is, whatever was asked for."""

    def select_renderer(  # type: ignore[override]  # the stubs know no None for the suffix
        self, request: Request, renderers: list[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the renderer and its media type."""
        if len(renderers) == 1:
            return renderers[0], str(renderers[0].media_type)
        chosen: tuple[BaseRenderer, str] = super().select_renderer(
            request, renderers, format_suffix
        )
        return chosen
