"""``manage.py create_study``: a study with its sites, people and model, ready for its cohort."""

import secrets
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from inference.errors import ModelError
from reader_study.accounts.models import User
from reader_study.coordination.management.protocol_argument import read_protocol
from reader_study.segmentation.services import choose_model, register_model
from reader_study.studies.models import Study
from reader_study.studies.protocol_templates import SIGNED_FOUR_POINT_PROTOCOL
from reader_study.studies.services import add_coordinator, add_rater, create_study


def _site(text: str) -> tuple[str, str]:
    code, separator, name = text.partition("=")
    if not (separator and code and name):
        raise ArgumentTypeError(f"write a site as CODE=NAME, not “{text}”")
    return code, name


class Command(BaseCommand):
    """Create a study from the command line."""

    help = "Create a study with its sites, people and model."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        parser.add_argument("slug", help="short name for commands, such as lvo-2026")
        parser.add_argument("--name", required=True, help="name on the pages")
        parser.add_argument(
            "--site", type=_site, action="append", required=True, metavar="CODE=NAME"
        )
        parser.add_argument("--coordinator", required=True, metavar="USERNAME")
        parser.add_argument(
            "--rater", action="append", required=True, metavar="USERNAME", help="once for each"
        )
        parser.add_argument("--model", type=Path, required=True, metavar="DIRECTORY")
        parser.add_argument(
            "--protocol", type=Path, metavar="JSON", help="default: four levels, high from 3"
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Create everything or nothing, and print the passwords of new people once."""
        if Study.objects.filter(slug=options["slug"]).exists():
            raise CommandError(f"There is a study “{options['slug']}” already.")
        coordinator = self._person(options["coordinator"])
        try:
            model = register_model(directory=options["model"].resolve(), actor=coordinator)
        except ModelError as error:
            raise CommandError(str(error)) from error
        study = create_study(
            slug=options["slug"],
            name=options["name"],
            protocol=read_protocol(options["protocol"])
            if options["protocol"]
            else SIGNED_FOUR_POINT_PROTOCOL,
            sites=dict(options["site"]),
            actor=coordinator,
            data_notice=model.notice,
        )
        add_coordinator(study=study, user=coordinator, actor=coordinator)
        for username in options["rater"]:
            if username == options["coordinator"]:
                raise CommandError(f"{username} cannot both coordinate and rate.")
            add_rater(study=study, user=self._person(username), actor=coordinator)
        choose_model(study=study, model=model, actor=coordinator)
        self.stdout.write(self.style.SUCCESS(f"Study “{study.name}” created."))

    def _person(self, username: str) -> User:
        known = User.objects.filter(username=username).first()
        if known is not None:
            return known
        password = secrets.token_urlsafe(12)
        person = User.objects.create_user(username, password=password)
        self.stdout.write(f"New person {username}, password {password} (shown once)")
        return person
