"""Application registration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers the app under its short label."""

    name = "reader_study.accounts"
    label = "accounts"
