"""``manage.py delete_patient``: delete what is kept of a patient, on request."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reader_study.cohorts.models import Case
from reader_study.cohorts.refusals import CaseChangeRefusedError
from reader_study.coordination.deletion.again import apply_deletions
from reader_study.coordination.deletion.patients import delete_patient


class Command(BaseCommand):
    """Delete one patient, or all whom a list of deletions names."""

    help = "Delete a patient's images, identity and comments; grades and the audit trail stay."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        parser.add_argument("study", nargs="?", metavar="SLUG")
        parser.add_argument("case", nargs="?", metavar="CODE")
        parser.add_argument("--reason", default="", help="kept for good; name no patient")
        parser.add_argument(
            "--confirm", default="", metavar="CODE", help="the case's code once more"
        )
        parser.add_argument(
            "--again",
            type=Path,
            metavar="FILE",
            help="delete again whom deletions.jsonl names, after a backup was restored",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete, and say what became of it."""
        if options["again"]:
            count = apply_deletions(options["again"])
            self.stdout.write(self.style.SUCCESS(f"{count} deleted again."))
            return
        case = Case.objects.filter(study__slug=options["study"], code=options["case"]).first()
        if case is None:
            raise CommandError(f"The study {options['study']} has no case {options['case']}.")
        if options["confirm"] != case.code:
            raise CommandError(
                f"This cannot be undone. Say --confirm {case.code} to delete what is kept of the "
                f"patient of {case.code}."
            )
        try:
            deletion = delete_patient(case=case, reason=options["reason"], actor=None)
        except CaseChangeRefusedError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            self.style.SUCCESS(f"{case.code}: deleted on {deletion.at:%Y-%m-%d %H:%M} UTC.")
        )
