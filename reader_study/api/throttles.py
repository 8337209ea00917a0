"""Slow down who asks for far too much, by person or, who is not signed in, by address.

The limits are far above what the pages ask for: they stop a script that runs wild, and nobody's
rating. Media are no part of the API and have none. Counters lie in the cache; where that is away,
nobody is refused.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

if TYPE_CHECKING:  # the module of views takes its default throttles from here
    from rest_framework.views import APIView

WINDOW_SECONDS = 60


def seconds_now() -> float:
    """Return the time; all processes count by the same minutes."""
    return time.time()


class MinuteThrottle(BaseThrottle):
    """So many requests in each minute of the clock.

    Attributes
    ----------
    scope
        Names the counter, and the limit in the setting ``REQUESTS_PER_MINUTE``.
    """

    scope = ""

    def counted_as(self, request: Request) -> str | None:
        """Return whose request it is; None where this limit is not theirs."""
        raise NotImplementedError

    def limit(self) -> int | None:
        """Return how many requests a minute may have; None for any number."""
        found: int | None = settings.REQUESTS_PER_MINUTE.get(self.scope)
        return found

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count the request and say whether it may go on."""
        limit, who = self.limit(), self.counted_as(request)
        if limit is None or who is None:
            return True
        self._now = seconds_now()
        key = f"requests.{self.scope}.{who}.{int(self._now // WINDOW_SECONDS)}"
        try:
            cache.add(key, 0, 2 * WINDOW_SECONDS)
            return bool(cache.incr(key) <= limit)
        except (RedisError, OSError, ValueError):  # the cache is away, or forgot the key just now
            return True

    def wait(self) -> float:
        """Return the seconds until the next minute."""
        return WINDOW_SECONDS - self._now % WINDOW_SECONDS


class PersonThrottle(MinuteThrottle):
    """For each person who is signed in."""

    scope = "person"

    def counted_as(self, request: Request) -> str | None:
        """Return the person's number."""
        user: Any = request.user
        return str(user.pk) if user.is_authenticated else None


class AddressThrottle(MinuteThrottle):
    """For each address from which somebody asks who is not signed in."""

    scope = "address"

    def counted_as(self, request: Request) -> str | None:
        """Return the address."""
        if request.user.is_authenticated:
            return None
        return self.get_ident(request).replace(":", ".").replace(" ", "")[:60]
