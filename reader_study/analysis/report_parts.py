"""Parts of the report beside rates and agreement of the grade: snapshot in, plain values out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from reader_study.agreement import Level, Scale
from reader_study.agreement.gradings import MISSING
from reader_study.agreement.item_report import ItemAnswers, item_report
from reader_study.agreement.reading_course import CaseReading, reading_course
from reader_study.agreement.resampling import BootstrapPlan
from reader_study.analysis.snapshot import SnapshotDocument, SnapshotRating
from reader_study.studies.protocol import NOT_OPACIFIED

Json = dict[str, Any]
RatingsByCase = Mapping[str, Mapping[str, SnapshotRating]]

YES_OR_NO = Scale((Level(0, "No"), Level(1, "Yes")), high_from=1)


def courses_of_reading(
    snapshot: SnapshotDocument, raters: Sequence[str], scale: Scale, confidence: float
) -> list[Json]:
    """Return time and grade over the order of reading for each rater.

    Of corrected ratings nobody knows what the first look would have given, so they are left out.
    Empty where the snapshot does not know the order: ratings were loaded, or the release was the
    first.
    """
    courses = []
    for rater in raters:
        readings = [
            CaseReading(position, rating.get("active_seconds"), rating["grade"])
            for rating in snapshot["ratings"]
            if rating["rater"] == rater
            and rating.get("attempt", 1) == 1
            and (position := rating.get("position")) is not None
        ]
        if readings:
            courses.append(reading_course(rater, readings, scale, confidence))
    return courses


def unscorable_by_reason(snapshot: SnapshotDocument, raters: Sequence[str]) -> list[Json]:
    """Return for each reason of the protocol how many cases each rater gave it for."""
    given = Counter(
        (rating["unscorable_reason"], rating["rater"])
        for rating in snapshot["ratings"]
        if rating["grade"] is None
    )
    return [
        {
            "code": reason["code"],
            "label": reason["label"],
            "counts": [given[reason["code"], rater] for rater in raters],
        }
        for reason in snapshot["protocol"]["unscorable_reasons"]
    ]


def territory_reports(
    snapshot: SnapshotDocument,
    by_case: RatingsByCase,
    raters: Sequence[str],
    scale: Scale,
    plan: BootstrapPlan,
) -> list[Json]:
    """Return rates and agreement on each territory of the protocol."""
    protocol = snapshot["protocol"]
    reports = []
    for territory in protocol.get("territories", ()):
        given = _given(by_case, raters, "territory_grades", territory["code"])
        positions = [
            [scale.index(answer) if isinstance(answer, int) else MISSING for answer in row]
            for row in given
        ]
        not_opacified = [[answer == NOT_OPACIFIED for answer in row] for row in given]
        answers = _answers(snapshot, by_case, positions, not_opacified)
        report = item_report(answers, raters, scale, protocol["weights"], plan)
        reports.append({"code": territory["code"], "label": territory["label"], **report})
    return reports


def question_reports(
    snapshot: SnapshotDocument, by_case: RatingsByCase, raters: Sequence[str], plan: BootstrapPlan
) -> list[Json]:
    """Return rates of yes and unweighted agreement on each question of the protocol."""
    reports = []
    for question in snapshot["protocol"].get("questions", ()):
        given = _given(by_case, raters, "question_answers", question["code"])
        positions = [
            [MISSING if answer is None else int(answer) for answer in row] for row in given
        ]
        answers = _answers(snapshot, by_case, positions, [[False] * len(raters)] * len(given))
        report = item_report(answers, raters, YES_OR_NO, "none", plan)
        reports.append({"code": question["code"], "label": question["label"], **report})
    return reports


def _given(
    by_case: RatingsByCase,
    raters: Sequence[str],
    items: Literal["territory_grades", "question_answers"],
    code: str,
) -> list[list[int | str | None]]:
    """Return what each rater answered on one item, case by case; None where nothing."""
    return [
        [ratings[rater].get(items, {}).get(code) for rater in raters]
        for ratings in by_case.values()
    ]


def _answers(
    snapshot: SnapshotDocument,
    by_case: RatingsByCase,
    positions: list[list[int]],
    not_opacified: list[list[bool]],
) -> ItemAnswers:
    sites = [next(iter(ratings.values()))["site"] for ratings in by_case.values()]
    by_site = snapshot["protocol"].get("resampling_unit", "case") == "site"
    shape = (len(positions), len(snapshot["raters"]))
    return ItemAnswers(
        np.array(positions, dtype=np.int64).reshape(shape),
        np.array(not_opacified, dtype=bool).reshape(shape),
        sites if by_site else None,
    )
