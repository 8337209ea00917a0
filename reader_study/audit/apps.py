"""Application registration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate

from reader_study.audit.guards import Guard, guard, install_guards_of, remove_guards_of

_FOLLOWS_ITS_HEAD = (
    "EXISTS (SELECT 1 FROM audit_chainhead WHERE audit_chainhead.chain = NEW.chain "
    "AND audit_chainhead.sequence = NEW.sequence AND audit_chainhead.mac = NEW.mac)"
)


class AuditConfig(AppConfig):
    """Registers the app, and the guards of its own events."""

    name = "reader_study.audit"
    label = "audit"

    def ready(self) -> None:
        """Guard the trail; guards step aside while a migration runs and are back after it."""
        from reader_study.audit import checks  # noqa: F401 - registers them

        guard(Guard("audit", "audit_event"))
        guard(
            Guard(
                "audit",
                "audit_event",
                f"NOT {_FOLLOWS_ITS_HEAD}",
                actions=("insert",),
                refusal="an event is added at the end of its chain, and nowhere else",
            )
        )
        guard(Guard("audit", "audit_chainhead", actions=("delete",)))
        guard(
            Guard(
                "audit",
                "audit_chainhead",
                "NEW.chain <> OLD.chain OR NEW.sequence <> OLD.sequence + 1",
                actions=("update",),
                refusal="the head of a chain moves one event forward, and nowhere else",
            )
        )
        pre_migrate.connect(remove_guards_of, dispatch_uid="audit.guards")
        post_migrate.connect(install_guards_of, dispatch_uid="audit.guards")
