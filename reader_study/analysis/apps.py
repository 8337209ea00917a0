"""Application registration."""

from django.apps import AppConfig

from reader_study.audit.guards import Guard, guard


class AnalysisConfig(AppConfig):
    """Registers the app under its short label."""

    name = "reader_study.analysis"
    label = "analysis"

    def ready(self) -> None:
        """A snapshot is the study as it was locked, and a consensus is what was decided."""
        guard(Guard("analysis", "analysis_snapshot"))
        guard(Guard("analysis", "analysis_consensus"))
