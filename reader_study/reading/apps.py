"""Application registration."""

from django.apps import AppConfig

from reader_study.audit.guards import Guard, guard

_COMMENT_COLUMNS = ("comment", "removed_comment_sha256")


class ReadingConfig(AppConfig):
    """Registers the app under its short label."""

    name = "reader_study.reading"
    label = "reading"

    def ready(self) -> None:
        """What a rater submitted stays as it was, and nobody's list is reshuffled."""
        from reader_study.reading.blocks import block_written_again
        from reader_study.signatures.models import SignedKind
        from reader_study.signatures.records import written_again_by

        _guard_submitted_readings()
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
        written_again_by(SignedKind.READINGS, block_written_again)
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


def _guard_submitted_readings() -> None:
    """Nothing of a submitted reading changes, but that its comment may be removed, once."""
    from reader_study.reading.models import Reading

    every = [field.column or "" for field in Reading._meta.concrete_fields]
    columns = tuple(column for column in every if column not in _COMMENT_COLUMNS)
    guard(Guard("reading", "reading_reading", "OLD.state = 'submitted'", actions=("delete",)))
    guard(
        Guard(
            "reading",
            "reading_reading",
            "OLD.state = 'submitted'",
            actions=("update",),
            columns=columns,
        )
    )
    guard(
        Guard(
            "reading",
            "reading_reading",
            "OLD.state = 'submitted' AND (NEW.comment <> '' OR OLD.removed_comment_sha256 <> '' "
            "OR length(NEW.removed_comment_sha256) <> 64)",
            actions=("update",),
            columns=_COMMENT_COLUMNS,
            purpose="comment",
        )
    )
