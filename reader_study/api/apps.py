"""Application registration."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Registers the app."""

    name = "reader_study.api"
    label = "api"

    def ready(self) -> None:
        """Let the schema know how scripts sign in."""
        from reader_study.api import authentication_schema  # noqa: F401
