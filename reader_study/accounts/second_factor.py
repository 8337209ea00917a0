"""Second factors: codes of an app, recovery codes and passkeys, kept by django-allauth."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from rest_framework.exceptions import APIException

from reader_study.accounts.lockout import (
    forget_wrong_codes,
    note_wrong_code,
    refuse_while_codes_are_locked_out,
)
from reader_study.accounts.models import User
from reader_study.audit.services import record

SECOND_FACTOR_AT = "second_factor_at"
"""In a session: when its person gave a second factor, in seconds since 1970."""

PASSKEY_AT = "passkey_at"
FRESH_SECONDS = 120
"""So long a passkey that was shown stands in for a code where one is asked for again."""

_NEW_SECRET = "new_totp_secret"  # noqa: S105 (a key of the session)
_SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
_LAST_COUNTER = "last_counter"

_Result = TypeVar("_Result")


class WrongCodeError(Exception):
    """What was given is no second factor of the person; the message says so."""


class SecondFactorNeededError(APIException):
    """Something is kept for people who gave a second factor in this session. Status 403."""

    status_code = 403
    default_code = kind = "second-factor-needed"
    default_detail = (
        "This study is open only to people who log in with a second factor: a code of an app "
        "on their phone, or a passkey."
    )


@dataclass(frozen=True)
class NewSecret:
    """What an app on a phone needs to make codes.

    Attributes
    ----------
    secret
        In base 32, to be typed.
    address
        The same as an address, which the picture shows.
    qr_svg
        The picture, made here.
    """

    secret: str
    address: str
    qr_svg: str


@dataclass(frozen=True)
class SecondFactors:
    """What a person has set up."""

    app_since: datetime | None
    recovery_codes_left: int
    passkeys: list[Authenticator]


def has_second_factor(person: User) -> bool:
    """Whether the person signs in with more than a password."""
    found: bool = _of(person).filter(type__in=_SECOND_FACTORS).exists()
    return found


def people_with_second_factor(people: Iterable[int]) -> set[int]:
    """Return those of these people, by their keys, who have set up a second factor."""
    found = Authenticator.objects.filter(user__in=list(people), type__in=_SECOND_FACTORS)
    return set(found.values_list("user", flat=True))


def second_factors_of(person: User) -> SecondFactors:
    """Return what the person has set up."""
    found = list(_of(person).order_by("created_at"))
    app = next((one for one in found if one.type == Authenticator.Type.TOTP), None)
    codes = next((one for one in found if one.type == Authenticator.Type.RECOVERY_CODES), None)
    return SecondFactors(
        app_since=app.created_at if app else None,
        recovery_codes_left=len(RecoveryCodes(codes).get_unused_codes()) if codes else 0,
        passkeys=[one for one in found if one.type == Authenticator.Type.WEBAUTHN],
    )


def gave_second_factor(request: HttpRequest) -> bool:
    """Whether the session's person gave a second factor in it."""
    return SECOND_FACTOR_AT in request.session


def note_second_factor(request: HttpRequest) -> None:
    """Remember in the session that its person gave a second factor just now."""
    request.session[SECOND_FACTOR_AT] = time.time()


# -- giving one ------------------------------------------------------------------------------


def accept_code(request: HttpRequest, person: User, code: str, *, doing: str) -> None:
    """Take a code of the person's app, or one of their recovery codes; each is good once.

    Call it outside a transaction that may be rolled back: the code is used up, or counted.

    Raises
    ------
    WrongCodeError
    LockedOutError
    """
    refuse_while_codes_are_locked_out(person)
    if not (_take_app_code(person, code) or _take_recovery_code(person, code)):
        note_wrong_code(request, person, doing=doing)
        raise WrongCodeError(
            "The code is wrong, or was used already. Each code is good once: wait for the next."
        )
    forget_wrong_codes(person)


def _take_app_code(person: User, code: str) -> bool:
    with transaction.atomic():
        app = _of(person).select_for_update().filter(type=Authenticator.Type.TOTP).first()
        if app is None:
            return False
        counter = _counter_of(decrypt(app.data["secret"]), code)
        # The last step used stands in the row: a cache that is emptied would take a code twice.
        if counter is None or counter <= app.data.get(_LAST_COUNTER, -1):
            return False
        app.data[_LAST_COUNTER] = counter
        app.save(update_fields=["data"])
        app.record_usage()
    return True


def _counter_of(secret: str, code: str) -> int | None:
    """Return the time step of which this is the code, if it is one of the steps about now."""
    counters = yield_hotp_counters_from_time()
    fitting = [
        counter
        for counter in counters
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, counter)))
    ]
    return max(fitting, default=None)


def _take_recovery_code(person: User, code: str) -> bool:
    codes = _of(person).filter(type=Authenticator.Type.RECOVERY_CODES).first()
    if codes is None or not RecoveryCodes(codes).validate_code(code):
        return False
    codes.record_usage()
    record(action="recovery code used", actor=person)
    return True


def begin_passkey(person: User | None) -> dict[str, Any]:
    """Return what the browser needs to ask for a passkey, of this person or of anybody."""
    return dict(webauthn.begin_authentication(person))


