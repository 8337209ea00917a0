"""Application registration."""

from django.apps import AppConfig


class CohortsConfig(AppConfig):
    """Registers the app under its short label."""

    name = "reader_study.cohorts"
    label = "cohorts"
