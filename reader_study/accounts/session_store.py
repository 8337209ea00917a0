"""Sessions that end: some time after the person last did something, and a day's work at the latest.

Both limits stand in the row as its expiry, so that whatever loads a session obeys them.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import transaction
from django.utils import timezone

from reader_study.accounts.models import BrowserSession
from reader_study.audit.services import record

SIGNED_IN_AT = "signed_in_at"
ADDRESS = "address"
BROWSER = "browser"
BEFORE_SIGN_IN = timedelta(hours=1)
"""What a session without a person holds: half a sign-in."""

COARSE = timedelta(seconds=15)
"""Activity is written no more often than this."""


class SessionStore(DatabaseStore):
    """Django's sessions in the database, each known by its person."""

    _active_at: datetime | None = None

    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:
        return BrowserSession

    def create_model_instance(self, data: dict[str, Any]) -> BrowserSession:
        """Return the row of a session as it is now."""
        row = BrowserSession(
            session_key=self._get_or_create_session_key(),  # type: ignore[attr-defined]
            session_data=self.encode(data),
            person_id=data.get("_auth_user_id"),
            signed_in_at=_time(data.get(SIGNED_IN_AT)),
            active_at=self._active_at or timezone.now(),
            address=data.get(ADDRESS),
            browser=data.get(BROWSER, ""),
        )
        self._active_at = row.active_at
        row.expire_date = _end(row.signed_in_at, row.active_at)
        return row

    def begin(self, *, address: str | None, browser: str) -> None:
        """Note that somebody has signed in just now."""
        self._active_at = timezone.now()
        self[SIGNED_IN_AT] = self._active_at.timestamp()
        self[ADDRESS] = address
        self[BROWSER] = browser[:200]

    def note_activity(self) -> None:
        """Note that the person did something just now: the session goes on."""
        now = timezone.now()
        if SIGNED_IN_AT not in self or self._active_at is None or now - self._active_at < COARSE:
            return
        self._active_at = now
        BrowserSession.objects.filter(pk=self.session_key).update(
            active_at=now, expire_date=_end(_time(self[SIGNED_IN_AT]), now)
        )

    def seconds_left(self) -> tuple[int, int] | None:
        """Return after how long the session ends: without activity, and in any case."""
        if SIGNED_IN_AT not in self or self._active_at is None:
            return None
        now = timezone.now()
        idle = self._active_at + settings.SESSION_IDLE - now
        whole = datetime.fromtimestamp(self[SIGNED_IN_AT], tz=now.tzinfo) + settings.SESSION_LONGEST
        in_any_case = max(0, int((whole - now).total_seconds()))
        return min(in_any_case, max(0, int(idle.total_seconds()))), in_any_case

    def _get_session_from_db(self) -> BrowserSession | None:
        row = super()._get_session_from_db()  # type: ignore[misc]
        if isinstance(row, BrowserSession):
            self._active_at = row.active_at
            return row
        return None

    def load(self) -> dict[str, Any]:
        """Return what the session holds; nothing where it has ended."""
        key = self.session_key
        loaded: dict[str, Any] = super().load()
        if key and self.session_key is None:
            _note_end(key)
        return loaded


def _time(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, tz=timezone.now().tzinfo)


def _end(signed_in_at: datetime | None, active_at: datetime) -> datetime:
    if signed_in_at is None:
        return active_at + BEFORE_SIGN_IN
    return min(signed_in_at + settings.SESSION_LONGEST, active_at + settings.SESSION_IDLE)


def _note_end(key: str) -> None:
    """Remove a session that has run out, and say so in the trail once."""
    with transaction.atomic():
        over = BrowserSession.objects.filter(
            pk=key, expire_date__lte=timezone.now(), person__isnull=False
        )
        row = over.select_related("person").first()
        if row is not None and over.delete()[0] and row.signed_in_at is not None:
            longest = row.signed_in_at + settings.SESSION_LONGEST <= timezone.now()
            record(
                action="session ended",
                actor=row.person,
                because="as long as a session may be" if longest else "nothing was done",
            )
