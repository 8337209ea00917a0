"""Measures on centre lines: clDice and the share of the true centre line that was found."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.evaluation.masks import (
    Mask,
    UndefinedMeasure,
    bounding_box,
    foreground,
    foregrounds,
)
from inference.evaluation.thinning import thin


def centre_line(mask: NDArray[Any]) -> Mask:
    """Thin a mask to its centre line, one voxel wide; see `inference.evaluation.thinning`.

    Every part of the mask keeps a line, and every loop. Spacing plays no part.

    Parameters
    ----------
    mask
        Booleans, or labels with background 0; [z, y, x].

    Returns
    -------
    ndarray of bool, [z, y, x]
    """
    occupied = foreground(mask)
    line = np.zeros(occupied.shape, np.bool_)
    box = bounding_box(occupied, margin=0)
    line[box] = thin(occupied[box])
    return line


def cl_dice(predicted: NDArray[Any], truth: NDArray[Any]) -> float:
    """Centre-line Dice (Shit et al., CVPR 2021): the harmonic mean of two shares.

    Of the predicted centre line the share within the truth (topology precision), and of the true
    centre line the share within the prediction (topology sensitivity). 0 if one mask is empty or
    if both shares are 0.

    Parameters
    ----------
    predicted, truth
        Masks of one grid; booleans, or labels with background 0; [z, y, x].

    Raises
    ------
    UndefinedMeasure
        If both masks are empty.
    """
    p, t = foregrounds(predicted, truth)
    return cl_dice_of_lines(p, centre_line(p), t, centre_line(t))


def cl_dice_of_lines(predicted: Mask, predicted_line: Mask, truth: Mask, true_line: Mask) -> float:
    """Centre-line Dice of two masks whose centre lines are known; see `cl_dice`."""
    lengths = np.count_nonzero(predicted_line), np.count_nonzero(true_line)
    if not any(lengths):
        raise UndefinedMeasure("neither mask has a centre line")
    if not all(lengths):
        return 0.0
    precision = np.count_nonzero(predicted_line & truth) / lengths[0]
    sensitivity = np.count_nonzero(true_line & predicted) / lengths[1]
    if precision + sensitivity == 0:
        return 0.0
    return 2 * precision * sensitivity / (precision + sensitivity)


def centre_line_recall(predicted: NDArray[Any], truth: NDArray[Any]) -> float:
    """Share of the true centre line that lies within the predicted mask.

    Raises
    ------
    UndefinedMeasure
        If the true mask is empty.
    """
    p, t = foregrounds(predicted, truth)
    return found_share_of_line(p, centre_line(t))


def found_share_of_line(predicted: Mask, true_line: Mask) -> float:
    """Share of a centre line within a predicted mask; see `centre_line_recall`."""
    length = np.count_nonzero(true_line)
    if length == 0:
        raise UndefinedMeasure("the truth has no centre line")
    return np.count_nonzero(true_line & predicted) / length
