"""Application registration."""

from django.apps import AppConfig

from reader_study.audit.guards import Guard, guard


class AnalysisConfig(AppConfig):
    """Registers the app under its short label."""

    name = "reader_study.analysis"
    label = "analysis"

    def ready(self) -> None:
        """A snapshot is the study as it was locked, and a consensus is what was decided."""
        from reader_study.analysis.signing import result_written_again
        from reader_study.signatures.models import SignedKind
        from reader_study.signatures.records import written_again_by

        for kind in (SignedKind.LOCK, SignedKind.CONSENSUS, SignedKind.EXPORT):
            written_again_by(kind, result_written_again)
        guard(Guard("analysis", "analysis_snapshot"))
        guard(Guard("analysis", "analysis_consensus"))
