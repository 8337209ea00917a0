"""Snapshots of constructed studies for the tests of reports and exports."""

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np

from reader_study.agreement import CaseGrades, Level, Scale
from reader_study.agreement.constructed_tables import (
    CONSTRUCTED_NOTICE,
    SCALE_A,
    SCALE_B,
    TABLE_A,
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


def hostile(text: str) -> SnapshotDocument:
    """Return a small study in which every text that a person may type is ``text``."""
    cases = [
        CaseGrades("C-1", text, (1, 2)),
        CaseGrades("C-2", text, (2, 2)),
        CaseGrades("C-3", "Site", (2, None)),
    ]
    levels = (Level(1, text), Level(2, "Fair"))
    snapshot = snapshot_of(
        cases,
        Scale(levels, 2),
        raters=(text, "Rater 2"),
        title=text,
        unscorable_reasons=[{"code": "no_dsa", "label": text}],
        resamples=1000,
    )
    snapshot["study"] = {"id": "7f", "name": text, "data_notice": text}
    snapshot["model"] = {"name": text, "sha256": "ab" * 32, "notice": text}
    snapshot["ratings"][0]["comment"] = text
    return sealed(snapshot)


def simulated(
    seed: int,
    *,
    cases: int,
    levels: int,
    high_from: int,
    raters: Sequence[str] = RATERS,
    sites: Sequence[str] = ("East", "North", "West"),
    **protocol_changes: Any,
) -> SnapshotDocument:
    """Return a study at several sites whose raters err independently; a few cases unscorable."""
    generator = np.random.default_rng(seed)
    truth = generator.normal(size=cases)
    limits = np.linspace(-1.2, 1.2, levels - 1)
    seen = [truth + 0.6 * generator.normal(size=cases) for _ in raters]
    grades = [np.digitize(values, limits) + 1 for values in seen]
    scored = generator.random((cases, len(raters))) > 0.05
    records = [
        CaseGrades(
            f"S-{number:03d}",
            sites[number % len(sites)],
            tuple(
                int(grades[place][number]) if scored[number, place] else None
                for place in range(len(raters))
            ),
        )
        for number in range(cases)
    ]
    scale = Scale(
        tuple(Level(value, f"Level {value}") for value in range(1, levels + 1)), high_from
    )
    return snapshot_of(records, scale, raters=raters, **protocol_changes)


def four_raters(**changes: Any) -> SnapshotDocument:
    """Return a simulated study of four raters on a four-level scale."""
    settings: Any = {"cases": 80, "levels": 4, "high_from": 3, "weights": "linear", **changes}
    return simulated(3, raters=tuple(f"Rater {n}" for n in range(1, 5)), **settings)


def with_occlusions(snapshot: SnapshotDocument, *, unknown: bool = True) -> SnapshotDocument:
    """Return the study with side and segment of every case, not known of some."""
    sides = ["left", "right", "left", "both", *[""] * unknown]
    segments = ["M1", "ICA-T", "M1", "M2", "BA", "other", *[""] * unknown]
    cases = sorted({row["case"] for row in snapshot["ratings"]})
    ratings = copy.deepcopy(snapshot["ratings"])
    for row in ratings:
        number = cases.index(row["case"])
        row["occlusion_side"] = sides[number % len(sides)]
        row["occlusion_segment"] = segments[number % len(segments)]
    return sealed({**snapshot, "ratings": ratings})


def with_repeats(snapshot: SnapshotDocument) -> SnapshotDocument:
    """Return the study with every eleventh rating repeated, a level lower now and then."""
    lowest = snapshot["protocol"]["levels"][0]["value"]
    repeats = copy.deepcopy(snapshot["ratings"][::11])
    for number, row in enumerate(repeats):
        if row["grade"] is not None and number % 3 == 0:
            row["grade"] = max(lowest, row["grade"] - 1)
    return sealed({**snapshot, "repeats": repeats})


def with_items(snapshot: SnapshotDocument, territory: str = "M1") -> SnapshotDocument:
    """Return the study read in some order, with times, two territories and a question."""
    generator = np.random.default_rng(7)
    values = [level["value"] for level in snapshot["protocol"]["levels"]]
    protocol = {
        **snapshot["protocol"],
        "territories": [{"code": "m1", "label": territory}, {"code": "a-2", "label": "A2"}],
        "questions": [{"code": "usable", "label": "Usable?"}],
    }
    places: dict[str, list[int]] = {}
    ratings = copy.deepcopy(snapshot["ratings"])
    for rater in {row["rater"]: None for row in ratings}:
        count = sum(row["rater"] == rater for row in ratings)
        places[rater] = (generator.permutation(count) + 1).tolist()
    for row in ratings:
        place = places[row["rater"]].pop()
        row["position"] = place
        row["active_seconds"] = round(float(80 - 0.2 * place + 20 * generator.random()), 1)
        row["attempt"] = 2 if place == 5 else 1
        if row["grade"] is None:
            continue
        nearby = [value for value in values if abs(value - row["grade"]) <= 1]
        row["territory_grades"] = {
            "m1": int(generator.choice(nearby)),
            "a-2": "not-opacified" if generator.random() < 0.2 else row["grade"],
        }
        row["question_answers"] = {"usable": bool(row["grade"] > values[1])}
    return sealed(
        {
            **snapshot,
            "protocol": protocol,
            "protocol_sha256": canonical_sha256(protocol),
            "ratings": ratings,
        }
    )


def constructed_a() -> SnapshotDocument:
    """Return constructed table A: 178 cases, all graded by both."""
    return snapshot_of(expand_table(TABLE_A, SCALE_A), SCALE_A, resamples=100_000)


def constructed_b() -> SnapshotDocument:
    """Return constructed table B: 290 cases, five of them unscorable for rater 1."""
    cases = expand_table(TABLE_B, SCALE_B, unpaired=UNSCORABLE, sites=("North", "South"))
    return snapshot_of(cases, SCALE_B, weights="linear", resamples=100_000)
