"""``manage.py apply_retention``: take away what was kept for its time."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from reader_study.coordination.deletion.retention import apply_rule, rules


class Command(BaseCommand):
    """Say what is overdue; with ``--apply``, take it away."""

    help = "Show raw uploads and notices that are kept no longer; --apply takes them away."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        parser.add_argument("--apply", action="store_true", help="do it; else it is only said")

    def handle(self, *args: Any, **options: Any) -> None:
        """Go through the rules."""
        for rule in rules():
            if rule.days is None:
                self.stdout.write(f"{rule.what}: kept without limit")
            elif options["apply"]:
                self.stdout.write(f"{rule.what}: {apply_rule(rule)} of {rule.days} days taken away")
            else:
                count = rule.overdue.count()
                self.stdout.write(f"{rule.what}: {count} older than {rule.days} days")
        if not options["apply"]:
            self.stdout.write("Nothing was changed. --apply takes them away.")
