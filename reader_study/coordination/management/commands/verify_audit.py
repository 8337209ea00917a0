"""``manage.py verify_audit``: whether the audit trail is still what was written."""

import json
import re
from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import asdict, replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reader_study.audit.chain import SYSTEM
from reader_study.audit.verification import (
    ChainCheck,
    PrintedHead,
    chains,
    check_chain,
    fault_of_printed_head,
)
from reader_study.signatures.verification import check_signatures
from reader_study.studies.models import Study

_PRINTED = re.compile(r"(?P<study>[-\w]+):(?P<sequence>[1-9]\d*):(?P<mac>[0-9a-fA-F]{16,64})")


def printed_head(text: str) -> re.Match[str]:
    """Read a head as exports show it, with its study before it."""
    found = _PRINTED.fullmatch(text)
    if found is None:
        raise ArgumentTypeError(
            f"“{text}” is no head; write STUDY:SEQUENCE:MAC, such as lvo-2026:1234:0123456789abcdef"
        )
    return found


class Command(BaseCommand):
    """Verify the chains of all studies, or of one."""

    help = "Verify the chain of the audit trail; ends with status 1 at the first broken place."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        parser.add_argument(
            "--study", metavar="SLUG", help=f"one study's chain, or “{SYSTEM}”; else all"
        )
        parser.add_argument(
            "--expect-head",
            action="append",
            default=[],
            type=printed_head,
            metavar="STUDY:SEQUENCE:MAC",
            help="a head that an export shows; shows what was cut off or written anew since",
        )
        parser.add_argument("--json", action="store_true", help="print JSON instead of sentences")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check each chain, say what was found, and fail where one is broken."""
        slugs = {str(study.pk): study.slug for study in Study.objects.all()}
        chosen = options["study"]
        wanted = [_chain(chosen, slugs)] if chosen else sorted({*chains(), *slugs})
        printed = [
            PrintedHead(_chain(found["study"], slugs), int(found["sequence"]), found["mac"])
            for found in options["expect_head"]
        ]
        wanted += sorted({head.chain for head in printed} - set(wanted))
        checks = [_checked(chain, printed) for chain in wanted]
        names = {chain: slugs.get(chain, chain) for chain in wanted}
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(checks, names), indent=2))
        else:
            for check in checks:
                self._say(check, names[check.chain])
        broken = [names[check.chain] for check in checks if check.fault]
        if broken:
            raise CommandError(f"The audit trail is broken: {', '.join(broken)}.")
        forged = [
            study.slug for study in Study.objects.filter(pk__in=_ids(wanted)) if _at_fault(study)
        ]
        if forged:
            raise CommandError(
                f"Signatures do not hold: {', '.join(forged)}. Run `verify_signatures`."
            )

    def _say(self, check: ChainCheck, name: str) -> None:
        if check.fault:
            self.stdout.write(self.style.ERROR(f"{name}: BROKEN. {check.fault.sentence}"))
            self.stdout.write(f"  {check.checked} of {check.events} events hold, up to that place.")
        else:
            self.stdout.write(
                self.style.SUCCESS(
                    f"{name}: unbroken, {check.events} events, head {check.head or 'none'}"
                )
            )


def _ids(chains: list[str]) -> list[str]:
    return [chain for chain in chains if chain != SYSTEM]


def _at_fault(study: Study) -> bool:
    return any(check.fault for check in check_signatures(study))


def _checked(chain: str, printed: list[PrintedHead]) -> ChainCheck:
    check = check_chain(chain)
    for head in printed:
        if head.chain == chain and not check.fault:
            check = replace(check, fault=fault_of_printed_head(head))
    return check


def _chain(name: str, slugs: dict[str, str]) -> str:
    """Return the chain of a study named by its slug or its identifier."""
    if name == SYSTEM or name in slugs or name in chains():
        return name
    for chain, slug in slugs.items():
        if slug == name:
            return chain
    known = ", ".join(slugs.values()) or "none"
    raise CommandError(f"There is no study “{name}”. There are: {known}.")


def _as_json(checks: list[ChainCheck], names: dict[str, str]) -> dict[str, Any]:
    return {
        "state": "broken" if any(check.fault for check in checks) else "unbroken",
        "chains": [
            {
                "study": names[check.chain],
                "chain": check.chain,
                "state": check.state,
                "events": check.events,
                "checked": check.checked,
                "head": asdict(check.head) if check.head else None,
                "fault": asdict(check.fault) if check.fault else None,
            }
            for check in checks
        ],
    }
