"""Two contingency tables constructed to print a published row; not the authors' data.

Liu et al. (Neuroradiology 2026) print rates of high quality of 98.9 % and 98.3 % and Cohen's
κ = 0.74 (95 % CI 0.56–0.89), but neither their table nor their scale. The tables here were
constructed to print that row. They show what the software does with such a result, and nothing
about the published study. Label them "constructed" wherever they are shown.
"""

from collections.abc import Sequence

from reader_study.agreement.kappa import WeightScheme
from reader_study.agreement.report_cases import CaseGrades
from reader_study.agreement.scale import Level, Scale

CONSTRUCTED_NOTICE = "Constructed ratings, not the authors' data."

GradePair = tuple[int | None, int | None]

TABLE_A: tuple[tuple[int, ...], ...] = (
    (0, 0, 0, 0),
    (1, 1, 0, 0),
    (0, 1, 11, 5),
    (0, 0, 1, 158),
)
"""178 cases, four levels, high from 3, unweighted κ."""

SCALE_A = Scale((Level(1, "Poor"), Level(2, "Fair"), Level(3, "Good"), Level(4, "Excellent")), 3)
WEIGHTS_A: WeightScheme = "none"

TABLE_B: tuple[tuple[int, ...], ...] = ((1, 2, 0), (2, 6, 0), (1, 2, 271))
"""285 of 290 cases, three levels, high from 2, linearly weighted κ; see :data:`UNSCORABLE_B`."""

SCALE_B = Scale((Level(1, "Poor"), Level(2, "Usable"), Level(3, "Good")), 2)
WEIGHTS_B: WeightScheme = "linear"

UNSCORABLE_B: tuple[GradePair, ...] = ((None, 1), (None, 3), (None, 3), (None, 3), (None, 3))
"""The five cases that complete table B: unscorable for rater 1, graded by rater 2."""


def expand_table(
    table: Sequence[Sequence[int]],
    scale: Scale,
    *,
    unpaired: Sequence[GradePair] = (),
    sites: Sequence[str] = ("Site 1",),
) -> list[CaseGrades]:
    """Return one record per case of a (K, K) table, followed by the unpaired cases.

    Cases are named C-001, C-002, … row by row and dealt to the sites in turn, so each site gets
    a like mixture.
    """
    pairs: list[GradePair] = [
        (scale.values[row], scale.values[column])
        for row, counts in enumerate(table)
        for column, count in enumerate(counts)
        for _ in range(count)
    ]
    pairs.extend(unpaired)
    return [
        CaseGrades(f"C-{number + 1:03d}", sites[number % len(sites)], pair)
        for number, pair in enumerate(pairs)
    ]
