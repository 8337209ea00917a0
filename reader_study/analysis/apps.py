"""Application registration."""

from django.apps import AppConfig


class AnalysisConfig(AppConfig):
    """Registers the app under its short label."""

    name = "reader_study.analysis"
    label = "analysis"
