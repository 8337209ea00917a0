"""Make sure, within one request, that the person at the keyboard is the one who signed in."""

from dataclasses import dataclass

from django.contrib.auth import authenticate
from rest_framework.request import Request

from reader_study.accounts.lockout import note_wrong_password, refuse_while_locked_out
from reader_study.accounts.models import User
from reader_study.accounts.second_factor import (
    WrongCodeError,
    accept_code,
    has_second_factor,
    take_fresh_passkey,
)


class NotReauthenticatedError(Exception):
    """What was typed does not prove who the person is; the message says so."""


class CodeNeededError(NotReauthenticatedError):
    """The password is right, and the code of the second factor is missing."""


class CodeWrongError(NotReauthenticatedError):
    """The password is right, and the code of the second factor is wrong."""


@dataclass(frozen=True)
class Reauthenticated:
    """A person who proved who they are within this request; services that sign ask for it.

    Attributes
    ----------
    person
        Who it is.
    how
        What proved it: ``password``, ``password-and-code`` or ``password-and-passkey``.
    """

    person: User
    how: str = "password"


def reauthenticate(
    request: Request, person: User, *, password: str, code: str = ""
) -> Reauthenticated:
    """Return the proof that ``person`` typed their own password with this request.

    Of people with a second factor a code is wanted too, of their app or a recovery code; a
    passkey that they showed in this session within the last two minutes stands in for it, once.
    Call it outside a transaction that may be rolled back, so that wrong attempts are counted.

    Raises
    ------
    NotReauthenticatedError
        The password or the code is wrong, or none was given.
    LockedOutError
        The account takes no attempt at the moment.
    """
    browser = request._request
    refuse_while_locked_out(browser, person.username)
    found = authenticate(browser, username=person.username, password=password)
    if found != person:
        note_wrong_password(browser, person.username, doing="re-authentication")
        raise NotReauthenticatedError("The password is wrong. Nothing was changed.")
    if not has_second_factor(person):
        return Reauthenticated(person)
    if take_fresh_passkey(browser):
        return Reauthenticated(person, how="password-and-passkey")
    if not code:
        raise CodeNeededError(
            "Type the code that your app shows too, or a recovery code; or show your passkey."
        )
    try:
        accept_code(browser, person, code, doing="re-authentication")
    except WrongCodeError as error:
        raise CodeWrongError(str(error)) from error
    return Reauthenticated(person, how="password-and-code")
