"""Measures that count voxels: overlap, found share, volume."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.evaluation.masks import UndefinedMeasure, foregrounds, voxel_ml, why_empty


def dice(predicted: NDArray[Any], truth: NDArray[Any]) -> float:
    """Dice similarity coefficient, 2 |P ∩ T| / (|P| + |T|).

    0 if one mask is empty.

    Parameters
    ----------
    predicted, truth
        Masks of one grid; booleans, or labels with background 0.

    Raises
    ------
    UndefinedMeasure
        If both masks are empty.
    """
    p, t = foregrounds(predicted, truth)
    total = np.count_nonzero(p) + np.count_nonzero(t)
    if total == 0:
        raise UndefinedMeasure("both masks are empty")
    return 2 * np.count_nonzero(p & t) / total


def recall(predicted: NDArray[Any], truth: NDArray[Any]) -> float:
    """Share of the true voxels that were found, |P ∩ T| / |T|.

    Raises
    ------
    UndefinedMeasure
        If the true mask is empty.
    """
    p, t = foregrounds(predicted, truth)
    true_voxels = np.count_nonzero(t)
    if true_voxels == 0:
        raise UndefinedMeasure("the true mask is empty")
    return np.count_nonzero(p & t) / true_voxels


def precision(predicted: NDArray[Any], truth: NDArray[Any]) -> float:
    """Share of the predicted voxels that are true, |P ∩ T| / |P|.

    Raises
    ------
    UndefinedMeasure
        If the predicted mask is empty.
    """
    p, t = foregrounds(predicted, truth)
    predicted_voxels = np.count_nonzero(p)
    if predicted_voxels == 0:
        raise UndefinedMeasure("the predicted mask is empty")
    return np.count_nonzero(p & t) / predicted_voxels


def volume_error_ml(
    predicted: NDArray[Any], truth: NDArray[Any], spacing_zyx_mm: Sequence[float]
) -> float:
    """Predicted minus true volume, ml; always defined.

    Parameters
    ----------
    predicted, truth
        Masks of one grid; booleans, or labels with background 0; [z, y, x].
    spacing_zyx_mm
        Voxel spacing, mm.
    """
    p, t = foregrounds(predicted, truth)
    return (np.count_nonzero(p) - np.count_nonzero(t)) * voxel_ml(spacing_zyx_mm)


def volume_error_percent(predicted: NDArray[Any], truth: NDArray[Any]) -> float:
    """Predicted minus true volume as a percentage of the true volume.

    Raises
    ------
    UndefinedMeasure
        If the true mask is empty.
    """
    p, t = foregrounds(predicted, truth)
    true_voxels = np.count_nonzero(t)
    if true_voxels == 0:
        raise UndefinedMeasure(str(why_empty(not p.any(), truth_is_empty=True)))
    return 100 * (np.count_nonzero(p) - true_voxels) / true_voxels
