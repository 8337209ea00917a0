"""Dates and times as DICOM writes them (PS3.5, 6.2), and dates moved by a patient's shift."""

import re
from datetime import date

from .pseudonym import Pseudonym

_DATE = re.compile(r"(\d{4})\.?(\d{2})\.?(\d{2})")
_TIME = re.compile(r"(\d{2})(?::?(\d{2})(?::?(\d{2})(\.\d{1,6})?)?)?")
_DATE_AND_TIME = re.compile(r"(\d{8})(\d{2}(?:\d{2}(?:\d{2}(?:\.\d{1,6})?)?)?)?([+-]\d{4})?")


def shifted_date(text: str, pseudonym: Pseudonym) -> str | None:
    """Move a date; None if it is none."""
    match = _DATE.fullmatch(text)
    if not match:
        return None
    try:
        moved = pseudonym.day(date(*map(int, match.groups())))
    except (ValueError, OverflowError):
        return None
    return f"{moved.year:04d}{moved.month:02d}{moved.day:02d}"


def valid_time(text: str) -> str | None:
    """Return a time of day without the colons of old files; None if it is none."""
    match = _TIME.fullmatch(text)
    if not match:
        return None
    hours, minutes, seconds, fraction = match.groups()
    # 60 is a leap second.
    if int(hours) > 23 or int(minutes or 0) > 59 or int(seconds or 0) > 60:
        return None
    return "".join(part for part in (hours, minutes, seconds, fraction) if part)


def shifted_datetime(text: str, pseudonym: Pseudonym) -> str | None:
    """Move the date of a date with time; None if there is no whole date.

    The offset from UTC, which tells where the hospital is, is left out.
    """
    match = _DATE_AND_TIME.fullmatch(text)
    if not match:
        return None
    moved, time = shifted_date(match[1], pseudonym), match[2] or ""
    if moved is None or (time and valid_time(time) is None):
        return None
    return moved + time
