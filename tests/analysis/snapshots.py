"""Snapshots of constructed studies for the tests of reports and exports."""

from collections.abc import Sequence
from typing import Any

from reader_study.agreement import CaseGrades, Scale
from reader_study.agreement.constructed_tables import (
    CONSTRUCTED_NOTICE,
    SCALE_B,
    TABLE_B,
    expand_table,
)
from reader_study.agreement.constructed_tables import UNSCORABLE_B as UNSCORABLE
from reader_study.analysis.snapshot import SnapshotDocument, SnapshotRating, snapshot_sha256
from reader_study.studies.canonical_json import canonical_sha256

RATERS = ("Rater 1", "Rater 2")


def sealed(snapshot: SnapshotDocument) -> SnapshotDocument:
    """Return the snapshot with the hash of its present content."""
    return {**snapshot, "snapshot_sha256": snapshot_sha256(snapshot)}


def snapshot_of(
    cases: Sequence[CaseGrades],
    scale: Scale,
    *,
    raters: Sequence[str] = RATERS,
    **protocol_changes: Any,
) -> SnapshotDocument:
    """Return a sealed snapshot in which each rater read each case."""
    protocol = {
        "title": "Constructed study",
        "levels": [
            {"value": level.value, "name": level.name, "anchor": "…"} for level in scale.levels
        ],
        "high_from": scale.high_from,
        "unscorable_reasons": [{"code": "no_dsa", "label": "No DSA"}],
        "weights": "none",
        "confidence": 0.95,
        "ci_method": "percentile",
        "resamples": 20_000,
        "seed": 20260101,
        "require_all_runs_opened": True,
        **protocol_changes,
    }
    ratings = [
        rating(case.case, rater, grade, site=case.site)
        for case in cases
        for rater, grade in zip(raters, case.grades, strict=True)
    ]
    return sealed(
        {
            "study": {"id": "7f", "name": "Constructed", "data_notice": CONSTRUCTED_NOTICE},
            "protocol": protocol,
            "protocol_sha256": canonical_sha256(protocol),
            "model": None,
            "locked_at": "2026-01-02T03:04:05Z",
            "raters": [
                {"code": code, "username": f"user{number}"} for number, code in enumerate(raters)
            ],
            "ratings": ratings,
            "snapshot_sha256": "",
        }
    )


def rating(case: str, rater: str, grade: int | None, *, site: str = "North") -> SnapshotRating:
    """Return one rating with everything that does not matter filled in."""
    return {
        "case": case,
        "site": site,
        "rater": rater,
        "grade": grade,
        "unscorable_reason": "no_dsa" if grade is None else None,
        "comment": "",
        "submitted_at": "2026-01-01T10:00:00Z",
        "wall_seconds": 61.5,
    }


def constructed_b() -> SnapshotDocument:
    """Return constructed table B: 290 cases, five of them unscorable for rater 1."""
    cases = expand_table(TABLE_B, SCALE_B, unpaired=UNSCORABLE, sites=("North", "South"))
    return snapshot_of(cases, SCALE_B, weights="linear", resamples=100_000)
