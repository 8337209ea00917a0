"""Application registration."""

from django.apps import AppConfig


class ReadingConfig(AppConfig):
    """Registers the app under its short label."""

    name = "reader_study.reading"
    label = "reading"
