"""The cases that a report is computed from."""

from collections.abc import Sequence
from dataclasses import dataclass

from reader_study.agreement.scale import Scale


@dataclass(frozen=True)
class CaseGrades:
    """One case with the grade of each rater; None where the rater found it unscorable.

    ``side`` and ``segment`` say where the vessel was occluded; empty where that is not known.
    """

    case: str
    site: str
    grades: tuple[int | None, ...]
    side: str = ""
    segment: str = ""


def check_cases(ratings: Sequence[CaseGrades], scale: Scale) -> None:
    """Refuse a case that occurs twice and a grade that is not on the scale.

    Raises
    ------
    ValueError
        Naming the case.
    """
    seen: set[str] = set()
    for rating in ratings:
        if rating.case in seen:
            raise ValueError(f"Case {rating.case} occurs twice; each case is one record.")
        seen.add(rating.case)
        for grade in rating.grades:
            if grade is not None and grade not in scale.values:
                raise ValueError(
                    f"Case {rating.case}: grade {grade!r} is not on the declared scale "
                    f"{list(scale.values)}."
                )
