"""How the reading of files tells which one it is about to read, and how far it has come."""

from collections.abc import Callable

Begin = Callable[[str], str]
"""Takes a file's name for people; returns why it must not be read, or an empty string."""

Progress = Callable[[float], None]
"""Takes the share done, 0 to 1."""


def read_all(name: str) -> str:
    """Read every file."""
    return ""


def untold(share: float) -> None:
    """Tell nobody."""
