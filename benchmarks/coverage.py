"""How often the intervals of κ hold the true κ, by simulation on two levels.

Two raters with the same rate of high and a true κ of 0.6 grade n cases; each simulated table gets a
percentile, a BCa and a Wald interval of nominal 95 %. Refused intervals are counted apart. Tables
that occur again are not computed again, which makes the small cohorts nearly free.
"""

import argparse
import math
from collections import Counter
from dataclasses import dataclass

import numpy as np

from reader_study.agreement.bootstrap import bootstrap_kappas
from reader_study.agreement.coefficient import Interval
from reader_study.agreement.kappa import agreement_weights, cohen_kappa
from reader_study.agreement.resampling import IntervalMethod
from reader_study.agreement.sample_size import planned_binary_table

SIZES = (30, 100, 290)
PREVALENCES = (0.5, 0.9, 0.98)
TRUE_KAPPA = 0.6
METHODS = ("percentile", "bca", "wald")

BinaryTable = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Coverage:
    """Share of the given intervals that hold the true κ, and share of cohorts without one."""

    held: float
    given: int
    refused: float

    @property
    def monte_carlo_error(self) -> float:
        """Standard error of ``held``."""
        return math.sqrt(self.held * (1 - self.held) / self.given) if self.given else math.nan


def simulated_tables(n: int, prevalence: float, cohorts: int) -> Counter[BinaryTable]:
    """Return how often each table of n cases occurs among simulated cohorts."""
    shares = planned_binary_table(TRUE_KAPPA, (prevalence, prevalence))
    rng = np.random.default_rng([n, round(100 * prevalence)])
    draws = rng.multinomial(n, shares.ravel(), size=cohorts).tolist()
    return Counter(((a, b), (c, d)) for a, b, c, d in draws)


def interval(table: BinaryTable, method: str, resamples: int) -> Interval | None:
    """Return one interval of one table, or None where it is refused."""
    if method == "wald":
        return cohen_kappa(table).ci
    bootstrap: IntervalMethod = "bca" if method == "bca" else "percentile"
    weights = [agreement_weights(2, "none")]
    return bootstrap_kappas(table, weights, seed=1, method=bootstrap, resamples=resamples)[0].ci


def coverage(tables: Counter[BinaryTable], method: str, resamples: int) -> Coverage:
    """Return the coverage of one method over simulated tables."""
    given = held = 0
    for table, times in tables.items():
        limits = interval(table, method, resamples)
        if limits is not None:
            given += times
            # κ of a table equal to a limit up to rounding is inside it
            held += times * (limits[0] - 1e-9 <= TRUE_KAPPA <= limits[1] + 1e-9)
    cohorts = tables.total()
    return Coverage(held / given if given else math.nan, given, 1 - given / cohorts)


def main() -> None:
    """Print the table of ``docs/statistics.md``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cohorts", type=int, default=4_000, help="simulated for each row")
    parser.add_argument("--resamples", type=int, default=2_000)
    arguments = parser.parse_args()
    print("| n | prevalence | percentile | refused | BCa | refused | Wald | none |")
    print("|---|---|---|---|---|---|---|---|")
    worst = 0.0
    for n in SIZES:
        for prevalence in PREVALENCES:
            tables = simulated_tables(n, prevalence, arguments.cohorts)
            results = [coverage(tables, method, arguments.resamples) for method in METHODS]
            worst = max(worst, *(result.monte_carlo_error for result in results))
            cells = [f"{100 * r.held:.1f} % | {100 * r.refused:.1f} %" for r in results]
            print(f"| {n} | {prevalence} | {' | '.join(cells)} |", flush=True)
    print(
        f"\n{arguments.cohorts} cohorts a row, {arguments.resamples} resamples, true κ = "
        f"{TRUE_KAPPA}; Monte-Carlo standard error at most {100 * worst:.1f} points"
    )


if __name__ == "__main__":
    main()
