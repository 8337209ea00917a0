"""How django-allauth behaves here: nobody signs up, secrets are sealed, no mail is sent."""

from base64 import urlsafe_b64encode
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

_SALT = "accounts.second-factor"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People come by invitation alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account for themselves."""
        return False

    def send_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing: installations have no mail server."""


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Seals what the codes of an app are made from."""

    def encrypt(self, text: str) -> str:
        """Seal a secret before it is stored."""
        return _key().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open what was stored."""
        return _key().decrypt(encrypted_text.encode()).decode()

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing; the audit trail has it."""

    def _get_site_name(self) -> str:
        return "Reader Study"


def _key() -> Fernet:
    secret = salted_hmac(_SALT, "key of the secrets", algorithm="sha256").digest()
    return Fernet(urlsafe_b64encode(secret))
