"""``manage.py import_model``: take over a model that was trained with nnU-Net."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inference.errors import InferenceError
from inference.models.importing.command import add_import_arguments
from reader_study.segmentation.model_imports import import_foreign_model


class Command(BaseCommand):
    """Import a model from the command line; whoever runs it administers the installation."""

    help = "Import a model of nnU-Net: a results folder or an exported zip."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        add_import_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, register, and say under which hash."""
        try:
            model = import_foreign_model(
                source=options["source"],
                name=options["name"],
                notice=options["notice"],
                configuration=options["configuration"],
                precision=options["precision"],
                smallest_component_mm3=options["smallest_component_mm3"],
                actor=None,
            )
        except InferenceError as error:
            raise CommandError(str(error)) from error
        for remark in model.card["origin"]["remarks"]:
            self.stdout.write(self.style.WARNING(remark))
        self.stdout.write(self.style.SUCCESS(f"{model.name}, SHA-256 {model.sha256}"))
        self.stdout.write(f"Its files are in {model.directory}")
