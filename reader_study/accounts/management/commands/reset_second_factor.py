"""Let somebody in again who lost phone, passkeys and recovery codes."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reader_study.accounts.models import User
from reader_study.accounts.second_factor import remove_all


class Command(BaseCommand):
    """``manage.py reset_second_factor NAME``."""

    help = "Forget a person's second factors; they set new ones up after logging in."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say what is typed."""
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        """Forget the second factors, and end the person's sessions."""
        person = User.objects.filter(username=username).first()
        if person is None:
            raise CommandError(f"There is nobody with the user name “{username}”.")
        remove_all(person=person, actor=None)
        self.stdout.write(f"{username} logs in with the password alone now.")
