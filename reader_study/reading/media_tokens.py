"""Addresses of images: sealed, so that they tell nothing and no database is asked about them.

A token is encrypted and different each time it is made. Two raters of one case, and one rater who
meets a case again as a hidden repeat, hold tokens that have nothing in common; all are equally
long.
"""

import json
from base64 import urlsafe_b64encode
from dataclasses import asdict, dataclass

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "reading.media"
LENGTH_INSIDE = 320
"""Longer than any grant is in JSON, so that every token is as long as another."""


class RefusedTokenError(Exception):
    """The token was not made here, was changed, or has expired."""


@dataclass(frozen=True)
class Grant:
    """Who may fetch the files of which folder, from which browser session.

    Attributes
    ----------
    rater
        The user's key.
    code
        The rater's own code of the case.
    folder
        Where the media pack is stored.
    session
        Digest of the key of the session that asked for the case.
    """

    rater: int
    code: str
    folder: str
    session: str


def session_digest(session_key: str | None) -> str:
    """Return what a grant keeps of a session: enough to know it again, useless to enter it."""
    return salted_hmac(SALT, session_key or "", algorithm="sha256").hexdigest()[:32]


def is_session_of(grant: Grant, session_key: str | None) -> bool:
    """Whether the grant was given to this very browser session."""
    return bool(session_key) and constant_time_compare(grant.session, session_digest(session_key))


def seal(grant: Grant) -> str:
    """Return a token for the grant."""
    written = json.dumps(asdict(grant), separators=(",", ":"))
    return _key().encrypt(written.ljust(LENGTH_INSIDE).encode()).decode()


def unseal(token: str) -> tuple[Grant, int]:
    """Return the grant in a token, and when it was given, in seconds since 1970.

    Raises
    ------
    RefusedTokenError
    """
    key = _key()
    try:
        written = key.decrypt(token.encode(), ttl=settings.MEDIA_TOKEN_SECONDS)
        given_at = key.extract_timestamp(token.encode())
    except InvalidToken as error:
        raise RefusedTokenError from error
    return Grant(**json.loads(written)), given_at


def _key() -> Fernet:
    secret = salted_hmac(SALT, "key of the tokens", algorithm="sha256").digest()
    return Fernet(urlsafe_b64encode(secret))
