"""``manage.py create_demo``: the demo study and the study of constructed ratings."""

from typing import Any

from django.core.management.base import BaseCommand

from reader_study.coordination.demo import (
    DEMO_PASSWORD,
    DEMO_PEOPLE,
    create_demo_study,
    load_constructed_study,
)


class Command(BaseCommand):
    """Create what ``make demo`` shows; running it again changes nothing."""

    help = "Create the demo study (phantoms only) and the study of constructed ratings."

    def handle(self, *args: Any, **options: Any) -> None:
        """Create both studies and print the log-ins."""
        for study in (create_demo_study(), load_constructed_study()):
            self.stdout.write(f"Study “{study.name}” ({study.slug}): {study.data_notice}")
        for username, full_name in DEMO_PEOPLE.items():
            self.stdout.write(f"Log-in {username} / {DEMO_PASSWORD}  ({full_name})")
