"""Turn this package's dataclasses into plain JSON data and back.

Nothing is ever built but the types that the caller names: data from another process or from a
file cannot run code, as a pickle could.
"""

import dataclasses
import types
from collections import Counter
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
_FIELD_TYPES: dict[type, dict[str, Any]] = {}


def to_plain(value: Any) -> Any:
    """Return a value as JSON knows it: dictionaries, lists, text, numbers."""
    if dataclasses.is_dataclass(value):
        fields = dataclasses.fields(value)
        return {field.name: to_plain(getattr(value, field.name)) for field in fields}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    return value


def from_plain(expected: type[T], plain: Any) -> T:
    """Build a value of the expected type from what `to_plain` made of it.

    Raises
    ------
    TypeError, ValueError, KeyError
        If the data does not describe a value of that type.
    """
    return cast("T", _build(expected, plain))


def field_types(kind: type) -> dict[str, Any]:
    """Return the types of the fields of a dataclass; working them out is slow, so only once."""
    if kind not in _FIELD_TYPES:
        _FIELD_TYPES[kind] = get_type_hints(kind)
    return _FIELD_TYPES[kind]


def _build(expected: Any, plain: Any) -> Any:
    origin, arguments = get_origin(expected), get_args(expected)
    if origin in (Union, types.UnionType):
        return _build_one_of(arguments, plain)
    if origin is Literal:
        return _member(arguments, plain)
    if origin is tuple:
        kinds = arguments[:1] * len(plain) if arguments[-1] is ... else arguments
        return tuple(_build(kind, item) for kind, item in zip(kinds, plain, strict=True))
    if origin is Counter:
        (kind,) = arguments
        return Counter({_build(kind, item): _build(int, count) for item, count in plain.items()})
    if origin is list:
        return [_build(arguments[0], item) for item in plain]
    if isinstance(expected, type) and dataclasses.is_dataclass(expected):
        hints = field_types(expected)
        return expected(**{name: _build(hints[name], item) for name, item in plain.items()})
    if expected is datetime:
        return datetime.fromisoformat(plain)
    if issubclass(expected, Path | Enum):
        return expected(plain)
    return _number_or_text(expected, plain)


def _build_one_of(kinds: tuple[Any, ...], plain: Any) -> Any:
    if plain is None and type(None) in kinds:
        return None
    for kind in kinds:
        if dataclasses.is_dataclass(kind):
            if {field.name for field in dataclasses.fields(kind)} == set(plain):
                return _build(kind, plain)
        elif kind is not type(None):
            return _build(kind, plain)
    raise TypeError(f"{plain!r} is none of {kinds}")


def _member(allowed: tuple[Any, ...], plain: Any) -> Any:
    if plain not in allowed:
        raise ValueError(f"{plain!r} is none of {allowed}")
    return plain


def _number_or_text(expected: type, plain: Any) -> Any:
    if expected is float and isinstance(plain, int):
        return float(plain)
    if not isinstance(plain, expected):
        raise TypeError(f"{plain!r} is not {expected}")
    return plain
