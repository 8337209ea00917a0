"""What was done to one file, in counts: never a value of it."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cache

PIXELS_NOT_EXAMINED = (
    "Pixels not examined: text burned into the image, if there is any, is still there"
)


@dataclass
class FileReport:
    """What became of the elements of one file.

    Attributes
    ----------
    kind
        Of the object, such as "CT".
    kept, replaced, dropped
        How often each tag, such as "(0010,0010)", was written as it was, written with another
        value, or left out; inside a dropped sequence nothing is counted.
    remarks
        What was taken out besides elements, and what was not looked at.
    """

    kind: str
    kept: Counter[str] = field(default_factory=Counter)
    replaced: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    remarks: list[str] = field(default_factory=list)

    @property
    def dropped_in_words(self) -> str:
        """Count dropped elements by what they were."""
        groups: Counter[str] = Counter()
        for tag, count in self.dropped.items():
            groups[_group_in_words(int(tag[1:5], 16))] += count
        return ", ".join(f"{count} {name}" for name, count in groups.most_common())


@cache
def tag_in_words(tag: int) -> str:
    """Write a tag as the standard does."""
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


def _group_in_words(group: int) -> str:
    if group % 2:
        return "private"
    if group & 0xFF00 == 0x6000:
        return "overlay"
    if group & 0xFF00 == 0x5000:
        return "curve"
    return "standard"
