"""Application registration."""

from django.apps import AppConfig

from reader_study.audit.guards import Guard, guard


class AnalysisConfig(AppConfig):
    """Registers the app under its short label."""

    name = "reader_study.analysis"
    label = "analysis"

    def ready(self) -> None:
        """A snapshot is the study as it was locked, and a consensus is what was decided."""
        from reader_study.analysis import signing
        from reader_study.signatures.models import SignedKind
        from reader_study.signatures.records import written_again_by

        written_again_by(SignedKind.LOCK, signing.lock_written_again)
        written_again_by(SignedKind.CONSENSUS, signing.consensus_written_again)
        written_again_by(SignedKind.EXPORT, signing.export_written_again)
        guard(Guard("analysis", "analysis_snapshot"))
        guard(Guard("analysis", "analysis_consensus"))
