"""Bootstrap of κ: this engine against scikit-learn, statsmodels and scipy, timed in one run.

Everybody computes quadratically weighted κ of the same ratings on one core; seconds are of CPU
time, so that other work on the machine does not count. Peers that would take hours are timed on
fewer resamples and scaled up; the table says which. Ends with one line of JSON: ratios are the
worst over all cases.
"""

import json
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any, Final

# One core for everybody: a peer's threads would measure the machine, not the method.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa

from reader_study.agreement.bootstrap import bootstrap_kappas
from reader_study.agreement.contingency import Table, pair_table
from reader_study.agreement.joint_bootstrap import bootstrap_rater_pairs
from reader_study.agreement.kappa import Weights, agreement_weights
from reader_study.agreement.resampling import DEFAULT_RESAMPLES, BootstrapPlan

WEIGHTS: Final = "quadratic"
RESAMPLES = 10_000
SIZES = (290, 10_000, 100_000)
LEVELS = (2, 3, 4, 5)
RATERS = 6
SLIPS = 0.15  # share of cases that a rater grades one level off
REPEATS = 7

LOOP_RESAMPLES = 100  # of 10 000: a loop's time is proportional to them
FULL = ", full"
SCIPY_BATCH = 2_000  # scipy's default holds all resamples at once, which is slower
LARGE_RESAMPLES = 50  # scipy holds resamples × cases, so its time is proportional too

Grades = NDArray[np.int64]


@dataclass(frozen=True)
class Timing:
    """Median CPU seconds of one way of computing one interval."""

    what: str
    levels: int
    n: int
    seconds: float
    scaled_from: int | None = None


def simulated(n: int, levels: int, raters: int = 2) -> Grades:
    """Return (n, raters) grades, mostly high; raters differ from the first by one level at most."""
    rng = np.random.default_rng([n, levels, raters])
    shares = np.arange(1, levels + 1) ** 2.0
    first = rng.choice(levels, size=n, p=shares / shares.sum())
    slips = rng.choice([-1, 0, 1], size=(n, raters), p=[SLIPS / 2, 1 - SLIPS, SLIPS / 2])
    slips[:, 0] = 0
    return np.asarray(np.clip(first[:, None] + slips, 0, levels - 1), dtype=np.int64)


def scattered(n: int, levels: int) -> Grades:
    """Return (n, 2) grades that fill the table: where raters differ, any two levels meet."""
    rng = np.random.default_rng([n, levels])
    first = rng.integers(levels, size=n)
    return np.stack(
        [first, np.where(rng.random(n) < 0.5, rng.integers(levels, size=n), first)], axis=1
    )


def median_seconds(work: Callable[[], Any], repeats: int = REPEATS) -> float:
    """Return the median of several runs."""
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds)


def vectorised_kappa(weights: Weights) -> Callable[..., NDArray[np.float64]]:
    """Return κ of gradings along an axis, as scipy's vectorised bootstrap asks for it."""
    levels, disagreement = len(weights), 1 - weights

    def shares(grades: Grades, axis: int) -> NDArray[np.float64]:
        return np.stack([(grades == level).mean(axis=axis) for level in range(levels)], axis=-1)

    def kappa(first: Grades, second: Grades, axis: int = -1) -> NDArray[np.float64]:
        observed = disagreement[first, second].mean(axis=axis)
        expected = np.einsum(
            "...i,ij,...j->...", shares(first, axis), disagreement, shares(second, axis)
        )
        return np.asarray(1 - observed / expected)

    return kappa


def scipy_interval(
    grades: Grades,
    statistic: Callable[..., NDArray[np.float64]],
    method: str,
    *,
    resamples: int = RESAMPLES,
    batch: int | None = None,
) -> Any:
    """Return scipy's bootstrap over cases of a statistic of all raters."""
    return stats.bootstrap(
        tuple(grades.T),
        statistic,
        paired=True,
        vectorized=True,
        n_resamples=resamples,
        batch=batch,
        method=method,
        rng=np.random.default_rng(1),
    )


