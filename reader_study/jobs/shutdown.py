"""What a worker does that is asked to stop: it may finish, and soon hands its jobs back.

The worker's parent process hears the signal, its children do the work; a page of memory that they
share tells them. ``stop_grace_period`` of the compose file is longer than the time given here.
"""

import mmap
import struct
import time
from typing import Any

from celery.signals import worker_shutting_down

FINISH_SECONDS = 20.0
"""How long a job may go on after the worker was asked to stop."""

_NOT_ASKED = 0.0
_LAYOUT = struct.Struct("d")
# Anonymous and shared: a forked child sees what its parent writes later.
_asked_at = mmap.mmap(-1, _LAYOUT.size)


def begin(**_: Any) -> None:
    """Note that this worker is to stop."""
    _LAYOUT.pack_into(_asked_at, 0, time.monotonic())


worker_shutting_down.connect(begin)


def time_is_up() -> bool:
    """Whether jobs that are still under way are to be handed back."""
    (asked_at,) = _LAYOUT.unpack_from(_asked_at, 0)
    return bool(asked_at != _NOT_ASKED and time.monotonic() - asked_at >= FINISH_SECONDS)


def forget() -> None:
    """Take the note back, for tests."""
    _LAYOUT.pack_into(_asked_at, 0, _NOT_ASKED)
