"""One case of an evaluation: its masks, and what they measured."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from inference.evaluation.catalogue import MEASURES, TRUTH_NAMED_ONLY
from inference.evaluation.masks import Mask, UndefinedMeasure, bounding_box, foregrounds
from inference.evaluation.pair import MaskPair

Labels = NDArray[np.integer] | Mask
Box = tuple[slice, slice, slice]


@dataclass(frozen=True)
class EvaluatedCase:
    """A predicted segmentation and the truth, on one grid.

    Attributes
    ----------
    case
        The case's name.
    site
        Where it was scanned.
    set
        The set that it counts in.
    predicted, truth
        Label maps or masks, [z, y, x], background 0.
    spacing_zyx_mm
        Voxel spacing, mm.
    labels
        The arteries that the truth tells apart: label values by name. None for the tree only.
    predicted_labels
        The same for the prediction. An artery that both name is compared by every measure, one
        that only the truth names by its recall within the whole predicted tree.
    """

    case: str
    site: str
    set: str
    predicted: Labels
    truth: Labels
    spacing_zyx_mm: tuple[float, float, float]
    labels: Mapping[str, int] = field(default_factory=dict)
    predicted_labels: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class FailedCase:
    """A case that could not be evaluated, and why."""

    case: str
    site: str
    set: str
    reason: str


@dataclass(frozen=True)
class Measured:
    """The measures of one tree or artery.

    Attributes
    ----------
    values
        By the names of `MEASURES`; None where undefined.
    undefined
        Why, for each measure that is None.
    """

    values: dict[str, float | None]
    undefined: dict[str, str]


@dataclass(frozen=True)
class MeasuredCase:
    """What one case measured.

    Attributes
    ----------
    case, site, set
        As in `EvaluatedCase`.
    tree
        The whole tree, whatever its labels.
    arteries
        Each artery that the truth names.
    seconds
        Time that the measuring took.
    """

    case: str
    site: str
    set: str
    tree: Measured
    arteries: dict[str, Measured]
    seconds: float


def measure_case(case: EvaluatedCase) -> MeasuredCase:
    """Measure the whole tree and every named artery of one case.

    Raises
    ------
    ValueError
        If the masks differ in shape.
    """
    begin = time.perf_counter()
    # Everything happens in the box around both masks: heads are large, arteries are not.
    box = bounding_box(*foregrounds(case.predicted, case.truth), margin=0)
    predicted, truth = case.predicted[box], case.truth[box]
    tree = MaskPair(*foregrounds(predicted, truth), case.spacing_zyx_mm)
    arteries = {
        name: _measure(pair, MEASURES if name in case.predicted_labels else TRUTH_NAMED_ONLY)
        for name, pair in _artery_pairs(case, predicted, truth, tree)
    }
    measured = _measure(tree, MEASURES)
    seconds = time.perf_counter() - begin
    return MeasuredCase(case.case, case.site, case.set, measured, arteries, seconds)


def _measure(pair: MaskPair, names: "Mapping[str, object] | tuple[str, ...]") -> Measured:
    measured = Measured({}, {})
    for name in names:
        try:
            measured.values[name] = float(MEASURES[name].compute(pair))
        except UndefinedMeasure as reason:
            measured.values[name] = None
            measured.undefined[name] = str(reason)
    return measured


def _artery_pairs(
    case: EvaluatedCase, predicted: Labels, truth: Labels, tree: MaskPair
) -> Iterator[tuple[str, MaskPair]]:
    """Give each named artery's masks with its part of the tree's centre lines, cropped."""
    true_boxes, predicted_boxes = _boxes(truth), _boxes(predicted)
    for name, value in case.labels.items():
        if value == 0:  # nnU-Net's own tables of labels name the background too
            continue
        predicted_value = case.predicted_labels.get(name)
        boxes = [true_boxes.get(value)]
        if predicted_value is not None:
            boxes.append(predicted_boxes.get(predicted_value))
        box = _union([box for box in boxes if box is not None])
        true_part = truth[box] == value
        if predicted_value is None:
            predicted_part = tree.predicted[box]
        else:
            predicted_part = predicted[box] == predicted_value
        yield (
            name,
            MaskPair(
                predicted_part,
                true_part,
                case.spacing_zyx_mm,
                lines=(
                    tree.predicted_line[box] & predicted_part,
                    tree.true_line[box] & true_part,
                ),
            ),
        )


def _boxes(labels: Labels) -> dict[int, Box]:
    from scipy.ndimage import find_objects

    if labels.size == 0:
        return {}
    boxes = find_objects(labels.astype(np.int32, copy=False))
    return {value: box for value, box in enumerate(boxes, start=1) if box is not None}


def _union(boxes: list[Box]) -> Box:
    if not boxes:
        return slice(0), slice(0), slice(0)
    z, y, x = (
        slice(min(box[axis].start for box in boxes), max(box[axis].stop for box in boxes))
        for axis in range(3)
    )
    return z, y, x
