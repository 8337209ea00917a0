"""The cases on which raters differ, and by how much."""

from collections.abc import Sequence

from reader_study.agreement.as_json import Json
from reader_study.agreement.report_cases import CaseGrades
from reader_study.agreement.scale import Scale


def disagreements(ratings: Sequence[CaseGrades], scale: Scale) -> list[Json]:
    """Return every case that raters graded differently, or that only some of them could grade.

    Returns
    -------
    list of dict
        ``case, site, grades`` (in the order of the raters, None where unscorable),
        ``levels_apart`` (highest minus lowest position on the scale; None where only one rater
        graded), ``across_cut`` (some high, some not), ``partly_unscorable``. The widest apart come
        first, among equals those across the cut-point, then in the order of the case codes.
    """
    found = [_of_case(rating, scale) for rating in ratings if len(set(rating.grades)) > 1]
    return sorted(found, key=_widest_first)


def _widest_first(one: Json) -> tuple[int, bool, str]:
    apart = one["levels_apart"]
    return 1 if apart is None else -apart, not one["across_cut"], one["case"]


def _of_case(rating: CaseGrades, scale: Scale) -> Json:
    positions = [scale.index(grade) for grade in rating.grades if grade is not None]
    sides = {position >= scale.high_index for position in positions}
    return {
        "case": rating.case,
        "site": rating.site,
        "grades": list(rating.grades),
        "levels_apart": max(positions) - min(positions) if len(positions) > 1 else None,
        "across_cut": len(sides) > 1,
        "partly_unscorable": None in rating.grades,
    }
