"""Do two raters use the scale alike? Tests from statsmodels and scipy, the rest written out."""

from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.stats import chi2
from statsmodels.stats.contingency_tables import mcnemar
from study import Grades, Study

NONE: dict[str, Any] = {"statistic": None, "df": None, "p": None}


def habits(study: Study, table: Grades, cut: Grades) -> dict[str, Any]:
    """Return the tests of a table of two raters and of its 2x2 table at the cut-point."""
    n, first, second = int(table.sum()), int(cut[1, 0]), int(cut[0, 1])
    differ = first + second > 0
    # statsmodels corrects equal counts away from 0, on which the test then rests.
    tests = {
        corrected: _test(
            mcnemar(cut, exact=False, correction=corrected and first != second).statistic, 1
        )
        if differ
        else NONE
        for corrected in (False, True)
    }
    exact = float(mcnemar(cut, exact=True).pvalue) if differ else 1.0
    return {
        "mcnemar": {
            **tests[False],
            "corrected": tests[True],
            "exact_p": exact if n else None,
            "only_first": first,
            "only_second": second,
            "difference": (first - second) / n if n else None,
            "ci": tango(first, second, n, study.z) if n else None,
        },
        "bowker": bowker(table),
        "stuart_maxwell": stuart_maxwell(table),
    }


def tango(first: int, second: int, n: int, z: float) -> list[float]:
    """Return Tango's (1998) score interval of the paired difference of two rates."""

    def excess(delta: float) -> float:
        linear = 2 * n * delta - (first + second) - (first - second) * delta
        root = np.sqrt(max(linear**2 + 8 * n * second * delta * (1 - delta), 0.0))
        q = (root - linear) / (4 * n)
        return float((first - second - n * delta) ** 2 - z**2 * n * (2 * q + delta * (1 - delta)))

    estimate, limits = (first - second) / n, []
    for end in (-1.0, 1.0):
        near = estimate + 1e-9 * end
        beyond = abs(near) >= 1 or excess(end) <= 0 or excess(near) >= 0
        limits.append(end if beyond else float(brentq(excess, near, end, xtol=1e-13)))
    return limits


def bowker(table: Grades) -> dict[str, Any]:
    """Return Bowker's test; pairs of levels without a case take no degree of freedom."""
    upper = np.triu_indices(len(table), 1)
    above, below = table[upper], table.T[upper]
    held = above + below > 0
    if not held.any():
        return NONE
    return _test(np.sum((above - below)[held] ** 2 / (above + below)[held]), int(held.sum()))


def stuart_maxwell(table: Grades) -> dict[str, Any]:
    """Return the Stuart-Maxwell test; its degrees of freedom are the rank of the covariance."""
    both = table + table.T
    covariance = np.diag(both.sum(axis=1)) - both
    rank = int(np.linalg.matrix_rank(covariance))
    if rank == 0:
        return NONE
    difference = table.sum(axis=1) - table.sum(axis=0)
    return _test(difference @ np.linalg.lstsq(covariance, difference)[0], rank)


def _test(statistic: float, df: int) -> dict[str, Any]:
    found = max(float(statistic), 0.0)
    return {"statistic": found, "df": df, "p": float(chi2.sf(found, df))}
