"""Snapshot and report in one file, for programs and for the record."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reader_study.analysis.snapshot import SnapshotDocument
from reader_study.signatures.printed import PrintedSignature
from reader_study.studies.canonical_json import canonical_json

EXPORT_SCHEMA = Path(__file__).with_name("export.schema.json")
"""JSON Schema (2020-12) of what :func:`report_json` returns."""


def report_json(
    snapshot: SnapshotDocument, report: dict[str, Any], signatures: Sequence[PrintedSignature] = ()
) -> str:
    """Return as canonical JSON: ``{"report": …, "signatures": […], "snapshot": …}``.

    The raters' signatures stand in the snapshot; ``signatures`` are those given since.

    Sorted keys and one form for one value: the same snapshot always gives the same bytes. Hashing
    the canonical form of ``snapshot`` without its key ``snapshot_sha256`` gives that key's value.
    :data:`EXPORT_SCHEMA` describes it.

    Raises
    ------
    ValueError
        If the report is of another snapshot.
    """
    check_same_snapshot(snapshot, report)
    content = {"report": report, "signatures": list(signatures), "snapshot": snapshot}
    return canonical_json(content).decode()


def check_same_snapshot(snapshot: SnapshotDocument, report: dict[str, Any]) -> None:
    """Refuse to put a report beside ratings that it was not computed from.

    Raises
    ------
    ValueError
        If the two carry different hashes.
    """
    if report["snapshot_sha256"] != snapshot["snapshot_sha256"]:
        raise ValueError("The report was computed from another snapshot; compute it again.")
