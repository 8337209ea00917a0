"""``manage.py restore``: an empty installation becomes the one that was backed up."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reader_study.coordination.backup.contents import BackupError
from reader_study.coordination.backup.restoring import restore_backup


class Command(BaseCommand):
    """Bring database and files back and compare them with the manifest."""

    help = "Restore a backup into an empty installation and verify it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--deletions",
            type=Path,
            metavar="FILE",
            help="deletions.jsonl with the patients who were deleted since; by default the one in "
            "the data folder",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore, verify, and say what to do next."""
        try:
            manifest = restore_backup(options["folder"], self.stdout.write, options["deletions"])
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            self.style.SUCCESS(
                f"Restored and verified: {sum(manifest.rows.values())} rows and "
                f"{len(manifest.files)} files as of {manifest.made_at}."
            )
        )
        self.stdout.write("Run `manage.py migrate`, then start the workers.")
