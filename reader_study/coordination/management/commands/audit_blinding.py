"""``manage.py audit_blinding``: whether raters of a live study can learn what they must not."""

import logging
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reader_study.audit.services import record
from reader_study.coordination.blinding.audit import BlindingAudit
from reader_study.coordination.blinding.findings import Findings
from reader_study.studies.models import Study


class Command(BaseCommand):
    """Audit the blinding of one study."""

    help = "Look for what tells the raters of a study more than the images; the study stays as is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        parser.add_argument("--study", required=True, metavar="SLUG")

    def handle(self, *args: Any, **options: Any) -> None:
        """Try everything as everybody, say what was tried, and fail where something leaks."""
        study = Study.objects.filter(slug=options["study"]).first()
        if study is None:
            known = ", ".join(Study.objects.values_list("slug", flat=True)) or "none"
            raise CommandError(f"There is no study “{options['study']}”. There are: {known}.")
        logging.disable(logging.ERROR)  # refusals by the hundred, all of them meant
        try:
            findings = BlindingAudit(study).run()
        finally:
            logging.disable(logging.NOTSET)
        record(
            action="blinding audited",
            actor=None,
            study_id=study.pk,
            subject=study.slug,
            responses=findings.responses,
            tokens=findings.tokens,
            leaks=len(findings.leaks),
        )
        self._say_what_was_tried(findings)
        for leak in findings.leaks:
            self.stdout.write(self.style.ERROR(f"LEAK {leak}"))
        if findings.leaks:
            raise CommandError(f"{len(findings.leaks)} leaks found in “{study.name}”.")
        self.stdout.write(self.style.SUCCESS(f"Nothing leaks in “{study.name}”."))

    def _say_what_was_tried(self, findings: Findings) -> None:
        say = self.stdout.write
        say(f"{findings.routes} routes, {findings.responses} responses, {findings.tokens} tokens")
        for visitor, count in findings.by_visitor.items():
            shown = findings.shown[visitor]
            say(f"  as {visitor}: {count} responses, {shown} of them of cases and images")
        statuses = ", ".join(f"{count}×{code}" for code, count in sorted(findings.statuses.items()))
        say(f"Answered with: {statuses}")
        say(f"{findings.searched} secret values searched for; left out:")
        for reason, count in findings.skipped.items():
            say(f"  {count}: {reason}")
        for sentence in findings.not_tried:
            say(f"Not tried: {sentence}")