def scikit_learn_loop(grades: Grades, levels: int, resamples: int) -> NDArray[np.float64]:
    """Return κ of resampled cases, one call of scikit-learn each."""
    rng = np.random.default_rng(1)
    labels = list(range(levels))
    values = np.empty(resamples)
    for draw in range(resamples):
        drawn = grades[rng.integers(len(grades), size=len(grades))]
        values[draw] = cohen_kappa_score(drawn[:, 0], drawn[:, 1], labels=labels, weights=WEIGHTS)
    return values


def statsmodels_loop(grades: Grades, levels: int, resamples: int) -> NDArray[np.float64]:
    """Return κ of resampled cases, tabulated by numpy, one call of statsmodels each."""
    rng = np.random.default_rng(1)
    values = np.empty(resamples)
    for draw in range(resamples):
        drawn = grades[rng.integers(len(grades), size=len(grades))]
        table = pair_table(drawn[:, 0], drawn[:, 1], levels)
        values[draw] = cohens_kappa(table, wt=WEIGHTS, return_results=False)
    return values


def our_interval(table: Table, method: Any, resamples: int = RESAMPLES) -> Any:
    """Return this engine's bootstrap of κ."""
    weights = agreement_weights(len(table), WEIGHTS)
    return bootstrap_kappas(table, [weights], seed=1, method=method, resamples=resamples)


def time_case(n: int, levels: int) -> list[Timing]:
    """Time everybody on one cohort, from gradings to interval."""
    grades = simulated(n, levels)

    def ours(method: str, resamples: int = RESAMPLES) -> Callable[[], Any]:
        return lambda: our_interval(
            pair_table(grades[:, 0], grades[:, 1], levels), method, resamples
        )

    timings = [
        Timing("ours, BCa", levels, n, median_seconds(ours("bca"))),
        Timing("ours, percentile", levels, n, median_seconds(ours("percentile"))),
        Timing(
            "ours, default B",
            levels,
            n,
            median_seconds(ours("percentile", DEFAULT_RESAMPLES), 3),
        ),
    ]
    timings += _scipy_of_case(grades, levels) if n == SIZES[0] else [_scaled_scipy(grades, levels)]
    timings += [
        _scaled_loop("scikit-learn loop", scikit_learn_loop, grades, levels),
        _scaled_loop("statsmodels loop", statsmodels_loop, grades, levels),
    ]
    return timings


def _scipy_of_case(grades: Grades, levels: int, note: str = "") -> list[Timing]:
    kappa = vectorised_kappa(agreement_weights(levels, WEIGHTS))
    return [
        Timing(
            f"{what}{note}",
            levels,
            len(grades),
            median_seconds(partial(scipy_interval, grades, kappa, "BCa", batch=batch), 3),
        )
        for what, batch in (("scipy, BCa", None), ("scipy, BCa, batched", SCIPY_BATCH))
    ]


def time_full_table(levels: int) -> list[Timing]:
    """Time BCa where every cell of the table is occupied, the worst case for this engine."""
    n = SIZES[0]
    grades = scattered(n, levels)
    table = pair_table(grades[:, 0], grades[:, 1], levels)
    ours = Timing(
        f"ours, BCa{FULL}", levels, n, median_seconds(partial(our_interval, table, "bca"))
    )
    return [ours, *_scipy_of_case(grades, levels, FULL)]


def _scaled_scipy(grades: Grades, levels: int) -> Timing:
    """Time scipy's percentile interval; its BCa would hold n × n leave-one-out cases."""
    kappa = vectorised_kappa(agreement_weights(levels, WEIGHTS))
    seconds = median_seconds(
        lambda: scipy_interval(grades, kappa, "percentile", resamples=LARGE_RESAMPLES), 1
    )
    scaled = seconds * RESAMPLES / LARGE_RESAMPLES
    return Timing("scipy, percentile", levels, len(grades), scaled, LARGE_RESAMPLES)


