"""``manage.py simulate_study``: a study of simulated ratings, for demos, guides and load."""

import secrets
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from reader_study.coordination.management.protocol_argument import read_protocol
from reader_study.coordination.simulation import (
    SIMULATED_PROTOCOL,
    phantom_packs,
    simulate_study,
    simulated_staff,
)
from reader_study.reading.refusals import NotPossibleError
from reader_study.studies.models import Study, StudyState

STATES = [StudyState.SETUP, StudyState.READING, StudyState.LOCKED]


def _cases(text: str) -> int:
    return _between(text, 1, 2000)


def _raters(text: str) -> int:
    return _between(text, 2, 20)


def _seed(text: str) -> int:
    return _between(text, 0, 2**32 - 1)


def _between(text: str, least: int, most: int) -> int:
    if not text.isdecimal() or not least <= int(text) <= most:
        raise ArgumentTypeError(f"write a whole number from {least} to {most}, not “{text}”")
    return int(text)


class Command(BaseCommand):
    """Make a complete study without a patient or a reader."""

    help = "Make a study of simulated ratings on phantom images; the same seed gives the same."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        parser.add_argument("--cases", type=_cases, required=True, metavar="N")
        parser.add_argument("--raters", type=_raters, required=True, metavar="R")
        parser.add_argument("--seed", type=_seed, required=True, metavar="S")
        parser.add_argument("--slug", help="default: simulated-N-R-S")
        parser.add_argument("--name", help="name on the pages; default: Simulated study S")
        parser.add_argument("--state", choices=STATES, default=StudyState.LOCKED)
        parser.add_argument("--password", help="of new people; default: a random one, printed")
        parser.add_argument(
            "--protocol",
            type=Path,
            metavar="JSON",
            help="default: four levels with territories, calibration and hidden repeats",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make everything or nothing; print the password of new people once."""
        # Building the images takes so long that nobody else should wait for it.
        phantom_packs()
        with transaction.atomic():
            self._make(options)

    def _make(self, options: dict[str, Any]) -> None:
        cases, raters, seed = options["cases"], options["raters"], options["seed"]
        slug = options["slug"] or f"simulated-{cases}-{raters}-{seed}"
        if Study.objects.filter(slug=slug).exists():
            raise CommandError(f"There is a study “{slug}” already: name another with --slug.")
        protocol = read_protocol(options["protocol"]) if options["protocol"] else SIMULATED_PROTOCOL
        password = options["password"] or secrets.token_urlsafe(12)
        staff = simulated_staff(raters, password)
        try:
            study = simulate_study(
                slug=slug,
                name=options["name"] or f"Simulated study {seed}",
                cases=cases,
                seed=seed,
                staff=staff,
                protocol=protocol,
                state=StudyState(options["state"]),
            )
        except NotPossibleError as error:
            raise CommandError(str(error)) from error
        for person in staff.newly_made:
            self.stdout.write(f"New person {person.username}, password {password} (shown once)")
        done = f"Study “{study.name}” ({study.slug}), {study.get_state_display().lower()}: {cases} "
        self.stdout.write(self.style.SUCCESS(f"{done}cases, {raters} raters."))
