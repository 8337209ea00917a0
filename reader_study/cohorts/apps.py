"""Application registration."""

from django.apps import AppConfig

from reader_study.audit.guards import Guard, guard


class CohortsConfig(AppConfig):
    """Registers the app under its short label."""

    name = "reader_study.cohorts"
    label = "cohorts"

    def ready(self) -> None:
        """That a patient's data were deleted, on whose word and why, stays on record."""
        guard(Guard("cohorts", "cohorts_patientdeletion", actions=("delete",)))
        guard(
            Guard(
                "cohorts",
                "cohorts_patientdeletion",
                actions=("update",),
                columns=("case_id", "reason", "asked_by_id", "at"),
                purpose="as_noted",
            )
        )
