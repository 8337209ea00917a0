"""What may become of the value of one element: the only ways into a de-identified file.

A rule gives back the value to write, or None to drop the element. It never lets through what it
has not recognised whole.
"""

import math
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from pydicom.datadict import dictionary_has_tag

from .pseudonym import Pseudonym
from .source import plain_text

_TEXT_VRS = {"AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC",
             "UI", "UR", "UT"}  # fmt: skip
# No quantity of an image is larger, but a date or a patient number written as a number is.
LARGEST_WHOLE = 10**7
# Eight letters read as a double lie far outside these bounds.
_SMALLEST, _LARGEST = 1e-9, 131_072.0
_FORMATS = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "FL": "f", "FD": "d"}


class Written(NamedTuple):
    """A value to write, without padding, and its VR."""

    vr: str
    value: bytes


@dataclass(frozen=True)
class Facts:
    """What some rules must know of the object.

    Attributes
    ----------
    identifiers
        Numbers that identify the patient or the study: nothing else may be written that is one.
    """

    pseudonym: Pseudonym
    frames: int = 1
    is_signed: bool = False
    identifiers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Rule:
    """How one element is treated.

    Attributes
    ----------
    vr
        Of the element that is written.
    meaning
        In words, for the documentation.
    """

    vr: str
    meaning: str

    def written(self, vr: str, value: bytes, facts: Facts) -> Written | None:
        """Return what to write in place of `value`, or None to drop the element.

        Parameters
        ----------
        vr
            As the source has it; "UN" where it does not say.
        """
        if vr != self.vr and vr != "UN" and not {vr, self.vr} <= _TEXT_VRS:
            return None
        new = self.new_value(value, facts)
        return None if new is None else Written(self.vr, new)

    def new_value(self, value: bytes, facts: Facts) -> bytes | None:
        """Return the new value, or None to drop the element."""
        raise NotImplementedError


@dataclass(frozen=True)
class EachPart(Rule):
    """Text values separated by backslashes, each checked by `part`.

    Attributes
    ----------
    part
        Returns one value as it may be written, or None where it may not.
    max_parts
        How many values the standard allows.
    """

    part: Callable[[str, Facts], str | None]
    max_parts: int | None = None

    def new_value(self, value: bytes, facts: Facts) -> bytes | None:
        """Check every part; one bad part drops the element."""
        text = plain_text(value)
        if not text:
            return b""
        parts = text.split("\\")
        if self.max_parts is not None and len(parts) > self.max_parts:
            return None
        new = [self.part(part.strip(" \0"), facts) if part.strip(" \0") else "" for part in parts]
        return None if None in new else "\\".join(map(str, new)).encode("ascii")


@dataclass(frozen=True)
class WholeText(Rule):
    """A free text, reduced by `reduced` to words of a list; dropped if none is left."""

    reduced: Callable[[str], str]

    def new_value(self, value: bytes, facts: Facts) -> bytes | None:
        """Reduce the text."""
        text = plain_text(value)
        return self.reduced(text).encode("ascii") or (b"" if not text else None)


@dataclass(frozen=True)
class Replaced(Rule):
    """Whatever the value was, write another."""

    replacement: Callable[[Facts], str] = field(default=lambda facts: "")

    def new_value(self, value: bytes, facts: Facts) -> bytes | None:
        """Return the replacement."""
        return self.replacement(facts).encode("ascii")


@dataclass(frozen=True)
class BinaryNumbers(Rule):
    """Numbers of fixed size, each of a size that a quantity of an image can have."""

    max_parts: int | None = None

    def new_value(self, value: bytes, facts: Facts) -> bytes | None:
        """Check count, size and plausibility."""
        numbers = self.numbers(value)
        if numbers is None or not all(map(_is_plausible, numbers)):
            return None
        return value

    def numbers(self, value: bytes) -> tuple[float, ...] | None:
        """Return the numbers, or None where they are not whole or too many."""
        letter = _FORMATS[self.vr]
        count, left_over = divmod(len(value), struct.calcsize(letter))
        if left_over or (self.max_parts is not None and count > self.max_parts):
            return None
        return struct.unpack(f"<{count}{letter}", value)


@dataclass(frozen=True)
class PixelValues(BinaryNumbers):
    """Values of the pixels' own type, which implicit VR leaves open: US or SS."""

    def written(self, vr: str, value: bytes, facts: Facts) -> Written | None:
        """Keep the VR that the file gives, else take that of the pixels."""
        if vr not in ("US", "SS", "UN") or self.numbers(value) is None:
            return None
        if vr == "UN":
            vr = "SS" if facts.is_signed else "US"
        return Written(vr, value)


@dataclass(frozen=True)
class FrameNumbers(BinaryNumbers):
    """Numbers of frames that the object has; others are left out.

    Attributes
    ----------
    in_pairs
        First and last of ranges: an incomplete list of them is dropped.
    """

    in_pairs: bool = False

    def new_value(self, value: bytes, facts: Facts) -> bytes | None:
        """Keep the numbers of frames."""
        numbers = self.numbers(value) or ()
        kept = [int(number) for number in numbers if 1 <= number <= facts.frames]
        if not kept or (self.in_pairs and len(kept) != len(numbers)):
            return None
        return struct.pack(f"<{len(kept)}H", *kept)


@dataclass(frozen=True)
class Pointers(Rule):
    """Tags of elements.

    Attributes
    ----------
    allowed
        The tags; None for all of the standard.
    """

    allowed: frozenset[int] | None = None

    def new_value(self, value: bytes, facts: Facts) -> bytes | None:
        """Check every tag."""
        if len(value) % 4:
            return None
        tags = [group << 16 | number for group, number in struct.iter_unpack("<HH", value)]
        if self.allowed is None:
            return value if all(map(dictionary_has_tag, tags)) else None
        return value if self.allowed.issuperset(tags) else None


@dataclass(frozen=True)
class Items(Rule):
    """A sequence with an allow-list of its own.

    Attributes
    ----------
    rules
        The allow-list of its items, by tag.
    needs
        Elements without which an item is worth nothing and is dropped.
    keeps_empty_items
        Whether an item of which nothing is left keeps its place (one item per frame).
    """

    rules: Mapping[int, Rule]
    needs: frozenset[int] = frozenset()
    keeps_empty_items: bool = False


@dataclass(frozen=True)
class Codes(Rule):
    """A sequence of coded terms: only pairs of scheme and value that are in a table.

    Attributes
    ----------
    meanings
        The words for (scheme, value); the file's own are never written.
    rules
        The allow-list of what an item holds besides its code.
    otherwise
        The (scheme, value) written for a code that is not in the table; None to drop the item.
    """

    meanings: Mapping[tuple[str, str], str]
    rules: Mapping[int, Rule] = field(default_factory=dict)
    otherwise: tuple[str, str] | None = None


def _is_plausible(number: float) -> bool:
    """Tell a quantity from letters, dates and patient numbers."""
    if not math.isfinite(number):
        return False
    if float(number).is_integer():
        return abs(number) < LARGEST_WHOLE
    return _SMALLEST <= abs(number) < _LARGEST
