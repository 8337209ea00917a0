"""Application registration."""

from django.apps import AppConfig

from reader_study.audit.guards import Guard, guard


class ReadingConfig(AppConfig):
    """Registers the app under its short label."""

    name = "reader_study.reading"
    label = "reading"

    def ready(self) -> None:
        """What a rater submitted stays as it was, and nobody's list is reshuffled."""
        guard(Guard("reading", "reading_reading", "OLD.state = 'submitted'"))
        guard(Guard("reading", "reading_calibrationresult"))
        guard(Guard("reading", "reading_viewuse"))
        guard(Guard("reading", "reading_displaycheck"))
        guard(
            Guard(
                "reading",
                "reading_assignment",
                actions=("update",),
                columns=(
                    "study_id",
                    "rater_id",
                    "case_id",
                    "media_pack_id",
                    "stage",
                    "attempt",
                    "repeat_of_id",
                    "position",
                    "code",
                ),
            )
        )
        guard(
            Guard(
                "reading",
                "reading_assignment",
                "OLD.current_reading_id IS NOT NULL",
                actions=("delete",),
            )
        )
        guard(
            Guard(
                "reading",
                "reading_assignment",
                "OLD.current_reading_id IS NOT NULL AND NEW.current_reading_id IS NULL",
                actions=("update",),
                columns=("current_reading_id",),
                purpose="once_begun",
            )
        )
