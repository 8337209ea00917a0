"""Too many wrong passwords or codes: a pause, kept in the database by django-axes.

Counted are wrong passwords for one user name from one address, all wrong attempts from one
address, and wrong codes of one person's second factor from anywhere: whoever types codes knows
the password already. A stranger therefore cannot lock somebody out who sits elsewhere.
"""

import math
from datetime import timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.db.models import Max, QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.exceptions import APIException

from reader_study.accounts.client_address import client_address
from reader_study.accounts.models import User
from reader_study.audit.services import record


class LockedOutError(APIException):
    """No attempt is taken at the moment. Status 429, with the seconds to wait."""

    status_code = 429
    default_code = kind = "locked-out"

    def __init__(self, wait: int) -> None:
        self.wait = wait
        minutes = math.ceil(wait / 60)
        super().__init__(
            f"There were too many wrong attempts. Try again in {minutes} "
            f"minute{'s' if minutes > 1 else ''}, or ask the administrator of this installation."
        )


def refuse_while_locked_out(request: HttpRequest, username: str) -> None:
    """Raise LockedOutError where no password is taken for the name from this address."""
    address = client_address(request)
    here = _recent().filter(ip_address=address)
    _refuse(here.filter(username=username), settings.AXES_FAILURE_LIMIT)
    _refuse(here, settings.ADDRESS_FAILURE_LIMIT)


def refuse_while_codes_are_locked_out(person: User) -> None:
    """Raise LockedOutError where no code is taken from the person."""
    _refuse(_recent().filter(username=_codes_of(person)), settings.AXES_FAILURE_LIMIT)


def note_wrong_password(request: HttpRequest, username: str, *, doing: str) -> None:
    """Record a wrong password, which axes has counted; ``doing`` is what was tried."""
    person = User.objects.filter(username=username).first()
    _note(request, person, doing=doing, because="wrong password")
    address = client_address(request)
    failures = _recent().filter(ip_address=address, username=username)
    _note_lock(request, person, failures)


def note_wrong_code(request: HttpRequest, person: User, *, doing: str) -> None:
    """Count and record a wrong code."""
    name = _codes_of(person)
    user_login_failed.send(sender=__name__, credentials={"username": name}, request=request)
    _note(request, person, doing=doing, because="wrong code")
    _note_lock(request, person, _recent().filter(username=name))


def forget_wrong_codes(person: User) -> None:
    """Begin to count codes anew, after a right one."""
    AccessAttempt.objects.filter(username=_codes_of(person)).delete()


def lift_lockout(*, person: User, actor: User | None) -> int:
    """Forget a person's wrong attempts; return how many there were."""
    attempts = AccessAttempt.objects.filter(username__in=[person.username, _codes_of(person)])
    count: int = sum(attempts.values_list("failures_since_start", flat=True))
    attempts.delete()
    record(action="lock-out lifted", actor=actor, subject=person.username)
    return count


def _codes_of(person: User) -> str:
    # No user name has a space in it, so that nobody can type this one.
    return f"second factor of {person.pk}"


def _recent() -> QuerySet[AccessAttempt]:
    pause: timedelta = settings.AXES_COOLOFF_TIME
    attempts: QuerySet[AccessAttempt] = AccessAttempt.objects.filter(
        attempt_time__gt=timezone.now() - pause
    )
    return attempts


def _refuse(attempts: QuerySet[AccessAttempt], limit: int) -> None:
    found = attempts.aggregate(failures=Sum("failures_since_start"), last=Max("attempt_time"))
    if (found["failures"] or 0) >= limit:
        left = found["last"] + settings.AXES_COOLOFF_TIME - timezone.now()
        raise LockedOutError(max(1, math.ceil(left.total_seconds())))


def _note(request: HttpRequest, person: User | None, *, doing: str, because: str) -> None:
    record(
        action=f"{doing} refused",
        actor=None,
        # A name that nobody has may be a password in the wrong field.
        subject=person.username if person else "",
        because=because,
        address=client_address(request),
    )


def _note_lock(
    request: HttpRequest, person: User | None, attempts: QuerySet[AccessAttempt]
) -> None:
    failures = attempts.aggregate(failures=Sum("failures_since_start"))["failures"] or 0
    if failures == settings.AXES_FAILURE_LIMIT:
        record(
            action="locked out",
            actor=None,
            subject=person.username if person else "",
            address=client_address(request),
        )
