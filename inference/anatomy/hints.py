"""What in a segmented tree deserves a second look, in plain words. Hints, no verdicts.

The limits are wide on purpose, since anatomy varies: a hint on every other case would be read on
none. See the reasons beside each; the figures of the phantoms are those of their true masks.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.anatomy.tree_measures import Extent, Sides, TreeMeasures, measure_tree
from inference.errors import InferenceError

logger = logging.getLogger(__name__)

ALMOST_NOTHING_ML = 0.5
"""Both carotid siphons and first segments of the middle cerebral arteries alone hold more: 4 cm
of 2 mm radius and 3 cm of 1.3 mm a pair."""

MOST_PARTS = 3
"""Where no communicating artery can be seen, a whole tree is in three parts: one on each internal
carotid artery and one on the basilar artery."""

UNEQUAL_SIDES = 0.3
"""Share by which the shorter side falls behind. The two sides of phantoms differ by up to 12 %."""

SHORTEST_COMPARED_MM = 30.0
"""Of less than this on the longer side nothing is said: neither side was found."""

SHORTEST_MISSED_MM = 8.0
"""An artery of which one side is shorter than this may well be missing on the other."""

EXPECTED_EDGE = "lowest slice"
"""The carotid and vertebral arteries come in from the neck."""


def tree_findings(
    mask: NDArray[np.uint8],
    spacing_zyx_mm: Sequence[float],
    labels: Mapping[str, int],
    hu: NDArray[np.generic],
) -> dict[str, Any]:
    """Return the measures of a segmented tree with their hints, as plain JSON values.

    The parameters are those of `measure_tree`.
    """
    tree = measure_tree(mask, spacing_zyx_mm, labels, hu)
    return {**tree.as_json(), "hints": quality_hints(tree)}


def findings_or_problem(
    mask: NDArray[np.uint8],
    spacing_zyx_mm: Sequence[float],
    labels: Mapping[str, int],
    hu: NDArray[np.generic],
) -> dict[str, Any]:
    """Return `tree_findings`, or, where that fails, its reason as ``problem``.

    The mask is what was asked for: it is not given up for want of its measures.
    """
    try:
        return tree_findings(mask, spacing_zyx_mm, labels, hu)
    except InferenceError as error:
        return {"problem": f"Not measured: {error}"}
    except Exception as error:
        logger.exception("A segmentation could not be measured")
        return {"problem": f"Not measured: {type(error).__name__}: {error}"}


def quality_hints(tree: TreeMeasures) -> list[str]:
    """Say what deserves a second look.

    Returns
    -------
    list of str
        Sentences without a full stop; none where nothing stands out.
    """
    if tree.whole.volume_ml == 0:
        return ["Nothing was found"]
    hints = []
    if tree.whole.volume_ml < ALMOST_NOTHING_ML:
        hints.append(f"Almost nothing was found: {tree.whole.volume_ml:.2g} ml")
    if tree.parts > MOST_PARTS:
        hints.append(
            f"The tree is in {tree.parts} parts; "
            f"the largest holds {100 * tree.largest_part_share:.0f} % of the volume"
        )
    if tree.sides is not None:
        hints += _hints_of_sides(tree, tree.sides)
    edges = [edge for edge in tree.edges if edge != EXPECTED_EDGE]
    if edges:
        hints.append(f"The tree touches the edge of the scan: {', '.join(edges)}")
    return hints


def _hints_of_sides(tree: TreeMeasures, sides: Sides) -> list[str]:
    hints = []
    shorter, longer = sorted(
        [("Left", sides.left), ("Right", sides.right)], key=lambda side: side[1].length_mm
    )
    behind = _share_behind(shorter[1], longer[1])
    if longer[1].length_mm >= SHORTEST_COMPARED_MM and behind >= UNEQUAL_SIDES:
        hints.append(
            f"{shorter[0]} side {100 * behind:.0f} % shorter than {longer[0].lower()}: "
            f"{shorter[1].length_mm:.0f} mm against {longer[1].length_mm:.0f} mm"
        )
    extents = {artery.name: artery.extent for artery in tree.arteries}
    for pair in sides.pairs:
        for missing, there in ((pair.left, pair.right), (pair.right, pair.left)):
            if extents[missing].volume_ml == 0 and extents[there].length_mm >= SHORTEST_MISSED_MM:
                hints.append(
                    f"Nothing was found of {missing}; "
                    f"{there} is {extents[there].length_mm:.0f} mm long"
                )
    return hints


def _share_behind(shorter: Extent, longer: Extent) -> float:
    return 1 - shorter.length_mm / longer.length_mm if longer.length_mm > 0 else 0.0
