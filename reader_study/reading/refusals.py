"""What the reading refuses, each with one clear sentence."""

from reader_study.reading.models import Reading


class NotPossibleError(Exception):
    """The state of the study or of the reading forbids what was asked; the message says why."""


class StaleRevisionError(Exception):
    """Another tab saved meanwhile; nothing was overwritten."""

    def __init__(self, reading: Reading) -> None:
        super().__init__(
            "This case was changed in another window. Your text is still here; "
            "load the newer version before you go on."
        )
        self.reading = reading


class IncompleteReadingError(Exception):
    """Something required is missing; ``missing`` says what, in words."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__("Not submitted: " + "; ".join(missing) + ".")
        self.missing = missing
