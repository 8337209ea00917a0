"""Let somebody log in again at once who typed too many wrong passwords or codes."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reader_study.accounts.lockout import lift_lockout
from reader_study.accounts.models import User


class Command(BaseCommand):
    """``manage.py lift_lockout NAME``."""

    help = "Forget a person's wrong log-in attempts."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say what is typed."""
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        """Forget the attempts."""
        person = User.objects.filter(username=username).first()
        if person is None:
            raise CommandError(f"There is nobody with the user name “{username}”.")
        count = lift_lockout(person=person, actor=None)
        self.stdout.write(f"{count} wrong attempts of {username} are forgotten.")
