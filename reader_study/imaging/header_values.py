"""Read single header values that may be absent, empty or malformed."""

import math
from datetime import datetime

from pydicom.config import IGNORE
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.uid import UID

_TIME_SOURCES = (
    ("AcquisitionDate", "AcquisitionTime"),
    ("ContentDate", "ContentTime"),
    ("SeriesDate", "SeriesTime"),
    ("StudyDate", "StudyTime"),
)


def text(dataset: Dataset, keyword: str) -> str:
    """Return a value as stripped text; several values joined by a backslash."""
    value = dataset.get(keyword)
    if value is None:
        return ""
    if isinstance(value, MultiValue | list | tuple):
        return "\\".join(str(item) for item in value).strip()
    return str(value).strip()


def image_type(dataset: Dataset) -> frozenset[str]:
    """Return the values of ImageType in capitals."""
    values = text(dataset, "ImageType").upper().split("\\")
    return frozenset(value.strip() for value in values if value)


def uid(dataset: Dataset, keyword: str) -> UID:
    """Return a UID, valid or not; its name is the number itself where the standard has none."""
    return UID(text(dataset, keyword), validation_mode=IGNORE)


def standard_words(number: UID, otherwise: str) -> str:
    """Name a UID in the standard's words: one that it does not know could say anything."""
    return otherwise if number.name == str(number) else number.name


def floats(dataset: Dataset, keyword: str) -> list[float]:
    """Return finite numbers; an empty list where any value is missing or not a number."""
    try:
        numbers = [float(part) for part in text(dataset, keyword).split("\\")]
    except ValueError:
        return []
    return numbers if all(map(math.isfinite, numbers)) else []


def float_or_none(dataset: Dataset, keyword: str) -> float | None:
    """Return the first finite number of an element, or None."""
    numbers = floats(dataset, keyword)
    return numbers[0] if numbers else None


def positive_or_none(dataset: Dataset, keyword: str) -> float | None:
    """Return a length or duration; zero, which some scanners write for "unknown", is None."""
    number = float_or_none(dataset, keyword)
    return number if number is not None and number > 0 else None


def integer(dataset: Dataset, keyword: str, default: int) -> int:
    """Return a whole number, or the default where it is missing or malformed."""
    number = float_or_none(dataset, keyword)
    return default if number is None else int(number)


def acquisition_time(dataset: Dataset) -> datetime | None:
    """Return when the image was acquired, by the scanner's clock and without a zone."""
    dates = [text(dataset, date) for date, _ in _TIME_SOURCES]
    times = [text(dataset, time)[:6] for _, time in _TIME_SOURCES]
    known_date = next(filter(None, dates), "")
    stamps = [text(dataset, "AcquisitionDateTime")[:14]]
    # Some devices write the acquisition's time and leave its date to the study.
    stamps += [(day or known_date) + time for day, time in zip(dates, times, strict=True) if time]
    stamps += [known_date]
    for stamp in stamps:
        for pattern in ("%Y%m%d%H%M%S", "%Y%m%d%H%M", "%Y%m%d"):
            try:
                return datetime.strptime(stamp, pattern)  # noqa: DTZ007 - headers carry no zone
            except ValueError:
                continue
    return None
