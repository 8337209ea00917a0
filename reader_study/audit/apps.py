"""Application registration."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Registers the app under its short label."""

    name = "reader_study.audit"
    label = "audit"
