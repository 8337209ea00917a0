"""Sums of values that fall on the same place."""

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Index = NDArray[np.intp]


def tallied(places: Index, *values: Values) -> tuple[Index, list[Values]]:
    """Return the different places in ascending order, and the sum of each value over each place.

    Parameters
    ----------
    places : ndarray [n] of int
        Where each value falls.
    *values : ndarray [n]
        Values to sum.
    """
    unique, where = np.unique(places, return_inverse=True)
    sums = [np.bincount(where, value, len(unique)).astype(np.float64) for value in values]
    return unique.astype(np.intp), sums
