"""How long a rater works on a case, by the server's clock."""

from datetime import datetime, timedelta

from reader_study.reading.models import Reading

LONGEST_BEAT = timedelta(seconds=45)
"""Time between two signs of life that still counts; a longer gap was sleep or a lost connection."""


def add_active_time(reading: Reading, *, now: datetime, still_active: bool) -> None:
    """Add the time since the rater's last sign of life to the reading, which is not saved here."""
    if reading.last_active_at is not None:
        # A clock that was set back would take away what was counted before.
        passed = min(max(now - reading.last_active_at, timedelta()), LONGEST_BEAT)
        reading.active_ms += int(passed.total_seconds() * 1000)
    reading.last_active_at = now if still_active else None
