"""``manage.py rotate_audit_key``: new events stand under a new key, old ones stay as they are."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from reader_study.audit.keys import key_file, rotate_key_file
from reader_study.audit.services import record


class Command(BaseCommand):
    """Rotate the key of the embedded installation."""

    help = "Put a new audit key into use; the former ones stay in the file, to verify with."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Add a key to the file and note it in the trail, as the first event under the new key."""
        try:
            key_id = rotate_key_file()
        except ValueError as error:
            raise CommandError(str(error)) from error
        record(action="audit key rotated", actor=None, subject=key_id)
        self.stdout.write(f"New events stand under the key {key_id} in {key_file()}.")
