"""``manage.py verify_signatures``: whether what was signed still stands there."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reader_study.audit.verification import check_chain
from reader_study.signatures.verification import SignatureCheck, check_signatures
from reader_study.studies.models import Study


class Command(BaseCommand):
    """Verify the signatures of all studies, or of one."""

    help = (
        "Compare every signature with the audit trail and with what was signed; ends with status "
        "1 where one does not hold."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        parser.add_argument("--study", metavar="SLUG", help="one study; else all")
        parser.add_argument("--json", action="store_true", help="print JSON instead of sentences")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check each study's chain and signatures, say what was found, and fail where one fails."""
        studies = Study.objects.order_by("slug")
        if options["study"]:
            studies = studies.filter(slug=options["study"])
            if not studies:
                raise CommandError(f"There is no study “{options['study']}”.")
        found = {study.slug: check_signatures(study) for study in studies}
        chains = {study.slug: check_chain(str(study.pk)).fault for study in studies}
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(found), indent=2))
        else:
            for slug, checks in found.items():
                self._say(slug, checks)
                if chains[slug] is not None:
                    self.stdout.write(
                        self.style.ERROR(f"{slug}: the audit trail that vouches is broken.")
                    )
        broken = [
            slug
            for slug, checks in found.items()
            if chains[slug] is not None or any(check.fault for check in checks)
        ]
        if broken:
            raise CommandError(f"Signatures do not hold: {', '.join(broken)}.")

    def _say(self, slug: str, checks: list[SignatureCheck]) -> None:
        for check in checks:
            if check.fault:
                self.stdout.write(
                    self.style.ERROR(
                        f"{slug}: {check.kind}, {check.name} ({check.id}): {check.fault}"
                    )
                )
        self.stdout.write(f"{slug}: {in_words(checks)}")


def in_words(checks: list[SignatureCheck]) -> str:
    """Return how many signatures there are, and how many of them hold."""
    voided = sum(check.is_voided for check in checks if not check.fault)
    faults = sum(check.fault is not None for check in checks)
    return (
        f"{len(checks)} signatures, {len(checks) - voided - faults} hold, {voided} voided, "
        f"{faults} at fault"
    )


def _as_json(found: dict[str, list[SignatureCheck]]) -> dict[str, Any]:
    return {
        "state": "at fault" if any(c.fault for row in found.values() for c in row) else "hold",
        "studies": {slug: [asdict(check) for check in checks] for slug, checks in found.items()},
    }
