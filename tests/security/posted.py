"""What every address of the API takes, from its own description: sound, then spoilt anywhere."""

import copy
from collections.abc import Iterator
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator

from tests.security.attacker import JSON, as_in_the_schema, calls

Place = tuple[str | int, ...]

SOUND: dict[str, Any] = {
    "confirm_name": "Study of arteries",
    "site": "north",
    "role": "coordinator",
    "sites": [],
    "phase": "after",
    "decision": "release",
    "blackouts": [],
    "purpose": "study",
    "reference_grade": None,
    "grade": 3,
    "unscorable_reason": None,
    "territory_grades": {},
    "question_answers": {},
    "revision": 0,
    "version": 1,
    "password": "a long password of nobody",
    "manifest": "case,site,file\nS1,north,one.dcm\n",
    "empty_patches": [7],
    "seen_patches": [],
}
"""Values without which nothing but the form would be tried."""

FORMATS = {
    "uuid": "00000000-0000-4000-8000-000000000000",
    "date-time": "2026-01-01T00:00:00Z",
}


@cache
def schema() -> dict[str, Any]:
    """The API's own description."""
    return dict(SchemaGenerator().get_schema(request=None, public=True))


def bodies() -> Iterator[tuple[str, str, str, Any]]:
    """Yield route, method, somebody who may use it, and a sound body, where JSON is taken."""
    for route, method, username in calls(("POST", "PUT", "PATCH", "DELETE")):
        described = schema()["paths"].get(as_in_the_schema(route), {}).get(method.lower(), {})
        content = described.get("requestBody", {}).get("content", {})
        if JSON in content:
            yield route, method, username, sample(content[JSON]["schema"])


def sample(described: dict[str, Any], name: str = "") -> Any:
    """Return a value that fits a schema."""
    if name in SOUND:
        return SOUND[name]
    if "$ref" in described:
        return sample(schema()["components"]["schemas"][described["$ref"].rsplit("/", 1)[1]], name)
    for several in ("allOf", "oneOf", "anyOf"):
        if several in described:
            return sample(described[several][0], name)
    if "enum" in described:
        return described["enum"][0]
    kind = described.get("type")
    return _sample_of(kind[0] if isinstance(kind, list) else kind, described, name)


def _sample_of(kind: str | None, described: dict[str, Any], name: str) -> Any:
    match kind, described.get("format"):
        case "object", _:
            properties = described.get("properties", {})
            return {key: sample(value, key) for key, value in properties.items()}
        case "array", _:
            return [sample(described["items"], name)] * max(described.get("minItems", 1), 1)
        case "integer" | "number", _:
            return described.get("minimum", 1)
        case "boolean", _:
            return True
        case "string", written:
            return FORMATS.get(str(written), "text")
    return {}


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """Yield every place of a JSON value, the whole included."""
    yield at
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*at, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from places(inner, (*at, number))


def spoilt(value: Any, place: Place, by: Any) -> Any:
    """Return a copy in which another value stands at a place."""
    if not place:
        return by
    changed = copy.deepcopy(value)
    inner = changed
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = by
    return changed
