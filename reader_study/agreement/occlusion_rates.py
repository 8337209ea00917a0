"""Rates by side and by segment of the occlusion, beside those by site.

They describe: no interval or test compares the groups, and small ones are shown as they are.
"""

from collections.abc import Callable, Sequence
from typing import Literal

from reader_study.agreement.as_json import Json
from reader_study.agreement.report_cases import CaseGrades

ORDER = {
    "side": ("left", "right", "both", "midline", ""),
    "segment": ("ICA", "ICA-T", "M1", "M2", "M3", "A1", "A2", "P1", "P2", "BA", "VA", "other", ""),
}
"""Groups in the order of print; an empty name stands for cases of which it is not known."""


def rates_by_occlusion(
    ratings: Sequence[CaseGrades],
    key: Literal["side", "segment"],
    rates_of: Callable[[Sequence[CaseGrades]], list[Json]],
) -> list[Json]:
    """Return the raters' rates in each group that has cases; none where nothing is known."""
    groups: dict[str, list[CaseGrades]] = {}
    for rating in ratings:
        groups.setdefault(getattr(rating, key), []).append(rating)
    if not any(groups):
        return []
    order = [*ORDER[key], *sorted(set(groups) - set(ORDER[key]))]
    return [{key: name, "rates": rates_of(groups[name])} for name in order if name in groups]
