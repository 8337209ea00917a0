"""Application registration."""

from django.apps import AppConfig


class CoordinationConfig(AppConfig):
    """Registers the app under its short label."""

    name = "reader_study.coordination"
    label = "coordination"
