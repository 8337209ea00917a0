"""What was checked of a series, and how each check ended."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from .errors import ImagingError


class Verdict(StrEnum):
    """How a check ended, from best to worst."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    CORRECTED = "corrected"
    FLAGGED = "flagged"
    REFUSED = "refused"


@dataclass(frozen=True)
class Gate:
    """One check of a series.

    Attributes
    ----------
    name
        What was checked, such as "gantry tilt".
    sentence
        What was found, with figures, and what was done about it. No full stop.
    """

    name: str
    verdict: Verdict
    sentence: str


class SeriesRefusedError(ImagingError):
    """A series fails a gate for good.

    Attributes
    ----------
    gates
        The checks up to the one that failed, which is the last.
    """

    def __init__(self, gates: Iterable[Gate]) -> None:
        self.gates = tuple(gates)
        super().__init__(self.gates[-1].sentence)


def corrections_in(gates: Iterable[Gate]) -> list[str]:
    """Say what was corrected, in words with figures."""
    return [gate.sentence for gate in gates if gate.verdict == Verdict.CORRECTED]


def flags_in(gates: Iterable[Gate]) -> list[str]:
    """Say what a reader should know."""
    return [gate.sentence for gate in gates if gate.verdict == Verdict.FLAGGED]


def worst_verdict(gates: Iterable[Gate]) -> Verdict:
    """Return the verdict on a series: that of its worst gate."""
    order = list(Verdict)
    return max((gate.verdict for gate in gates), key=order.index, default=Verdict.PASS)
