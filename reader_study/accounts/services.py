"""Create accounts for people who were invited."""

import unicodedata

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from reader_study.accounts.models import User
from reader_study.audit.services import record


class AccountRefusedError(Exception):
    """The account cannot be created as asked; each of ``reasons`` is a sentence."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


@transaction.atomic
def create_account(*, username: str, full_name: str, password: str) -> User:
    """Create an account. Raises AccountRefusedError."""
    person = User(username=username, full_name=full_name)
    reasons = _name_problems(person) + _password_problems(person, password)
    if reasons:
        raise AccountRefusedError(reasons)
    person.set_password(password)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:  # somebody took the name meanwhile
        raise AccountRefusedError([_taken(username)]) from error
    record(action="account created", actor=person, subject=username)
    return person


def _taken(username: str) -> str:
    return f"There is an account “{username}” already. If it is yours, log in instead."


def _name_problems(person: User) -> list[str]:
    # Letters that are forms of others, and names that differ in capitals alone, would be mistaken.
    if unicodedata.normalize("NFKC", person.username) != person.username:
        return ["Write the user name in plain letters: some of these are forms of other letters."]
    if User.objects.filter(username__iexact=person.username).exists():
        return [_taken(person.username)]
    try:
        person.clean_fields(exclude=["password"])
    except ValidationError as error:
        return error.messages
    return []


def _password_problems(person: User, password: str) -> list[str]:
    try:
        validate_password(password, person)
    except ValidationError as error:
        return error.messages
    return []
