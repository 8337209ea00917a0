"""How many cases a study needs, with what to mind about the number."""

import math
from dataclasses import dataclass

from reader_study.agreement.sample_size import (
    cases_for_test,
    cases_for_width,
    planned_binary_table,
)

FEWEST_PER_SIDE = 5
"""Cases that both raters put on the rarer side, below which large-sample variance misleads."""

FEWEST_CASES = 30


@dataclass(frozen=True)
class Plan:
    """What is expected of two raters, and wanted of the study.

    Attributes
    ----------
    high_rates
        Share of cases that each rater calls high, inside 0 … 1.
    kappa, kappa0
        Expected κ of high against not high, and the κ that it is tested against.
    width
        Whole width of the interval of κ.
    """

    high_rates: tuple[float, float]
    kappa: float
    width: float
    kappa0: float
    power: float
    alpha: float
    confidence: float


@dataclass(frozen=True)
class NeededCases:
    """Cases for an interval of the width, cases for the test, and what to mind."""

    cases_for_width: int
    cases_for_test: int
    warnings: list[str]


def needed_cases(plan: Plan) -> NeededCases:
    """Return the numbers of cases for the plan.

    Raises
    ------
    ValueError
        No two raters can have these rates and these κ, or nothing is to be told apart.
    """
    _refuse_unreachable(plan)
    table = planned_binary_table(plan.kappa, plan.high_rates)
    for_width = cases_for_width(table, plan.width, confidence=plan.confidence)
    for_test = cases_for_test(
        plan.kappa, plan.kappa0, plan.high_rates, power=plan.power, alpha=plan.alpha
    )
    rarer = float(min(table[0, 0], table[1, 1]))
    return NeededCases(for_width, for_test, _warnings(plan, rarer, for_width, for_test))


def _refuse_unreachable(plan: Plan) -> None:
    """κ of raters with different rates stays below 1, however well they agree."""
    first, second = plan.high_rates
    chance = first * second + (1 - first) * (1 - second)
    most = 1 - abs(first - second) / (1 - chance)
    if max(plan.kappa, plan.kappa0) > most + 1e-9:
        raise ValueError(
            f"Raters who call {first * 100:.1f} % and {second * 100:.1f} % high reach "
            f"κ = {most:.2f} at most: plan a lower κ, or rates that are closer together."
        )


def _warnings(plan: Plan, rarer: float, for_width: int, for_test: int) -> list[str]:
    warnings = []
    fewest = min(for_width, for_test)
    rare_cases = rarer * fewest
    if max(plan.high_rates) > 0.9 or min(plan.high_rates) < 0.1 or rare_cases < FEWEST_PER_SIDE:
        side = "low" if sum(plan.high_rates) >= 1 else "high"
        warnings.append(
            f"Of {fewest} cases both raters would call only about {math.floor(rare_cases + 0.5)} "
            f"{side}. With so few, κ varies more than these numbers assume: take them as the "
            "least, plan more cases, and check the plan by simulation."
        )
    if fewest < FEWEST_CASES:
        warnings.append(
            f"The formulas are for large samples; below {FEWEST_CASES} cases they promise too much."
        )
    if plan.kappa + plan.width / 2 > 1:
        warnings.append(
            "An interval of this width around this κ would reach above 1. The interval of the "
            "report will be shorter above and longer below."
        )
    if plan.kappa0 > plan.kappa:
        warnings.append(
            "The κ to test against lies above the expected κ: the test would show that agreement "
            "is worse than that."
        )
    return warnings
