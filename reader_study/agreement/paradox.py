"""What κ at extreme prevalence means for these two raters, in words (the "κ paradox").

Feinstein & Cicchetti 1990, J Clin Epidemiol 43:543; Byrt, Bishop & Carlin 1993, J Clin Epidemiol
46:423.
"""

from typing import Any

import numpy as np

from reader_study.agreement.contingency import Table
from reader_study.agreement.kappa import cohen_kappa
from reader_study.agreement.wording import EXTREME_PREVALENCE, number

Json = dict[str, Any]


def paradox_words(cut: Table) -> str:
    """Say what κ, AC1 and PABAK can tell of a 2×2 table at the cut-point, low first.

    Names the agreement that two raters with these habits would reach by chance, how few cases
    κ is decided by, and what one more disagreement would do to it.
    """
    n = int(cut.sum())
    if not n:
        return "No case was graded by both raters, so there is nothing to compare."
    shares = cut / n
    by_chance = float(shares.sum(axis=1) @ shares.sum(axis=0))
    low, high = int(cut[0, 0]), int(cut[1, 1])
    differing = n - low - high
    chance = (
        f"Two raters who grade at random with these rates of high would agree in "
        f"{100 * by_chance:.1f} % of cases; these agree in {100 * (low + high) / n:.1f} %."
    )
    kappa = cohen_kappa(cut)
    if kappa.estimate is None:
        return (
            f"{chance} Both graded every case on one side of the cut-point: κ is 0/0 there, and "
            "only the share of agreement and AC1 say anything."
        )
    if abs(high - low) / n < EXTREME_PREVALENCE:
        return f"{chance} High and low both occur often enough for κ to be read as it stands."
    commoner, rarer = ("high", "low") if high > low else ("low", "high")
    both_rarer = min(low, high)
    return (
        f"{chance} Nearly all cases are {commoner}, so κ is decided by {both_rarer + differing} of "
        f"{n} cases: {both_rarer} that both called {rarer}, {differing} on which they differ. "
        f"{_one_more(cut, kappa.estimate)} A low κ here does not mean that the raters often "
        "differ; read it beside AC1, PABAK and the table."
    )


def _one_more(cut: Table, kappa: float) -> str:
    """Return what κ would be if the raters had differed in one more case of the common kind."""
    place = int(np.argmax(np.diag(cut)))
    changed = cut.copy()
    changed[place, place] -= 1
    changed[place, 1 - place] += 1
    again = cohen_kappa(changed).estimate
    return (
        f"Had they differed in one more case, the κ of high against not high would be "
        f"{number(again)} instead of {number(kappa)}."
    )
