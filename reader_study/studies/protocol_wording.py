"""Say in plain words, at the field, why a document is no protocol."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from reader_study.studies.protocol_refusals import Problem

Path = tuple[str | int, ...]

_PARTS = {
    "levels": "Level",
    "territories": "Territory",
    "questions": "Question",
    "unscorable_reasons": "Reason",
}
_FIELDS = {
    "title": "The title",
    "high_from": "The cut-point",
    "levels": "The scale",
    "territories": "The list of territories",
    "questions": "The list of questions",
    "unscorable_reasons": "The list of reasons",
    "tree_over_dsa": "The rule for the tree over the DSA",
    "cases_per_day": "Cases per day",
    "calibration.cases": "The number of calibration cases",
    "calibration.pass_mark": "The pass mark",
    "calibration.tolerance_levels": "The tolerance",
    "repeats.share": "The share of repeats",
    "repeats.minimum": "The least number of repeats",
    "repeats.washout_days": "The washout",
    "reading_order": "The reading order",
    "weights": "The weights",
    "ci_method": "The interval method",
    "confidence": "The confidence",
    "resamples": "The number of resamples",
    "resampling_unit": "The unit that is resampled",
    "seed": "The seed",
    "adjudication": "The adjudication rule",
    "signatures": "The rule for signatures",
}
_FIELDS_OF_PARTS = {
    "name": "a name",
    "anchor": "a written anchor",
    "label": "a name",
    "code": "a code",
    "value": "a whole number",
    "required": "“required” or “optional”",
}
_IN_PERCENT = {"calibration.pass_mark", "repeats.share", "confidence"}
_NUMBER_WANTED = {
    "int_type",
    "int_parsing",
    "int_from_float",
    "float_type",
    "float_parsing",
    "finite_number",
}
_BOUNDS = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}


def problems_of(error: ValidationError, document: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong, field by field, in the order of the document."""
    return [_problem(detail, document) for detail in error.errors()]


def name_of_part(document: Mapping[str, Any], list_name: str, place: int) -> str:
    """Say which part of a list is meant: a level by its number on the scale, else its place."""
    number: Any = place + 1
    if list_name == "levels":
        number = document["levels"][place].get("value", number)
    return f"{_PARTS[list_name]} {number}"


def _problem(detail: ErrorDetails, document: Mapping[str, Any]) -> Problem:
    path: Path = detail["loc"]
    context = detail.get("ctx", {})
    match path:
        case ():
            return Problem(tuple(context["at"]), context["message"])
        case (str(list_name), int(place), str(field)) if list_name in _PARTS:
            part = name_of_part(document, list_name, place)
            return Problem(path, _message_on_part(part, field, detail["type"], context))
        case _:
            return Problem(path, _message(path, detail["type"], context))


def _message(path: Path, kind: str, context: Mapping[str, Any]) -> str:
    what = _field(path)
    field = ".".join(map(str, path))
    if kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        return f"{what} must be {words} {_quantity(field, context[key])}"
    if kind in _NUMBER_WANTED:
        return f"{what} must be a number" + (
            " without decimals" if kind == "int_from_float" else ""
        )
    match kind:
        case "extra_forbidden":
            return f"“{field}” is no part of a protocol"
        case "missing" | "string_too_short" | "string_type":
            return f"{what} is missing"
        case "string_pattern_mismatch" | "string_unicode":
            return f"{what} has control characters in it"
        case "string_too_long":
            return f"{what} is longer than {context['max_length']} characters"
        case "too_short":
            return f"{what} needs at least {context['min_length']} {_entries(field)}"
        case "too_long":
            return f"{what} has room for {context['max_length']} {_entries(field)}"
        case "literal_error":
            return f"{what} must be {context['expected']}"
        case _:
            return f"{what} cannot be understood"


def _message_on_part(part: str, field: str, kind: str, context: Mapping[str, Any]) -> str:
    if field == "example_image":
        return f"{part} names an example image that this study does not have"
    wanted = _FIELDS_OF_PARTS.get(field)
    if wanted is None:
        return f"{part}: “{field}” is no part of a protocol"
    if kind == "string_too_long":
        return f"{part} needs {wanted} of at most {context['max_length']} characters"
    if kind == "string_pattern_mismatch" and field == "code":
        return f"{part} needs {wanted} of small letters, digits and hyphens"
    if kind in ("string_pattern_mismatch", "string_unicode"):
        return f"{part} needs {wanted} without control characters"
    return f"{part} needs {wanted}"


def _field(path: Path) -> str:
    known = _FIELDS.get(".".join(map(str, path)))
    return known or " ".join(str(step).replace("_", " ") for step in path).capitalize()


def _entries(field: str) -> str:
    return "levels" if field == "levels" else "entries"


def _quantity(field: str, bound: float) -> str:
    return f"{bound * 100:g} %" if field in _IN_PERCENT else f"{bound:,}".replace(",", " ")
