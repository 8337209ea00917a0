"""The ordinal scale that a protocol declares, with the cut-point of "high quality"."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Level:
    """One grade of the scale: its value and what people call it."""

    value: int
    name: str


@dataclass(frozen=True)
class Scale:
    """The declared levels, lowest first, and the lowest value that counts as high quality.

    Raises
    ------
    ValueError
        If there are fewer than two levels, if values do not strictly increase, or if
        ``high_from`` is not a declared value above the lowest level.
    """

    levels: tuple[Level, ...]
    high_from: int

    def __post_init__(self) -> None:
        """Refuse a scale on which agreement has no meaning."""
        values = self.values
        if len(values) < 2:
            raise ValueError(f"A scale needs at least two levels; {len(values)} declared.")
        if any(low >= high for low, high in pairwise(values)):
            raise ValueError(f"Level values must increase from first to last; got {list(values)}.")
        if self.high_from not in values[1:]:
            raise ValueError(
                f"The cut-point high_from = {self.high_from} must be a declared level above the "
                f"lowest; choose one of {list(values[1:])}."
            )

    @classmethod
    def declare(cls, levels: Sequence[Level], high_from: int) -> "Scale":
        """Make a scale from levels in any sequence type."""
        return cls(tuple(levels), high_from)

    @property
    def values(self) -> tuple[int, ...]:
        """Level values, lowest first."""
        return tuple(level.value for level in self.levels)

    @property
    def high_index(self) -> int:
        """Position of the lowest high-quality level."""
        return self.values.index(self.high_from)

    def index(self, value: int) -> int:
        """Return the position of a grade on the scale.

        Raises
        ------
        ValueError
            If the grade is not a declared level.
        """
        try:
            return self.values.index(value)
        except ValueError:
            raise ValueError(
                f"Grade {value!r} is not on the declared scale {list(self.values)}."
            ) from None
