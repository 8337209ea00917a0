"""``manage.py verify_backup``: whether a backup is still what was written."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reader_study.coordination.backup.contents import BackupError, check_backup
from reader_study.coordination.deletion.ledger import ledger_file, noted_deletions


class Command(BaseCommand):
    """Read every byte of a backup and compare it with the manifest."""

    help = "Check every file of a backup against its manifest; nothing is written."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, and fail where a file is missing or changed."""
        try:
            manifest = check_backup(options["folder"])
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            self.style.SUCCESS(
                f"Whole: made at {manifest.made_at}, {manifest.vendor}, "
                f"{len(manifest.files)} files, {manifest.bytes / 1e9:.2f} GB."
            )
        )
        since = [row for row in noted_deletions(ledger_file()) if row.at > manifest.made_at]
        if since:
            self.stdout.write(
                self.style.WARNING(
                    f"It still holds the data of {len(since)} patients who were deleted since. "
                    f"A restore deletes them again by {ledger_file()}; keep that list, and destroy "
                    "the backup when its time is over."
                )
            )
