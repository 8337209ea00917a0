"""Where a prediction stands: its progress, its seconds, and whether it is still wanted."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from inference.errors import PredictionCancelledError

Progress = Callable[[float], None]
Cancelled = Callable[[], bool]

# Shares of the whole time on two CPU cores, for the progress shown to people.
PREPROCESSED = 0.1
TILES_PREDICTED = 0.9


class Watch:
    """Follows one prediction.

    Parameters
    ----------
    progress
        Called with the share done, rising from 0 to 1. What it raises ends the prediction.
    cancelled
        Asked before each pass through the network.
    """

    def __init__(
        self, progress: Progress | None = None, cancelled: Cancelled | None = None
    ) -> None:
        self._progress = progress or (lambda _: None)
        self._cancelled = cancelled or (lambda: False)
        self._reported = 0.0
        self._tiles = self._tiles_done = 0
        self.seconds: dict[str, float] = {}
        self._progress(0.0)

    def check(self) -> None:
        """Stop here if the prediction is no longer wanted.

        Raises
        ------
        PredictionCancelledError
            If it was cancelled.
        """
        if self._cancelled():
            raise PredictionCancelledError("The prediction was cancelled")

    @contextmanager
    def stage(self, name: str, share_at_end: float) -> Iterator[None]:
        """Time a stage, and report the share of the whole that is done at its end."""
        self.check()
        begin = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - begin
        self._report(share_at_end)

    def expect_tiles(self, tiles: int) -> None:
        """Say how many tiles there are, counted for each fold."""
        self._tiles = tiles

    def tile_done(self) -> None:
        """Count a tile."""
        self._tiles_done += 1
        share = self._tiles_done / self._tiles
        self._report(PREPROCESSED + share * (TILES_PREDICTED - PREPROCESSED))

    def _report(self, share: float) -> None:
        if share > self._reported:
            self._reported = share
            self._progress(share)
