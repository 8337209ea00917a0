"""People with passwords and apps that show codes, for the tests of access."""

import time
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.test import Client

from reader_study.accounts.models import User

PASSWORD = "hemispheres-and-siphons"
SECONDS_A_CODE = 30


def with_password(username: str = "ruth") -> User:
    """The person of that name, made if there is none, with the password."""
    person, _ = User.objects.get_or_create(username=username)
    person.set_password(PASSWORD)
    person.save()
    return person


def with_app(person: User) -> str:
    """Give the person an app; return its secret."""
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    return secret


def code_of(secret: str, *, steps_ahead: int = 0) -> str:
    """What the app shows now, or some steps of half a minute later."""
    counter = int(time.time()) // SECONDS_A_CODE + steps_ahead
    return format_hotp_value(hotp_value(secret, counter))


def wrong_code(secret: str) -> str:
    """Six digits that the app shows at no time about now."""
    near = {code_of(secret, steps_ahead=steps) for steps in range(-3, 4)}
    return next(f"{number:06}" for number in range(10) if f"{number:06}" not in near)


def sign_in(client: Client, username: str = "ruth", password: str = PASSWORD, **more: str) -> Any:
    """Ask for a session."""
    return client.post(
        "/api/session",
        {"username": username, "password": password, **more},
        content_type="application/json",
    )


def post(client: Client, address: str, **posted: Any) -> Any:
    """Send JSON."""
    return client.post(address, posted, content_type="application/json")


def proof(**more: Any) -> dict[str, Any]:
    """The password again, and what else is posted."""
    return {"password": PASSWORD, **more}


def empty_cache() -> None:
    """As Redis after FLUSHALL."""
    cache.clear()
