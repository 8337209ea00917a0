"""``manage.py agreement RATINGS.csv``: the statistics of a study without a database."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any, get_args

from django.core.management.base import BaseCommand, CommandError

from reader_study.agreement.contingency import checked_table
from reader_study.agreement.kappa import WeightScheme
from reader_study.agreement.ratings_file import Ratings, read_ratings
from reader_study.agreement.resampling import DEFAULT_RESAMPLES, BootstrapPlan, IntervalMethod
from reader_study.agreement.scale import Level, Scale
from reader_study.agreement.summary import agreement_summary, ratings_of_table
from reader_study.agreement.summary_text import summary_text


class Command(BaseCommand):
    """Print rates, κ and what belongs beside them, from a CSV file or a table."""

    help = "Agreement of raters from a CSV (case, rater, grade) or a table; needs no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        parser.add_argument("ratings", nargs="?", type=Path, metavar="RATINGS.csv")
        parser.add_argument(
            "--table", type=_table, help="counts instead of a file: rows rater 1, columns rater 2"
        )
        parser.add_argument("--levels", type=_levels, help="the declared scale, such as 1,2,3,4")
        parser.add_argument("--high", type=int, help="lowest level that counts as high quality")
        parser.add_argument("--weights", choices=get_args(WeightScheme), default="none")
        parser.add_argument("--resamples", type=int, default=DEFAULT_RESAMPLES)
        parser.add_argument("--method", choices=get_args(IntervalMethod), default="percentile")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--cluster", metavar="COLUMN", help="column of the patient of a case")
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compute and print."""
        try:
            scale = _scale(options)
            ratings = _ratings(options, scale)
            plan = BootstrapPlan(options["seed"], options["method"], options["resamples"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        summary = agreement_summary(ratings, scale, options["weights"], plan)
        if options["json"]:
            self.stdout.write(json.dumps(summary, ensure_ascii=False, allow_nan=False, indent=2))
        else:
            self.stdout.write(summary_text(summary, scale, plan))


def _scale(options: dict[str, Any]) -> Scale:
    values: list[int] | None = options["levels"]
    if values is None:
        if options["table"] is None:
            raise CommandError(
                "Declare the scale with --levels, lowest first, for example --levels 1,2,3,4: "
                "a level that nobody used counts too."
            )
        values = list(range(1, len(checked_table(options["table"])) + 1))
    high: int | None = options["high"]
    if high is None:
        if len(values) != 2:
            choices = ", ".join(map(str, values[1:]))
            raise CommandError(f"Say with --high from which level quality is high: {choices}.")
        high = values[1]
    return Scale.declare([Level(value, str(value)) for value in values], high)


def _ratings(options: dict[str, Any], scale: Scale) -> Ratings:
    path: Path | None = options["ratings"]
    if (path is None) == (options["table"] is None):
        raise CommandError("Give either a CSV file of ratings or --table.")
    if path is not None:
        return read_ratings(path, scale, cluster_column=options["cluster"])
    if options["cluster"]:
        raise CommandError("A table has no clusters; --cluster needs a CSV file of ratings.")
    return ratings_of_table(options["table"], scale)


def _levels(text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise ArgumentTypeError(
            f"levels are whole numbers separated by commas, such as 1,2,3,4; got “{text}”"
        ) from None


def _table(text: str) -> list[list[float]]:
    try:
        table: list[list[float]] = json.loads(text)
        checked_table(table)
    except (TypeError, ValueError) as error:
        raise ArgumentTypeError(
            f"a table is a square list of rows of counts, such as [[40,9],[6,45]]; got “{text}”"
        ) from error
    return table
