"""Application registration."""

from django.apps import AppConfig

from reader_study.audit.guards import Guard, guard


class ReadingConfig(AppConfig):
    """Registers the app under its short label."""

    name = "reader_study.reading"
    label = "reading"

    def ready(self) -> None:
        """What a rater submitted stays as it was."""
        guard(Guard("reading", "reading_reading", frozen_when="OLD.state = 'submitted'"))
