"""From the snapshot of a locked study to its report."""

from typing import Any

from reader_study.agreement import CaseGrades, Level, agreement_report
from reader_study.analysis.snapshot import SnapshotDocument, SnapshotRating, check_snapshot


def report_from_snapshot(snapshot: SnapshotDocument) -> dict[str, Any]:
    """Return the report of a two-rater study.

    Parameters
    ----------
    snapshot
        The locked study; its hash is verified first.

    Returns
    -------
    dict
        The keys of :func:`reader_study.agreement.agreement_report`, with the study's name, data
        notice, model, lock time and both hashes. Plain JSON values; the same snapshot gives the
        same report.

    Raises
    ------
    ValueError
        If the content does not match the hash, the study does not have exactly two raters, a
        rating is missing or doubled, or a grade is not on the protocol's scale.
    """
    check_snapshot(snapshot)
    protocol = snapshot["protocol"]
    statistics = agreement_report(
        levels=[Level(level["value"], level["name"]) for level in protocol["levels"]],
        high_from=protocol["high_from"],
        ratings=paired_grades(snapshot),
        weights=protocol["weights"],
        ci_method=protocol["ci_method"],
        resamples=protocol["resamples"],
        seed=protocol["seed"],
        confidence=protocol["confidence"],
        raters=_two_raters(snapshot),
    )
    return {
        "study_name": snapshot["study"]["name"],
        "data_notice": snapshot["study"]["data_notice"],
        "snapshot_sha256": snapshot["snapshot_sha256"],
        "protocol_sha256": snapshot["protocol_sha256"],
        "locked_at": snapshot["locked_at"],
        "model": snapshot["model"],
        **statistics,
    }


def paired_grades(snapshot: SnapshotDocument) -> list[CaseGrades]:
    """Return one record per case, in the order of the case codes.

    Raises
    ------
    ValueError
        If the study does not have exactly two raters, if a rater has no rating of a case or two,
        or if a rating is by somebody else.
    """
    first, second = _two_raters(snapshot)
    by_case: dict[str, dict[str, SnapshotRating]] = {}
    for rating in snapshot["ratings"]:
        if rating["rater"] not in (first, second):
            raise ValueError(
                f"Case {rating['case']} has a rating by {rating['rater']}, who is not a rater of "
                "this study."
            )
        of_case = by_case.setdefault(rating["case"], {})
        if rating["rater"] in of_case:
            raise ValueError(f"Case {rating['case']} has two ratings by {rating['rater']}.")
        of_case[rating["rater"]] = rating
    return [_case_grades(case, by_case[case], (first, second)) for case in sorted(by_case)]


def _case_grades(
    case: str, of_case: dict[str, SnapshotRating], raters: tuple[str, str]
) -> CaseGrades:
    for rater in raters:
        if rater not in of_case:
            raise ValueError(
                f"Case {case} has no rating by {rater}. An unread case is not an unscorable one: "
                "complete the reading, or leave the case out before the lock."
            )
    first, second = (of_case[rater] for rater in raters)
    return CaseGrades(case, first["site"], (first["grade"], second["grade"]))


def _two_raters(snapshot: SnapshotDocument) -> tuple[str, str]:
    codes = [rater["code"] for rater in snapshot["raters"]]
    if len(codes) != 2 or codes[0] == codes[1]:
        raise ValueError(f"The report compares exactly two raters; the snapshot names {codes}.")
    return codes[0], codes[1]