def accept_passkey(credential: Mapping[str, Any], person: User | None = None) -> User:
    """Return whose passkey was shown.

    Raises
    ------
    WrongCodeError
        It is nobody's, another person's than ``person``, or the answer to another question.
    """

    def check() -> Authenticator:
        webauthn.parse_authentication_response(credential)
        owner = person or webauthn.extract_user_from_response(dict(credential))
        return webauthn.complete_authentication(owner, credential)

    found = _asked(check, "This passkey is not known here. Log in with password and code.")
    found.record_usage()
    owner = found.user
    if not isinstance(owner, User) or not owner.is_active:
        raise WrongCodeError("This account is closed.")
    return owner


def note_passkey(request: HttpRequest) -> None:
    """Remember for a short while that the session's person showed a passkey."""
    request.session[PASSKEY_AT] = time.time()
    note_second_factor(request)


def take_fresh_passkey(request: HttpRequest) -> bool:
    """Whether a passkey was shown just now; it counts once."""
    shown_at = request.session.pop(PASSKEY_AT, None)
    return shown_at is not None and time.time() - shown_at <= FRESH_SECONDS


# -- setting up ------------------------------------------------------------------------------


def new_secret(request: HttpRequest, person: User) -> NewSecret:
    """Make a secret for an app; it counts once the app has shown a code of it."""
    secret = request.session[_NEW_SECRET] = generate_totp_secret()
    adapter = get_adapter()
    address = adapter.build_totp_url(person, secret)
    return NewSecret(secret, address, adapter.build_totp_svg(address))


def add_app(request: HttpRequest, person: User, code: str) -> list[str]:
    """Let the person's app make codes from now on; return recovery codes where there were none.

    Raises
    ------
    WrongCodeError
    """
    secret = request.session.get(_NEW_SECRET)
    counter = _counter_of(secret, code) if secret else None
    if counter is None:
        raise WrongCodeError(
            "This is not the code that the app shows now. Check the clock of the phone."
        )
    with transaction.atomic():
        _of(person).filter(type=Authenticator.Type.TOTP).delete()
        app = TOTP.activate(person, secret).instance
        app.data[_LAST_COUNTER] = counter
        app.save(update_fields=["data"])
        codes = _first_recovery_codes(person)
        record(action="second factor added", actor=person, kind="app")
    request.session.pop(_NEW_SECRET)
    return codes


def begin_new_passkey(person: User) -> dict[str, Any]:
    """Return what the browser needs to make a passkey."""
    return dict(webauthn.begin_registration(person, passwordless=True))


def add_passkey(person: User, name: str, credential: Mapping[str, Any]) -> list[str]:
    """Take a new passkey; return recovery codes where there were none.

    Raises
    ------
    WrongCodeError
    """

    def check() -> Any:
        webauthn.parse_registration_response(credential)
        return webauthn.complete_registration(dict(credential))

    made = _asked(check, "The browser's answer does not fit. Begin again.")
    if not made.is_user_verified():
        raise WrongCodeError(
            "This key did not ask who you are. Use one with a PIN, a fingerprint or your face."
        )
    with transaction.atomic():
        webauthn.WebAuthn.add(person, name, dict(credential))
        codes = _first_recovery_codes(person)
        record(action="second factor added", actor=person, kind="passkey", name=name)
    return codes


@transaction.atomic
def remove_app(person: User) -> None:
    """Let no app make codes for the person any more."""
    if _of(person).filter(type=Authenticator.Type.TOTP).delete()[0]:
        record(action="second factor removed", actor=person, kind="app")
    _drop_lonely_codes(person)


@transaction.atomic
def remove_passkey(passkey: Authenticator, person: User) -> None:
    """Take no more heed of a passkey."""
    name = str(passkey.data.get("name", ""))
    passkey.delete()
    record(action="second factor removed", actor=person, kind="passkey", name=name)
    _drop_lonely_codes(person)


@transaction.atomic
def remove_all(*, person: User, actor: User | None) -> None:
    """Forget all second factors of a person who lost them; an administrator's doing."""
    _of(person).delete()
    record(action="second factors reset", actor=actor, subject=person.username)


@transaction.atomic
def new_recovery_codes(person: User) -> list[str]:
    """Make recovery codes anew; the former ones are good for nothing."""
    _of(person).filter(type=Authenticator.Type.RECOVERY_CODES).delete()
    codes: list[str] = RecoveryCodes.activate(person).get_unused_codes()
    record(action="recovery codes made", actor=person)
    return codes


def _first_recovery_codes(person: User) -> list[str]:
    if _of(person).filter(type=Authenticator.Type.RECOVERY_CODES).exists():
        return []
    return new_recovery_codes(person)


def _drop_lonely_codes(person: User) -> None:
    """Recovery codes stand in for a second factor; without one there is nothing to recover."""
    if not has_second_factor(person):
        _of(person).delete()


def _of(person: User) -> Any:
    return Authenticator.objects.filter(user=person)


def _asked(check: Callable[[], _Result], refusal: str) -> _Result:
    """Run a check of what a browser sent, which may be anything at all."""
    try:
        return check()
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise WrongCodeError(refusal) from error
