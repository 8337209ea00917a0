"""Coefficients beside kappa of two raters or more, written out from their definitions.

Standard errors are those of Gwet (2014, Handbook of Inter-Rater Reliability, ch. 5). All but
Krippendorff's come from the definition itself, without a formula of their own: the coefficient is a
function of how much each case weighs, its influence is the derivative in that direction, and a
step in the imaginary direction gives the derivative without rounding (Squire & Trapp 1998).
"""

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
from coefficients import wald
from study import UNSCORABLE, Floats, Study

STEP = 1e-30

Chance = Callable[[Floats], Any]


def further(study: Study, printed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the printed coefficients again, each found by its name and weights.

    Of two raters those from their table (all but Krippendorff's) are of the cases that both
    graded and take n for n - 1.
    """
    two = study.grades.shape[1] == 2
    cases, lost = (replace(study, grades=study.paired), 0) if two else (study, 1)
    found = []
    for one in printed:
        name, weights = one["coefficient"], one["weights"]
        if name == "krippendorff":
            value = krippendorff(study, weights)
        else:
            value = of_weights(cases, name, agreement(len(study.levels), weights), lost=lost)
        found.append({**value, **({"undefined": None} if value["estimate"] is not None else {})})
    return found


def agreement(size: int, scheme: str) -> Floats:
    """Return the agreement weights of a scheme."""
    if scheme == "none":
        return np.eye(size)
    i, j = np.indices((size, size))
    return np.asarray(1 - (np.abs(i - j) / (size - 1)) ** {"linear": 1, "quadratic": 2}[scheme])


def given_levels(study: Study) -> Floats:
    """Return (n, R, K): 1 where a rater gave a case a level, of the cases that anyone graded."""
    graded = study.grades[(study.grades != UNSCORABLE).any(axis=1)]
    return np.stack([graded == level for level in study.levels], axis=2).astype(float)


def observed_by_case(given: Floats, weights: Floats) -> tuple[Floats, Any]:
    """Return the mean agreement of the pairs of raters of each case, and which cases have one."""
    shares = []
    for case in given:
        own = [int(level.argmax()) for level in case if level.any()]
        pairs = list(combinations(own, 2))
        shares.append(np.mean([weights[pair] for pair in pairs]) if pairs else np.nan)
    found = np.array(shares, dtype=float)
    return found, ~np.isnan(found)


def observed(study: Study, weights: Floats) -> float | None:
    """Return the mean agreement of pairs of raters over the cases that two or more graded."""
    found, paired = observed_by_case(given_levels(study), weights)
    return float(found[paired].mean()) if paired.any() else None


def chance_of(name: str, given: Floats, weights: Floats) -> Chance:
    """Return chance agreement as a function of the weights of the cases."""
    size = len(weights)
    graded = given.sum(axis=2)
    shares = given.sum(axis=1) / graded.sum(axis=1)[:, None]

    def mean_share(case_weights: Floats) -> Any:
        return case_weights @ shares / case_weights.sum()

    def conger(case_weights: Floats) -> Any:
        own = np.einsum("i,irk->rk", case_weights, given) / (case_weights @ graded)[:, None]
        return np.mean([first @ weights @ second for first, second in combinations(own, 2)])

    def gwet(case_weights: Floats) -> Any:
        share = mean_share(case_weights)
        return weights.sum() * (share @ (1 - share)) / (size * (size - 1))

    def fleiss(case_weights: Floats) -> Any:
        share = mean_share(case_weights)
        return share @ weights @ share

    return {
        "fleiss": fleiss,
        "scott": fleiss,
        "conger": conger,
        "gwet": gwet,
        "brennan_prediger": lambda _: weights.mean(),
    }[name]


def of_weights(study: Study, name: str, weights: Floats, *, lost: int = 1) -> dict[str, Any]:
    """Return (pa - pe) / (1 - pe) with its standard error and interval; None where it is 0/0.

    The standard error divides by n - lost.
    """
    none: dict[str, Any] = {"estimate": None, "se": None, "ci": None}
    given = given_levels(study)
    n = len(given)
    if not n or (name == "conger" and not given.any(axis=(0, 2)).all()):
        return none
    agreed, paired = observed_by_case(given, weights)
    chance = chance_of(name, given, weights)
    uniform = np.full(n, 1 / n)
    if not paired.any() or 1 - chance(uniform) < 1e-12:
        return none

    def coefficient(case_weights: Floats) -> Any:
        # Gwet takes the share of cases with a pair as given: it is no part of the derivative.
        pe = chance(case_weights)
        above = case_weights[paired] @ (agreed[paired] - pe) / case_weights.sum()
        return above * (n / paired.sum()) / (1 - pe)

    estimate = float(np.real(coefficient(uniform)))
    if n == lost:
        return {**none, "estimate": estimate}
    influence = [
        np.imag(coefficient(uniform + 1j * STEP * (np.arange(n) == case))) / STEP
        for case in range(n)
    ]
    se = math.sqrt(float(np.sum(np.square(influence))) / (n * (n - lost)))
    return {"estimate": estimate, "se": se, "ci": wald(study, estimate, se)}


def pabak(study: Study) -> dict[str, Any]:
    """Return 2 po - 1 at the cut-point, po the mean agreement of pairs of raters."""
    high = np.where(study.grades == UNSCORABLE, UNSCORABLE, study.grades >= study.high_from)
    cut = replace(study, grades=high.astype(np.int64), levels=[0, 1], high_from=1)
    return of_weights(cut, "brennan_prediger", np.eye(2))


def krippendorff(study: Study, metric: str) -> dict[str, Any]:
    """Return Krippendorff's alpha (2011) from the grades of the cases that two or more graded."""
    none: dict[str, Any] = {"estimate": None, "se": None, "ci": None}
    counts = given_levels(study).sum(axis=1)
    counts = counts[counts.sum(axis=1) >= 2]
    n, raters, total = len(counts), counts.sum(axis=1), counts.sum(axis=0)
    if not n or np.count_nonzero(total) == 1:
        return none
    apart = distances(study, metric, total)
    grades, share = total.sum(), total / total.sum()
    expected = float(share @ apart @ share)
    within = np.einsum("ik,kl,il->i", counts, apart, counts) / (raters.mean() * (raters - 1))
    estimate = float(1 - (1 - 1 / grades) * within.mean() / expected)
    if n == 1:
        return {**none, "estimate": estimate}
    # The distances are taken as fixed, though those of the ordinal metric depend on the grades.
    more = raters / raters.mean() - 1
    influence = within - within.mean() * (1 + (1 - 1 / grades) * more)
    by_chance = counts @ apart @ share / raters.mean() - expected * (1 + more)
    influence -= 2 * within.mean() / expected * by_chance
    se = math.sqrt(float(np.sum(influence**2)) / (n * (n - 1))) / expected
    return {"estimate": estimate, "se": se, "ci": wald(study, estimate, se)}


def distances(study: Study, metric: str, total: Floats) -> Floats:
    """Return the squared distance of every two levels."""
    value = np.array(study.values, dtype=float)
    low, high = np.meshgrid(value, value)
    if metric == "ordinal":
        middle = np.cumsum(total) - total / 2
        low, high = np.meshgrid(middle, middle)
    if metric == "nominal":
        return np.asarray(low != high, dtype=float)
    if metric == "ratio":
        return np.asarray(((low - high) / (low + high)) ** 2)
    return np.asarray((low - high) ** 2)
