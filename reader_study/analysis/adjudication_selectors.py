"""How far the adjudication of a locked study is, and what stands in its way."""

from collections import Counter
from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet

from reader_study.analysis.adjudication import cases_to_adjudicate, ratings_by_case, rule_of
from reader_study.analysis.models import Consensus, Snapshot
from reader_study.cohorts.models import Case
from reader_study.reading.blocks import is_signed, signatures_required
from reader_study.reading.models import Assignment, ReadingState, Stage
from reader_study.segmentation.models import MediaPack
from reader_study.studies.lifecycle import Transition
from reader_study.studies.models import Membership, Role, Study

_NEVER_TO_BE_READ = Q(case__deletion__isnull=False) & (
    Q(current_reading__isnull=True) | ~Q(current_reading__state=ReadingState.SUBMITTED)
)
"""Images that were deleted on request before the adjudicator had decided."""


def adjudicators_of(study: Study) -> QuerySet[Membership]:
    """The study's adjudicators, those who left it excepted."""
    return (
        Membership.objects.filter(study=study, role=Role.ADJUDICATOR, ended_at__isnull=True)
        .select_related("user")
        .order_by("user__username")
    )


def adjudications(study: Study) -> QuerySet[Assignment]:
    """What the adjudicator was given to read."""
    return (
        Assignment.objects.filter(study=study, stage=Stage.ADJUDICATION)
        .exclude(_NEVER_TO_BE_READ)
        .select_related("rater", "current_reading__assignment__case__site")
        .select_related("current_reading__protocol")
    )


def packs_of(study: Study, cases: Collection[str]) -> dict[Case, MediaPack | None]:
    """Return the images of these cases: the very ones that the raters saw."""
    seen = (
        Assignment.objects.filter(
            study=study, stage=Stage.MAIN, case__code__in=cases, case__deletion__isnull=True
        )
        .select_related("case", "media_pack")
        .order_by("case__code", "pk")
    )
    packs: dict[Case, MediaPack | None] = {}
    for assignment in seen:
        packs.setdefault(assignment.case, assignment.media_pack)
    return packs


def begin_blockers(study: Study) -> list[str]:
    """Why the adjudication cannot begin, in words; empty when it can."""
    refusal = Transition.BEGIN_ADJUDICATION.refusal(study.state)
    if refusal:
        return [refusal]
    snapshot = Snapshot.objects.get(study=study)
    if rule_of(snapshot.document) == "none":
        return ["The protocol asks for no adjudication."]
    cases = cases_to_adjudicate(snapshot.document)
    if not cases:
        return ["There is nothing to adjudicate: by the protocol's rule the raters agree."]
    blockers = []
    if not adjudicators_of(study).exists():
        blockers.append("The study has no adjudicator: invite one on the People page.")
    packs = packs_of(study, cases)
    without = sum(pack is None for pack in packs.values())
    if without:
        blockers.append(
            f"{without} of {len(cases)} cases have no images, so nobody can adjudicate them."
        )
    return blockers


def conclude_blockers(study: Study) -> list[str]:
    """Why the study cannot be concluded, in words; empty when it can."""
    refusal = Transition.CONCLUDE.refusal(study.state)
    if refusal:
        return [refusal]
    unread = sum(not _is_submitted(assignment) for assignment in adjudications(study))
    if unread:
        cases = "1 case is" if unread == 1 else f"{unread} cases are"
        return [f"{cases} still to be adjudicated."]
    if not signatures_required(study):
        return []
    readers = {assignment.rater_id: assignment.rater for assignment in adjudications(study)}
    return [
        f"{reader.get_full_name()} has not signed their readings."
        for reader in readers.values()
        if not is_signed(study, reader, Stage.ADJUDICATION)
    ]


def adjudication_of(study: Study, snapshot: Snapshot) -> dict[str, Any]:
    """Return how far the adjudication is. Counts alone: never who said what of which case."""
    given = list(adjudications(study))
    adjudicator = given[0].rater if given else None
    return {
        "state": study.state,
        "rule": rule_of(snapshot.document),
        "cases": len(ratings_by_case(snapshot.document)),
        "to_adjudicate": len(cases_to_adjudicate(snapshot.document)),
        "adjudicators": [
            {"username": row.user.username, "full_name": row.user.full_name}
            for row in adjudicators_of(study)
        ],
        "adjudicator": adjudicator
        and {"username": adjudicator.username, "full_name": adjudicator.full_name},
        "submitted": sum(map(_is_submitted, given)),
        "total": len(given),
        "blockers": {"begin": begin_blockers(study), "conclude": conclude_blockers(study)},
        "consensus": _consensus_summary(study),
    }


def _is_submitted(assignment: Assignment) -> bool:
    reading = assignment.current_reading
    return reading is not None and reading.state == ReadingState.SUBMITTED


def _consensus_summary(study: Study) -> dict[str, Any] | None:
    consensus = Consensus.objects.filter(study=study).first()
    if consensus is None:
        return None
    cases = consensus.document["cases"]
    how = Counter(case["how"] for case in cases)
    return {
        "sha256": consensus.sha256,
        "concluded_at": consensus.created_at,
        "agreed": how["agreed"],
        "adjudicated": how["adjudicated"],
        "not_adjudicated": how["not adjudicated"],
        "high": sum(case["high"] is True for case in cases),
        "low": sum(case["high"] is False for case in cases),
        "unscorable": sum(case["unscorable"] for case in cases),
        "undecided": sum(case["high"] is None and not case["unscorable"] for case in cases),
    }
