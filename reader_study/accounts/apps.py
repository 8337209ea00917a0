"""Application registration."""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class AccountsConfig(AppConfig):
    """Registers the app under its short label."""

    name = "reader_study.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Let every session begin with the time and place of its sign-in."""
        user_logged_in.connect(_begin, dispatch_uid="accounts.begin_session")


def _begin(request: Any, **kwargs: Any) -> None:
    from reader_study.accounts.signing_in import begin_session

    begin_session(request)
