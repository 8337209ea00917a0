"""Coefficients of more than two raters, written out from their definitions.

Only the estimates: their standard errors are large-sample formulas that no common package shares.
"""

from itertools import combinations
from typing import Any

import numpy as np
from study import UNSCORABLE, Floats, Study


def overall(study: Study, scheme: str) -> list[dict[str, Any]]:
    """Return Fleiss', Conger's, Gwet's and Krippendorff's coefficients, the last ordinal."""
    weights = agreement(len(study.levels), scheme)
    return [
        {"estimate": estimate}
        for estimate in (
            fleiss(study, weights),
            conger(study, weights),
            gwet(study, weights),
            krippendorff_ordinal(study),
        )
    ]


def agreement(size: int, scheme: str) -> Floats:
    """Return the agreement weights of a scheme."""
    if scheme == "none":
        return np.eye(size)
    i, j = np.indices((size, size))
    return np.asarray(1 - (np.abs(i - j) / (size - 1)) ** {"linear": 1, "quadratic": 2}[scheme])


def counts_of(study: Study) -> Floats:
    """Return (n, K): how many raters gave each case each level."""
    return np.stack([(study.grades == level).sum(axis=1) for level in study.levels], axis=1)


def observed(study: Study, weights: Floats) -> float | None:
    """Return the mean agreement of pairs of raters over the cases that two or more graded."""
    shares = []
    for row in study.grades:
        given = [int(grade) - 1 for grade in row if grade != UNSCORABLE]
        pairs = list(combinations(given, 2))
        if pairs:
            shares.append(float(np.mean([weights[pair] for pair in pairs])))
    return float(np.mean(shares)) if shares else None


def corrected(found: float | None, expected: float) -> float | None:
    """Return (found − expected) / (1 − expected); None where it does not exist."""
    if found is None or 1 - expected < 1e-12:
        return None
    return (found - expected) / (1 - expected)


def level_shares(study: Study) -> Floats:
    """Return the mean over the graded cases of the share of raters who gave each level."""
    counts = counts_of(study)
    counts = counts[counts.sum(axis=1) > 0]
    if not len(counts):
        return np.zeros(len(study.levels))
    return np.asarray((counts / counts.sum(axis=1, keepdims=True)).mean(axis=0))


def fleiss(study: Study, weights: Floats) -> float | None:
    """Return Fleiss' kappa (1971), weighted."""
    share = level_shares(study)
    return corrected(observed(study, weights), float(share @ weights @ share))


def gwet(study: Study, weights: Floats) -> float | None:
    """Return Gwet's AC1 or, weighted, AC2 (2008)."""
    share, size = level_shares(study), len(study.levels)
    expected = weights.sum() * float(share @ (1 - share)) / (size * (size - 1))
    return corrected(observed(study, weights), expected)


def conger(study: Study, weights: Floats) -> float | None:
    """Return Conger's kappa (1980), weighted: chance agreement is the mean over pairs of raters."""
    own = []
    for column in study.grades.T:
        given = column[column != UNSCORABLE]
        if not len(given):
            return None
        own.append(np.array([np.mean(given == level) for level in study.levels]))
    expected = np.mean([first @ weights @ second for first, second in combinations(own, 2)])
    return corrected(observed(study, weights), float(expected))


def krippendorff_ordinal(study: Study) -> float | None:
    """Return Krippendorff's alpha (2011) with the ordinal metric, from the coincidence matrix."""
    counts = counts_of(study)
    counts = counts[counts.sum(axis=1) >= 2]
    size = len(study.levels)
    coincidences = np.zeros((size, size))
    for row in counts:
        coincidences += (np.outer(row, row) - np.diag(row)) / (row.sum() - 1)
    total = coincidences.sum(axis=0)
    grades = total.sum()
    apart = np.zeros((size, size))
    for low, high in combinations(range(size), 2):
        between = total[low : high + 1].sum() - (total[low] + total[high]) / 2
        apart[low, high] = apart[high, low] = between**2
    expected = float(total @ apart @ total)
    if not grades or expected == 0:
        return None
    return float(1 - (grades - 1) * (coincidences * apart).sum() / expected)


def pabak(study: Study) -> float | None:
    """Return 2 po − 1 at the cut-point, po the mean agreement of pairs of raters."""
    size = len(study.levels)
    high = np.arange(1, size + 1) >= study.high_from
    found = observed(study, (high[:, None] == high[None, :]).astype(float))
    return None if found is None else 2 * found - 1
