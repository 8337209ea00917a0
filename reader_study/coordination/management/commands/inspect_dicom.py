"""``manage.py inspect_dicom PATH…``: what an upload of these files would be taken for."""

import json
from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reader_study.imaging.gates import Verdict
from reader_study.imaging.inspection import Geometry, Inspection, SeriesReport, inspect
from reader_study.imaging.plain_data import to_plain
from reader_study.imaging.supervised import SupervisedReader


class Command(BaseCommand):
    """Report on DICOM files, folders and zips; nothing is stored and no database is needed."""

    help = "Say what DICOM files, folders or zips hold, how it lies and what is wrong with it."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        """Inspect and print."""
        paths: list[Path] = options["paths"]
        for path in paths:
            if not path.exists():
                raise CommandError(f"{path} does not exist.")
        with (
            TemporaryDirectory(prefix="reader-study-inspect-") as work_directory,
            SupervisedReader() as reader,
        ):
            inspection = inspect(paths, Path(work_directory), reader)
        if options["json"]:
            self.stdout.write(json.dumps(to_plain(inspection), indent=2, ensure_ascii=False))
        else:
            self._print(inspection)

    def _print(self, inspection: Inspection) -> None:
        styles = {
            Verdict.PASS: self.style.SUCCESS,
            Verdict.CORRECTED: self.style.SUCCESS,
            Verdict.FLAGGED: self.style.WARNING,
            Verdict.REFUSED: self.style.ERROR,
        }
        for series in inspection.series:
            self.stdout.write(styles[series.verdict](_headline(series)))
            for gate in series.gates:
                self.stdout.write(f"    {gate.verdict:<9}  {gate.name}: {gate.sentence}")
        for refusal in inspection.refused:
            self.stdout.write(self.style.ERROR(f"refused  {refusal.name}: {refusal.reason}"))
        for out in inspection.left_out:
            self.stdout.write(f"left out  {out.name}: {out.reason}")
        self.stdout.write(
            f"Series: {len(inspection.series)}. Files refused: {len(inspection.refused)}."
        )


def _headline(series: SeriesReport) -> str:
    more = f" and {len(series.files) - 1:,} more" if len(series.files) > 1 else ""
    words = f"{series.kind:<5}  {series.verdict:<9}  {_in_words(series.geometry)}"
    return f"{words}  ({series.files[0]}{more})"


def _in_words(geometry: Geometry | None) -> str:
    if geometry is None:
        return "no image"
    words = [" × ".join(map(str, geometry.size))]
    if geometry.spacing_mm:
        words.append(" × ".join(f"{mm:.3g}" for mm in geometry.spacing_mm) + " mm")
    if geometry.tilt_deg is not None:
        words.append(f"tilt {geometry.tilt_deg:.1f}°")
    if geometry.orientation:
        words.append(geometry.orientation)
    return ", ".join(words)
