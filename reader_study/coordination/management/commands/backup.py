"""``manage.py backup``: the whole installation in one folder, while people work."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reader_study.coordination.backup.contents import BackupError
from reader_study.coordination.backup.making import make_backup


class Command(BaseCommand):
    """Copy database and files, with a manifest that proves them whole."""

    help = "Copy the database and all files into a new folder. The keys are not in it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the backup and say what is in it."""
        folder: Path = options["folder"]
        try:
            manifest = make_backup(folder, self.stdout.write)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            self.style.SUCCESS(
                f"{folder}: {sum(manifest.rows.values())} rows, {len(manifest.files)} files, "
                f"{manifest.bytes / 1e9:.2f} GB. Keep the keys elsewhere; they are not in it."
            )
        )
