"""How long it takes to measure one case of a clinical size, and how much memory.

``python -m benchmarks.evaluation`` prints a Markdown table. The truth is a phantom's artery tree
with 19 named arteries; the predicted mask is the truth, shifted by a voxel, with a tenth of its
voxels lost and specks all over the head, so that the box around both masks is the whole volume. The
memory is the process's, the making of the phantom included.
"""

import resource
import time

import numpy as np
from numpy.typing import NDArray

from inference.evaluation.cases import EvaluatedCase, measure_case
from inference.phantom import ARTERY_LABELS, make_phantom

SEED = 2_000_000
GRIDS = {
    "512 × 512 × 160, 1 mm thick": ((160, 512, 512), (1.0, 0.45, 0.45)),
    "512 × 512 × 266, 0.6 mm thick": ((266, 512, 512), (0.6, 0.45, 0.45)),
}
LOST, SPECKS = 0.1, 200


def main() -> None:
    """Measure one case of each grid, as a tree and artery by artery."""
    print("| Grid | True voxels | Measured | Seconds | CPU seconds | Peak memory, GB |")
    print("| --- | --- | --- | --- | --- | --- |")
    for grid, (shape, spacing) in GRIDS.items():
        truth = make_phantom(SEED, shape_zyx=shape, spacing_zyx_mm=spacing).labels
        predicted = _flawed(truth)
        for measured, names in (("whole tree", {}), ("with 19 arteries", ARTERY_LABELS)):
            case = EvaluatedCase(
                "phantom", "none", "benchmark", predicted, truth, spacing, names, names
            )
            begin = time.process_time()
            seconds = measure_case(case).seconds
            cpu = time.process_time() - begin
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
            print(
                f"| {grid} | {np.count_nonzero(truth)} | {measured} "
                f"| {seconds:.1f} | {cpu:.1f} | {peak:.2f} |",
                flush=True,
            )


def _flawed(truth: NDArray[np.uint8]) -> NDArray[np.uint8]:
    rng = np.random.default_rng(SEED)
    predicted = np.roll(truth, 1, axis=1)
    predicted[rng.random(truth.shape, np.float32) < LOST] = 0
    predicted.ravel()[rng.integers(truth.size, size=SPECKS)] = 1
    return predicted


if __name__ == "__main__":
    main()
