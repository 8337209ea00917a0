"""Which cases a third reader decides, and the consensus that follows. Pure functions.

Nothing here touches the report: agreement is that of the raters, before anybody reconciled them.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import Literal, NotRequired, TypedDict

from reader_study.analysis.snapshot import (
    AuditHead,
    SnapshotDocument,
    SnapshotRating,
    SnapshotStudy,
)
from reader_study.signatures.printed import PrintedSignature
from reader_study.studies.canonical_json import canonical_sha256

Rule = Literal["none", "any-difference", "across-cut-point", "two-levels-apart"]
How = Literal["agreed", "adjudicated", "not adjudicated"]

FAR_APART = 2


class ConsensusCase(TypedDict):
    """What counts for a case in the end; None where the raters were left to differ.

    ``high`` can be known where ``grade`` is not: raters may differ on one side of the cut-point.
    """

    case: str
    site: str
    how: How
    grade: int | None
    high: bool | None
    unscorable: bool


class ConsensusDocument(TypedDict):
    """The consensus of a study. ``consensus_sha256`` covers every other key."""

    study: SnapshotStudy
    snapshot_sha256: str
    protocol_sha256: str
    rule: Rule
    adjudicator: str
    concluded_at: str
    cases: list[ConsensusCase]
    adjudication: list[SnapshotRating]
    signatures: NotRequired[list[PrintedSignature]]
    audit_head: NotRequired[AuditHead]
    consensus_sha256: str


def cases_to_adjudicate(snapshot: SnapshotDocument) -> list[str]:
    """Return the codes of the cases on which the raters differ by the protocol's rule."""
    rule, high_from = rule_of(snapshot), snapshot["protocol"]["high_from"]
    return [
        case
        for case, ratings in ratings_by_case(snapshot).items()
        if raters_differ([row["grade"] for row in ratings], rule, high_from)
    ]


def rule_of(snapshot: SnapshotDocument) -> Rule:
    """Return the protocol's rule; protocols of the first release had none."""
    rule: Rule = snapshot["protocol"].get("adjudication", "none")
    return rule


def ratings_by_case(snapshot: SnapshotDocument) -> dict[str, list[SnapshotRating]]:
    """Return the ratings that count, by case, in the order of the codes."""
    by_case: dict[str, list[SnapshotRating]] = {}
    for rating in sorted(snapshot["ratings"], key=lambda row: row["case"]):
        by_case.setdefault(rating["case"], []).append(rating)
    return by_case


def raters_differ(grades: Sequence[int | None], rule: Rule, high_from: int) -> bool:
    """Whether any two raters differ by the rule. None is unscorable."""
    return any(_pair_differs(*pair, rule, high_from) for pair in combinations(grades, 2))


def _pair_differs(first: int | None, second: int | None, rule: Rule, high_from: int) -> bool:
    if rule == "none" or first == second:
        return False
    if first is None or second is None or rule == "any-difference":
        return True
    if rule == "across-cut-point":
        return (first >= high_from) != (second >= high_from)
    return abs(first - second) >= FAR_APART


def consensus_cases(
    snapshot: SnapshotDocument, adjudication: Sequence[SnapshotRating]
) -> list[ConsensusCase]:
    """Return the consensus of every case, from the snapshot and what the adjudicator said."""
    decided = {rating["case"]: rating for rating in adjudication}
    high_from: int = snapshot["protocol"]["high_from"]
    return [
        _decided(decided[case], high_from) if case in decided else _undecided(ratings, high_from)
        for case, ratings in ratings_by_case(snapshot).items()
    ]


def _decided(rating: SnapshotRating, high_from: int) -> ConsensusCase:
    grade = rating["grade"]
    return {
        "case": rating["case"],
        "site": rating["site"],
        "how": "adjudicated",
        "grade": grade,
        "high": None if grade is None else grade >= high_from,
        "unscorable": grade is None,
    }


def _undecided(ratings: Sequence[SnapshotRating], high_from: int) -> ConsensusCase:
    grades = {row["grade"] for row in ratings}
    sides = {None if grade is None else grade >= high_from for grade in grades}
    return {
        "case": ratings[0]["case"],
        "site": ratings[0]["site"],
        "how": "agreed" if len(grades) == 1 else "not adjudicated",
        "grade": next(iter(grades)) if len(grades) == 1 else None,
        "high": next(iter(sides)) if len(sides) == 1 else None,
        "unscorable": grades == {None},
    }


def sealed_consensus(document: ConsensusDocument) -> ConsensusDocument:
    """Return the document with the hash of all its keys but the hash itself."""
    content = {key: value for key, value in document.items() if key != "consensus_sha256"}
    return {**document, "consensus_sha256": canonical_sha256(content)}
