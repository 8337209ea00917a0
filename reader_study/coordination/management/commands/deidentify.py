"""``manage.py deidentify PATH --out DIR``: what would be stored of DICOM files; no database."""

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reader_study.imaging.deidentification.folder import CaseCodes, Outcome, deidentify_path
from reader_study.imaging.deidentification.pseudonym import MIN_KEY_BYTES, Pseudonym
from reader_study.imaging.deidentification.report import PIXELS_NOT_EXAMINED
from reader_study.imaging.errors import ImagingError


class Command(BaseCommand):
    """De-identify a file, a folder or a zip into a new folder."""

    help = "De-identify DICOM files, folders or zips into a new folder; needs no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        parser.add_argument("path", type=Path, metavar="PATH")
        parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
        parser.add_argument(
            "--key-file",
            type=Path,
            metavar="FILE",
            help=f"secret of the study, {MIN_KEY_BYTES} or more random bytes; without it UIDs and "
            "dates of this run fit together, but not those of another run",
        )
        parser.add_argument(
            "--case-code",
            metavar="CODE",
            help="the patient's code, for files of one patient; without it patients are numbered",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """De-identify, and print a line for each file that needs one and a summary."""
        path: Path = options["path"]
        if not path.exists():
            raise CommandError(f"{path} does not exist.")
        codes = _codes(options)
        outcomes = []
        try:
            for outcome in deidentify_path(path, options["out"], codes):
                outcomes.append(outcome)
                if outcome.refusal:
                    self.stdout.write(f"{outcome.name}: {outcome.refusal}.")
        except ImagingError as error:
            raise CommandError(f"{error}.") from error
        self._summarise(outcomes, codes, options)

    def _summarise(
        self, outcomes: list[Outcome], codes: CaseCodes, options: dict[str, Any]
    ) -> None:
        reports = [outcome.report for outcome in outcomes if outcome.report]
        remarks = Counter(remark for report in reports for remark in report.remarks)
        for remark, count in remarks.items():
            if remark != PIXELS_NOT_EXAMINED:
                self.stdout.write(f"{remark}: {count} file(s).")
        kinds = Counter(report.kind for report in reports)
        counted = ", ".join(f"{count} {kind}" for kind, count in kinds.items()) or "none"
        self.stdout.write(f"Written: {counted}. Not written: {len(outcomes) - len(reports)}.")
        kept, replaced, dropped = (
            sum(sum(getattr(report, what).values()) for report in reports)
            for what in ("kept", "replaced", "dropped")
        )
        self.stdout.write(f"Elements kept {kept}, replaced {replaced}, dropped {dropped}.")
        if options["case_code"] and codes.patients > 1:
            self.stdout.write(
                self.style.WARNING(
                    f"{codes.patients} different patient IDs were given the one case code."
                )
            )
        if not options["key_file"]:
            self.stdout.write("No key file: another run gives other UIDs and dates.")
        if not reports:
            raise CommandError("Nothing was written: no file could be de-identified.")
        self.stdout.write(self.style.WARNING(f"{PIXELS_NOT_EXAMINED}."))


def _codes(options: dict[str, Any]) -> CaseCodes:
    key_file: Path | None = options["key_file"]
    try:
        key = key_file.read_bytes() if key_file else CaseCodes.new_key()
        code: str | None = options["case_code"]
        Pseudonym(key, code or "CASE-001")
    except OSError as error:
        raise CommandError(f"The key file cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise CommandError(str(error)) from error
    return CaseCodes(key, code)
