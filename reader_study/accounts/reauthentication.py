"""Make sure, within one request, that the person at the keyboard is the one who signed in."""

from dataclasses import dataclass

from django.contrib.auth import authenticate
from rest_framework.request import Request

from reader_study.accounts.models import User


class NotReauthenticatedError(Exception):
    """What was typed does not prove who the person is; the message says so."""


@dataclass(frozen=True)
class Reauthenticated:
    """A person who proved who they are within this request; services that sign ask for it.

    Attributes
    ----------
    person
        Who it is.
    """

    person: User


def reauthenticate(
    request: Request, person: User, *, password: str, code: str = ""
) -> Reauthenticated:
    """Return the proof that ``person`` typed their own password with this request.

    ``code`` is that of the second factor, wanted of people who have one.

    Raises
    ------
    NotReauthenticatedError
        The password is another one, or the account takes no attempt at the moment.
    """
    found = authenticate(request, username=person.username, password=password)
    if found != person:
        raise NotReauthenticatedError("The password is wrong. Nothing was signed.")
    return Reauthenticated(person)
