"""Application registration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate

from reader_study.audit.guards import Guard, guard, install_guards_of, remove_guards_of


class AuditConfig(AppConfig):
    """Registers the app, and the guard of its own events."""

    name = "reader_study.audit"
    label = "audit"

    def ready(self) -> None:
        """Guard the trail; guards step aside while a migration runs and are back after it."""
        guard(Guard("audit", "audit_event"))
        pre_migrate.connect(remove_guards_of, dispatch_uid="audit.guards")
        post_migrate.connect(install_guards_of, dispatch_uid="audit.guards")
