"""``manage.py create_demo``: the demo study and the studies of constructed ratings."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inference.demo.model import DEMO_MODEL_DIRECTORY
from inference.errors import ModelError
from reader_study.coordination.constructed_studies import CONSTRUCTED_STUDIES
from reader_study.coordination.demo import (
    DEMO_PASSWORD,
    DEMO_PEOPLE,
    create_demo_study,
    load_constructed_study,
)


class Command(BaseCommand):
    """Create what ``make demo`` shows; running it again changes nothing."""

    help = "Create the demo study (phantoms only) and the studies of constructed ratings."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        parser.add_argument(
            "--model",
            type=Path,
            default=DEMO_MODEL_DIRECTORY,
            metavar="DIRECTORY",
            help="model of a demo study that does not exist yet (default: the one shipped)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the studies and print the log-ins."""
        try:
            demo = create_demo_study(model_directory=options["model"].resolve())
        except ModelError as error:
            raise CommandError(str(error)) from error
        for study in (demo, *map(load_constructed_study, CONSTRUCTED_STUDIES)):
            self.stdout.write(f"Study “{study.name}” ({study.slug}): {study.data_notice}")
        for username, full_name in DEMO_PEOPLE.items():
            self.stdout.write(f"Log-in {username} / {DEMO_PASSWORD}  ({full_name})")
