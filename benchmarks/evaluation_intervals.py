"""How often the interval of an evaluation's mean covers the true mean.

``python -m benchmarks.evaluation_intervals`` prints a Markdown table: for sets of several sizes and
two distributions, one like DSC and one skewed like HD95, the share of the 95 % intervals that hold
the distribution's mean.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from inference.evaluation.summary import summarise

SIZES = (5, 10, 20, 40, 100)
REPEATS = 500
SEED = 1
# Mean 0.8 and SD 0.04, as the published DSC; and a lognormal one, whose tail is long to the right.
DSC_MEAN, DSC_SD = 0.8, 0.04
_STRENGTH = DSC_MEAN * (1 - DSC_MEAN) / DSC_SD**2 - 1
LOG_SD = 0.8

Draw = Callable[[np.random.Generator, int], NDArray[np.float64]]

DISTRIBUTIONS: dict[str, tuple[Draw, float]] = {
    "DSC-like (beta)": (
        lambda rng, n: rng.beta(DSC_MEAN * _STRENGTH, (1 - DSC_MEAN) * _STRENGTH, n),
        DSC_MEAN,
    ),
    "HD95-like (lognormal)": (
        lambda rng, n: rng.lognormal(0, LOG_SD, n),
        float(np.exp(LOG_SD**2 / 2)),
    ),
}


def main() -> None:
    """Print the coverage for each size and distribution."""
    rng = np.random.default_rng(SEED)
    print(f"| Cases | {' | '.join(DISTRIBUTIONS)} |")
    print("| --- " * (1 + len(DISTRIBUTIONS)) + "|")
    for size in SIZES:
        covered = [_coverage(draw, mean, size, rng) for draw, mean in DISTRIBUTIONS.values()]
        print(f"| {size} | " + " | ".join(f"{share:.1%}" for share in covered) + " |", flush=True)


def _coverage(draw: Draw, mean: float, size: int, rng: np.random.Generator) -> float:
    held = 0
    for _ in range(REPEATS):
        ci = summarise(draw(rng, size).tolist()).ci
        held += ci is not None and ci[0] <= mean <= ci[1]
    return held / REPEATS


if __name__ == "__main__":
    main()
