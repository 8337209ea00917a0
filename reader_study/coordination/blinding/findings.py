"""What an audit tried and found."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from reader_study.coordination.blinding.answers import Leak


@dataclass
class Findings:
    """What was tried and what was found.

    Attributes
    ----------
    by_visitor, statuses
        How many responses each visitor was given, and how many had which status.
    shown
        How many answers each visitor got from the raters' API and of images: where there are
        none, nothing was looked at.
    routes
        How many routes were asked for.
    tokens
        How many addresses of images were checked.
    searched, skipped
        How many secret values were searched for at most, and how many left out, by reason.
    not_tried
        What could not be asked for, in words.
    """

    by_visitor: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    shown: Counter[str] = field(default_factory=Counter)
    routes: int = 0
    tokens: int = 0
    searched: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    not_tried: list[str] = field(default_factory=list)
    leaks: list[Leak] = field(default_factory=list)

    @property
    def responses(self) -> int:
        """How many responses were looked through."""
        return sum(self.by_visitor.values())

    def add(self, leaks: Iterable[Leak]) -> None:
        """Keep leaks, each once."""
        for leak in leaks:
            if leak not in self.leaks:
                self.leaks.append(leak)
