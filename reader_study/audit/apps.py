"""Application registration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from reader_study.audit.guards import Guard, guard, install_guards_of


class AuditConfig(AppConfig):
    """Registers the app, and the guard of its own events."""

    name = "reader_study.audit"
    label = "audit"

    def ready(self) -> None:
        """Guard the trail, and install all apps' guards whenever a migration has run."""
        guard(Guard("audit", "audit_event"))
        post_migrate.connect(install_guards_of, dispatch_uid="audit.guards")
