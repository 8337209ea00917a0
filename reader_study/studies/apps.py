"""Application registration."""

from django.apps import AppConfig

from reader_study.audit.guards import Guard, guard


class StudiesConfig(AppConfig):
    """Registers the app under its short label."""

    name = "reader_study.studies"
    label = "studies"

    def ready(self) -> None:
        """Protocol versions are never rewritten, and a locked study stays locked."""
        guard(Guard("studies", "studies_protocol"))
        guard(Guard("studies", "studies_study", frozen_when="OLD.state = 'locked'"))
