"""What the saving of a protocol refuses, each in words for the person who edits it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """What is wrong with one field; ``path`` leads to it through the document."""

    path: tuple[str | int, ...]
    message: str


class InvalidProtocolError(Exception):
    """The document, or the reason given for it, cannot be saved as it is."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(" ".join(f"{problem.message}." for problem in problems))
        self.problems = problems


class StaleProtocolError(Exception):
    """Somebody saved another version meanwhile; nothing was overwritten."""

    def __init__(self, latest: int) -> None:
        super().__init__(
            f"Version {latest} of the protocol was saved meanwhile by somebody else, or in "
            "another window. What you wrote is still here."
        )
        self.latest = latest


class FixedProtocolError(Exception):
    """The state of the study forbids the change; the message says what and why."""


class ImageRefusedError(Exception):
    """The file is no picture that can stand beside a level; the message says why."""
