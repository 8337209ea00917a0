"""Application registration."""

from django.apps import AppConfig

from reader_study.audit.guards import Guard, guard

_NEXT_STATES = {
    "setup": ("setup", "reading"),
    "reading": ("reading", "locked"),
    "locked": ("locked", "adjudicating"),
    "adjudicating": ("adjudicating", "concluded"),
    "concluded": ("concluded",),
}
_LEAVES_ITS_PATH = " OR ".join(
    f"(OLD.state = '{state}' AND NEW.state NOT IN ({', '.join(map(repr, following))}))"
    for state, following in _NEXT_STATES.items()
)


class StudiesConfig(AppConfig):
    """Registers the app under its short label."""

    name = "reader_study.studies"
    label = "studies"

    def ready(self) -> None:
        """Protocol versions are never rewritten, and a study's life only moves forward."""
        guard(Guard("studies", "studies_protocol"))
        guard(Guard("studies", "studies_study", "OLD.state <> 'setup'", actions=("delete",)))
        guard(
            Guard(
                "studies",
                "studies_study",
                frozen_when=_LEAVES_ITS_PATH,
                actions=("update",),
                columns=("state",),
                purpose="path",
            )
        )
        guard(
            Guard(
                "studies",
                "studies_study",
                frozen_when="OLD.locked_at IS NOT NULL",
                actions=("update",),
                columns=("name", "slug", "data_notice", "opened_at", "locked_at"),
                purpose="once_locked",
            )
        )
