"""Application registration."""

from django.apps import AppConfig


class SegmentationConfig(AppConfig):
    """Registers the app under its short label."""

    name = "reader_study.segmentation"
    label = "segmentation"
