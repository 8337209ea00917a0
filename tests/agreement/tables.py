"""Published tables that several tests use; rows rater 1, columns rater 2."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reader_study.agreement import Level, Scale

THREE_BY_THREE = ((0, 4, 1), (0, 8, 0), (0, 1, 5))
FLEISS_COHEN_EVERITT_1969 = ((106, 10, 4), (22, 28, 10), (2, 12, 6))
COHEN_1968 = ((88, 14, 18), (10, 40, 10), (2, 6, 12))
GWET_ABSTRACTORS = ((13, 0, 0), (0, 20, 7), (0, 4, 56))
LARGE_2X2 = ((1395, 118), (261, 158))
BALANCED_2X2 = ((40, 9), (6, 45))
PREVALENT_2X2 = ((80, 10), (5, 5))
SMALL_2X2 = ((12, 2), (1, 5))

# Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, section C: positions on the scale
# 1 … 5 of four raters and twelve units, -1 where missing
KRIPPENDORFF_2011 = (
    *((0, 0, -1, 0), (1, 1, 2, 1), (2, 2, 2, 2), (2, 2, 2, 2), (1, 1, 1, 1), (0, 1, 2, 3)),
    *((3, 3, 3, 3), (0, 0, 1, 0), (1, 1, 1, 1), (-1, 4, 4, 4), (-1, -1, 0, 0), (-1, -1, 2, -1)),
)


def gradings(table: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the positions that rater 1 and rater 2 gave, one entry per case."""
    counts = np.asarray(table)
    cells = np.repeat(np.arange(counts.size), counts.ravel())
    first, second = np.divmod(cells, counts.shape[1])
    return first, second


def scale_of(levels: int, high_from: int) -> Scale:
    """Return a scale 1 … levels."""
    return Scale(tuple(Level(value, f"Level {value}") for value in range(1, levels + 1)), high_from)