def _scaled_loop(
    what: str, loop: Callable[[Grades, int, int], Any], grades: Grades, levels: int
) -> Timing:
    resamples = LOOP_RESAMPLES if len(grades) == SIZES[0] else LOOP_RESAMPLES // 10
    seconds = median_seconds(lambda: loop(grades, levels, resamples), 1)
    return Timing(what, levels, len(grades), seconds * RESAMPLES / resamples, resamples)


def time_pairs(levels: int) -> list[Timing]:
    """Time BCa of all pairs of six raters: jointly, and by one call of scipy for each pair."""
    n = SIZES[0]
    grades = simulated(n, levels, RATERS)
    weights = agreement_weights(levels, WEIGHTS)
    plan = BootstrapPlan(1, "bca", RESAMPLES)
    of_pair = vectorised_kappa(weights)

    def of_all_pairs(*raters: Grades, axis: int = -1) -> NDArray[np.float64]:
        return np.stack([of_pair(*pair, axis=axis) for pair in combinations(raters, 2)])

    joint = median_seconds(lambda: bootstrap_rater_pairs(grades, levels, [weights], plan), 3)
    by_scipy = median_seconds(
        lambda: scipy_interval(grades, of_all_pairs, "BCa", batch=SCIPY_BATCH), 1
    )
    return [
        Timing("ours, 15 pairs jointly", levels, n, joint),
        Timing("scipy, 15 pairs jointly", levels, n, by_scipy),
    ]


def worst_ratio(timings: list[Timing], peer: str, ours: str, levels: int | None = None) -> float:
    """Return the smallest peer / ours over the cases that both were timed on."""
    own = {(t.levels, t.n): t.seconds for t in timings if t.what == ours}
    return min(
        t.seconds / own[t.levels, t.n]
        for t in timings
        if t.what == peer and levels in (None, t.levels)
    )


def results(timings: list[Timing]) -> dict[str, Any]:
    """Return the figures of the last line."""
    bca = {(t.levels, t.n): t.seconds for t in timings if t.what == "ours, BCa"}
    default = [t.seconds for t in timings if t.what == "ours, default B"]
    return {
        "scipy_bca_x": round(worst_ratio(timings, "scipy, BCa", "ours, BCa"), 1),
        "scipy_bca_k2_x": round(worst_ratio(timings, "scipy, BCa", "ours, BCa", levels=2), 1),
        "scipy_bca_batched_x": round(worst_ratio(timings, "scipy, BCa, batched", "ours, BCa"), 1),
        "scipy_bca_full_table_x": round(
            worst_ratio(timings, f"scipy, BCa{FULL}", f"ours, BCa{FULL}"), 1
        ),
        "sklearn_x": round(worst_ratio(timings, "scikit-learn loop", "ours, BCa"), 1),
        "statsmodels_x": round(worst_ratio(timings, "statsmodels loop", "ours, BCa"), 1),
        "size_ratio": round(max(bca[k, SIZES[-1]] / bca[k, SIZES[0]] for k in LEVELS), 2),
        "pairs_scipy_x": round(
            worst_ratio(timings, "scipy, 15 pairs jointly", "ours, 15 pairs jointly"), 1
        ),
        "default_seconds": round(max(default), 3),
        "resamples": RESAMPLES,
        "default_resamples": DEFAULT_RESAMPLES,
    }


def printed_line(timing: Timing) -> str:
    """Return one line of the table."""
    note = f"   scaled from {timing.scaled_from} resamples" if timing.scaled_from else ""
    milliseconds = 1000 * timing.seconds
    return f"{timing.what:26}{timing.levels:>7}{timing.n:>9}{milliseconds:>12.1f}{note}"


def main() -> None:
    """Run everything and print it."""
    timings: list[Timing] = []
    print(f"{'':26}{'levels':>7}{'n':>9}{'CPU ms':>12}", flush=True)
    for levels in LEVELS:
        for measured in (
            *(time_case(n, levels) for n in SIZES),
            time_full_table(levels),
            time_pairs(levels),
        ):
            timings += measured
            print("\n".join(map(printed_line, measured)), flush=True)
    print(json.dumps(results(timings)))


if __name__ == "__main__":
    main()
