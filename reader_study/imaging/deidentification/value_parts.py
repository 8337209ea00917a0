"""Checks of single text values: each returns what may be written, or None."""

import re
from collections.abc import Callable

from .calendar import shifted_date, shifted_datetime, valid_time
from .pseudonym import standard_name
from .rules import LARGEST_WHOLE, Facts

_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_INTEGER = re.compile(r"[+-]?\d{1,12}(\.0*)?")
_SHORT_NUMBER = re.compile(r"\d{1,4}")
_MAX_DECIMAL_LENGTH = 32


def decimal(part: str, facts: Facts) -> str | None:
    """Return a decimal string as it is if it is a number of less than eight digits."""
    is_number = len(part) <= _MAX_DECIMAL_LENGTH and _DECIMAL.fullmatch(part)
    return part if is_number and _is_quantity(part, facts) else None


def integer(part: str, facts: Facts) -> str | None:
    """Return an integer string as it is if it is a number of less than eight digits."""
    return part if _INTEGER.fullmatch(part) and _is_quantity(part, facts) else None


def uid(part: str, facts: Facts) -> str | None:
    """Return the UID that stands in for another."""
    return facts.pseudonym.uid(part)


def well_known_uid(part: str, facts: Facts) -> str | None:
    """Return a UID as it is if the standard gives it."""
    return part if standard_name(part) else None


def day(part: str, facts: Facts) -> str | None:
    """Return a date, moved."""
    return shifted_date(part, facts.pseudonym)


def moment(part: str, facts: Facts) -> str | None:
    """Return a date with time, its date moved."""
    return shifted_datetime(part, facts.pseudonym)


def time(part: str, facts: Facts) -> str | None:
    """Return a time of day as it is."""
    return valid_time(part)


def label(part: str, facts: Facts) -> str | None:
    """Return a short number as it is, and a keyed number in place of any other label."""
    return part if _SHORT_NUMBER.fullmatch(part) else facts.pseudonym.label(part)


def one_of(terms: frozenset[str], otherwise: str | None) -> Callable[[str, Facts], str | None]:
    """Return a check that a term is in the list, and gives `otherwise` for any other."""

    def term_or_otherwise(part: str, facts: Facts) -> str | None:
        return part.upper() if part.upper() in terms else otherwise

    return term_or_otherwise


def matching(pattern: re.Pattern[str], otherwise: str | None) -> Callable[[str, Facts], str | None]:
    """Return a check that a value matches the whole pattern; `otherwise` stands for any other."""
    return lambda part, facts: part if pattern.fullmatch(part) else otherwise


def _is_quantity(number: str, facts: Facts) -> bool:
    """Tell a quantity from a date and from a patient's or an examination's number."""
    return abs(float(number)) < LARGEST_WHOLE and number not in facts.identifiers
