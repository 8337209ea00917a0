"""From the snapshot of a locked study to its report."""

from collections.abc import Sequence
from typing import Any

from reader_study.agreement import CaseGrades, Level, Scale, agreement_report
from reader_study.agreement.disagreements import disagreements
from reader_study.agreement.intra_rater import intra_rater_report
from reader_study.agreement.resampling import BootstrapPlan
from reader_study.analysis.grras import grras_checklist
from reader_study.analysis.report_parts import (
    courses_of_reading,
    question_reports,
    territory_reports,
    unscorable_by_reason,
)
from reader_study.analysis.snapshot import SnapshotDocument, SnapshotRating, check_snapshot

LEAST_RATERS = 2


def report_from_snapshot(snapshot: SnapshotDocument) -> dict[str, Any]:
    """Return the report of a study of two or more raters.

    Parameters
    ----------
    snapshot
        The locked study; its hash is verified first.

    Returns
    -------
    dict
        The keys of :func:`reader_study.agreement.agreement_report`, with the agreement of each
        rater with himself (``intra_rater``), the parts beside the grade (``disagreements,
        courses, territories, questions, unscorable``), the GRRAS checklist (``grras``), the
        study's name, data notice, model, lock time and both hashes. Plain JSON values; the same
        snapshot gives the same report.

    Raises
    ------
    ValueError
        If the content does not match the hash, the study has fewer than two raters, a rating is
        missing or doubled, or a grade is not on the protocol's scale.
    """
    check_snapshot(snapshot)
    protocol = snapshot["protocol"]
    levels = [Level(level["value"], level["name"]) for level in protocol["levels"]]
    unit = protocol.get("resampling_unit", "case")
    scale = Scale.declare(levels, protocol["high_from"])
    plan = BootstrapPlan(
        protocol["seed"], protocol["ci_method"], protocol["resamples"], protocol["confidence"]
    )
    raters = _rater_codes(snapshot)
    cases = case_grades(snapshot)
    by_case = dict(sorted(_by_case(snapshot["ratings"], raters).items()))
    statistics = agreement_report(
        levels=levels,
        high_from=protocol["high_from"],
        ratings=cases,
        weights=protocol["weights"],
        ci_method=protocol["ci_method"],
        resamples=protocol["resamples"],
        seed=protocol["seed"],
        confidence=protocol["confidence"],
        resampling_unit=unit,
        raters=raters,
    )
    intra_rater = intra_rater_report(
        repeated_grades(snapshot), scale, protocol["weights"], plan, by_site=unit == "site"
    )
    return {
        "study_name": snapshot["study"]["name"],
        "data_notice": snapshot["study"]["data_notice"],
        "snapshot_sha256": snapshot["snapshot_sha256"],
        "protocol_sha256": snapshot["protocol_sha256"],
        "locked_at": snapshot["locked_at"],
        "model": snapshot["model"],
        **statistics,
        "intra_rater": intra_rater,
        "disagreements": disagreements(cases, scale),
        "courses": courses_of_reading(snapshot, raters, scale, protocol["confidence"]),
        "territories": territory_reports(snapshot, by_case, raters, scale, plan),
        "questions": question_reports(snapshot, by_case, raters, plan),
        "unscorable": unscorable_by_reason(snapshot, raters),
        "grras": grras_checklist(snapshot, statistics),
    }


def case_grades(snapshot: SnapshotDocument) -> list[CaseGrades]:
    """Return one record per case, in the order of the case codes.

    Raises
    ------
    ValueError
        If the study has fewer than two raters, if a rater has no rating of a case or two, or if
        a rating is by somebody else.
    """
    raters = _rater_codes(snapshot)
    by_case = _by_case(snapshot["ratings"], raters)
    return [_case_grades(case, by_case[case], raters) for case in sorted(by_case)]


def repeated_grades(snapshot: SnapshotDocument) -> dict[str, list[CaseGrades]]:
    """Return for each rater with hidden repeats the cases read twice: (first, repeated) grade.

    Raises
    ------
    ValueError
        If a repeat is doubled, by somebody else, or of a case that the rater did not read.
    """
    raters = _rater_codes(snapshot)
    first = _by_case(snapshot["ratings"], raters)
    again = _by_case(snapshot.get("repeats", []), raters)
    found: dict[str, list[CaseGrades]] = {}
    for rater in raters:
        for case in sorted(again):
            repeat = again[case].get(rater)
            if repeat is None:
                continue
            original = first.get(case, {}).get(rater)
            if original is None:
                raise ValueError(f"{rater} read the repeat of case {case}, but never the case.")
            grades = (original["grade"], repeat["grade"])
            found.setdefault(rater, []).append(CaseGrades(case, repeat["site"], grades))
    return found


def _by_case(
    ratings: Sequence[SnapshotRating], raters: Sequence[str]
) -> dict[str, dict[str, SnapshotRating]]:
    by_case: dict[str, dict[str, SnapshotRating]] = {}
    for rating in ratings:
        if rating["rater"] not in raters:
            raise ValueError(
                f"Case {rating['case']} has a rating by {rating['rater']}, who is not a rater of "
                "this study."
            )
        of_case = by_case.setdefault(rating["case"], {})
        if rating["rater"] in of_case:
            raise ValueError(f"Case {rating['case']} has two ratings by {rating['rater']}.")
        of_case[rating["rater"]] = rating
    return by_case


def _case_grades(
    case: str, of_case: dict[str, SnapshotRating], raters: Sequence[str]
) -> CaseGrades:
    for rater in raters:
        if rater not in of_case:
            raise ValueError(
                f"Case {case} has no rating by {rater}. An unread case is not an unscorable one: "
                "complete the reading, or leave the case out before the lock."
            )
    ratings = [of_case[rater] for rater in raters]
    return CaseGrades(
        case,
        ratings[0]["site"],
        tuple(rating["grade"] for rating in ratings),
        side=ratings[0].get("occlusion_side", ""),
        segment=ratings[0].get("occlusion_segment", ""),
    )


def _rater_codes(snapshot: SnapshotDocument) -> list[str]:
    codes = [rater["code"] for rater in snapshot["raters"]]
    if len(codes) < LEAST_RATERS or len(set(codes)) != len(codes):
        raise ValueError(
            f"The report compares two raters or more, each with a code of their own; the snapshot "
            f"names {codes}."
        )
    return codes
