"""The measures of an evaluation by name: what they are called, their unit, what is good."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from inference.evaluation.masks import UndefinedMeasure
from inference.evaluation.overlap import (
    dice,
    precision,
    recall,
    volume_error_ml,
    volume_error_percent,
)
from inference.evaluation.pair import MaskPair

NSD_TOLERANCE_MM = 1.0


@dataclass(frozen=True)
class Measure:
    """One measure of a predicted mask against the truth.

    Attributes
    ----------
    title
        What people call it.
    unit
        ``mm``, ``ml``, ``%``, or nothing for shares and counts.
    best
        The value of a perfect segmentation.
    decimals
        How many are worth showing.
    compute
        The measure itself; raises `UndefinedMeasure` where it has no value.
    """

    title: str
    unit: Literal["", "mm", "ml", "%"]
    best: Literal[0, 1]
    decimals: int
    compute: Callable[[MaskPair], float]


def _nsd(pair: MaskPair) -> float:
    try:
        return pair.distances.share_within(NSD_TOLERANCE_MM)
    except UndefinedMeasure:
        if pair.truth.any() or pair.predicted.any():
            return 0.0
        raise


MEASURES: dict[str, Measure] = {
    "dice": Measure("DSC", "", 1, 3, lambda pair: dice(pair.predicted, pair.truth)),
    "cl_dice": Measure("clDice", "", 1, 3, lambda pair: pair.cl_dice()),
    "nsd_1mm": Measure("NSD at 1 mm", "", 1, 3, _nsd),
    "hd95_mm": Measure("HD95", "mm", 0, 2, lambda pair: pair.distances.hausdorff(95)),
    "average_surface_distance_mm": Measure(
        "Average surface distance", "mm", 0, 2, lambda pair: pair.distances.average()
    ),
    "recall": Measure("Recall", "", 1, 3, lambda pair: recall(pair.predicted, pair.truth)),
    "precision": Measure("Precision", "", 1, 3, lambda pair: precision(pair.predicted, pair.truth)),
    "centre_line_recall": Measure(
        "Centre-line recall", "", 1, 3, lambda pair: pair.centre_line_recall()
    ),
    "betti_0_error": Measure("Betti-0 error", "", 0, 1, lambda pair: pair.betti_errors[0]),
    "betti_1_error": Measure("Betti-1 error", "", 0, 1, lambda pair: pair.betti_errors[1]),
    "volume_error_ml": Measure(
        "Volume error",
        "ml",
        0,
        2,
        lambda pair: volume_error_ml(pair.predicted, pair.truth, pair.spacing_zyx_mm),
    ),
    "volume_error_percent": Measure(
        "Volume error", "%", 0, 1, lambda pair: volume_error_percent(pair.predicted, pair.truth)
    ),
}
"""By the names that stand in JSON and CSV."""

TRUTH_NAMED_ONLY = ("recall", "centre_line_recall")
"""What can be said of an artery that the truth names and the prediction does not."""
