"""Application registration."""

from django.apps import AppConfig


class StudiesConfig(AppConfig):
    """Registers the app under its short label."""

    name = "reader_study.studies"
    label = "studies"
