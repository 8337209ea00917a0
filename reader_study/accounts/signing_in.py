"""Sign people in, by what they know and what they have."""

from django.conf import settings
from django.contrib.auth import SESSION_KEY, authenticate, login, update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from rest_framework.exceptions import APIException

from reader_study.accounts.client_address import client_address
from reader_study.accounts.lockout import note_wrong_password, refuse_while_locked_out
from reader_study.accounts.models import BrowserSession, User
from reader_study.accounts.second_factor import (
    accept_code,
    has_second_factor,
    note_passkey,
    note_second_factor,
)
from reader_study.accounts.session_store import SessionStore
from reader_study.audit.services import record

BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignInRefusedError(Exception):
    """Nobody has this name and password; the message says so."""


class CodeNeededError(APIException):
    """The password is right, and the account has a second factor. Status 403."""

    status_code = 403
    default_code = kind = "code-needed"
    default_detail = (
        "Type the code that your app shows too, or a recovery code; or log in with a passkey."
    )


def sign_in(request: HttpRequest, *, username: str, password: str, code: str) -> User:
    """Sign in with password, and with a code where the person has a second factor.

    Raises
    ------
    SignInRefusedError, WrongCodeError, CodeNeededError, LockedOutError
    """
    refuse_while_locked_out(request, username)
    person = authenticate(request, username=username, password=password)
    if not isinstance(person, User):
        note_wrong_password(request, username, doing="sign-in")
        raise SignInRefusedError("User name or password is wrong.")
    if not has_second_factor(person):
        enter(request, person, by="password")
    elif not code:
        raise CodeNeededError
    else:
        accept_code(request, person, code, doing="sign-in")
        enter(request, person, by="password and code")
        note_second_factor(request)
    return person


def sign_in_with_passkey(request: HttpRequest, person: User) -> None:
    """Sign in a person who showed a passkey: it is something they have, and asked who they are."""
    enter(request, person, by="passkey")
    note_passkey(request)


def enter(request: HttpRequest, person: User, *, by: str) -> None:
    """Begin a person's session, under a new key."""
    login(request, person, backend=BACKEND)
    record(action="signed in", actor=person, by=by, address=client_address(request))


def begin_session(request: HttpRequest) -> None:
    """Note in a session who uses it from where, as soon as somebody has signed in."""
    if isinstance(request.session, SessionStore):
        request.session.begin(
            address=client_address(request), browser=request.META.get("HTTP_USER_AGENT", "")
        )


def change_password(request: HttpRequest, person: User, password: str) -> None:
    """Give the person another password and end their other sessions.

    Raises
    ------
    django.core.exceptions.ValidationError
        It is too short or too common.
    """
    validate_password(password, person)
    with transaction.atomic():
        person.set_password(password)
        person.save(update_fields=["password"])
        update_session_auth_hash(request, person)
        ended = _others(request, person).delete()[0]
        record(action="password changed", actor=person, sessions_ended=ended)


@transaction.atomic
def end_other_sessions(request: HttpRequest, person: User) -> int:
    """End all sessions of the person but the one that asks; return how many."""
    ended: int = _others(request, person).delete()[0]
    record(action="other sessions ended", actor=person, sessions_ended=ended)
    return ended


def _others(request: HttpRequest, person: User) -> QuerySet[BrowserSession]:
    return BrowserSession.objects.filter(person=person).exclude(pk=request.session.session_key)


def has_lost_session(request: HttpRequest) -> bool:
    """Whether the browser thinks that somebody is signed in, and it is over."""
    cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    return bool(cookie) and SESSION_KEY not in request.session
