"""Application registration."""

from django.apps import AppConfig


class CoordinationConfig(AppConfig):
    """Registers the app under its short label."""

    name = "reader_study.coordination"
    label = "coordination"

    def ready(self) -> None:
        """Register what `manage.py check` asks of a whole installation."""
        from reader_study import deploy_checks  # noqa: F401 - registers them
