"""Application registration."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Registers the app."""

    name = "reader_study.api"
    label = "api"
