"""Snapshot and report in one file, for programs and for the record."""

from pathlib import Path
from typing import Any

from reader_study.analysis.snapshot import SnapshotDocument
from reader_study.studies.canonical_json import canonical_json

EXPORT_SCHEMA = Path(__file__).with_name("export.schema.json")
"""JSON Schema (2020-12) of what :func:`report_json` returns."""


def report_json(snapshot: SnapshotDocument, report: dict[str, Any]) -> str:
    """Return snapshot and report as canonical JSON: ``{"report": …, "snapshot": …}``.

    Sorted keys and one form for one value: the same snapshot always gives the same bytes. Hashing
    the canonical form of ``snapshot`` without its key ``snapshot_sha256`` gives that key's value.
    :data:`EXPORT_SCHEMA` describes it.

    Raises
    ------
    ValueError
        If the report is of another snapshot.
    """
    check_same_snapshot(snapshot, report)
    return canonical_json({"report": report, "snapshot": snapshot}).decode()


def check_same_snapshot(snapshot: SnapshotDocument, report: dict[str, Any]) -> None:
    """Refuse to put a report beside ratings that it was not computed from.

    Raises
    ------
    ValueError
        If the two carry different hashes.
    """
    if report["snapshot_sha256"] != snapshot["snapshot_sha256"]:
        raise ValueError("The report was computed from another snapshot; compute it again.")
