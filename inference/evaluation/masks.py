"""What all measures ask of two masks: booleans, the same grid, and a reason where one is empty."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.errors import InferenceError

Mask = NDArray[np.bool_]


class UndefinedMeasure(InferenceError):  # noqa: N818  # an answer about masks, not a failure
    """A measure has no value for these masks; the message says why."""


def foreground(mask: NDArray[Any]) -> Mask:
    """Return the voxels of a mask or label map that are not background.

    Parameters
    ----------
    mask
        Booleans, or labels with background 0; [z, y, x].
    """
    return mask if mask.dtype == np.bool_ else mask > 0


def foregrounds(predicted: NDArray[Any], truth: NDArray[Any]) -> tuple[Mask, Mask]:
    """Return the foreground of two masks of one grid.

    Raises
    ------
    ValueError
        If the shapes differ, which broadcasting might hide.
    """
    if predicted.shape != truth.shape:
        raise ValueError(f"The masks have the shapes {predicted.shape} and {truth.shape}")
    return foreground(predicted), foreground(truth)


def why_empty(predicted_is_empty: bool, truth_is_empty: bool) -> str | None:
    """Say in words which of two masks is empty; None if neither is."""
    if predicted_is_empty and truth_is_empty:
        return "both masks are empty"
    if predicted_is_empty:
        return "the predicted mask is empty"
    return "the true mask is empty" if truth_is_empty else None


def bounding_box(*masks: Mask, margin: int = 1) -> tuple[slice, slice, slice]:
    """Return the smallest box around the foreground of all masks, plus a margin within the grid.

    Empty slices if all masks are empty.
    """
    slices = []
    for axis in range(3):
        others = tuple(other for other in range(3) if other != axis)
        filled = np.flatnonzero(np.any([mask.any(axis=others) for mask in masks], axis=0))
        if filled.size == 0:
            return slice(0), slice(0), slice(0)
        slices.append(slice(max(int(filled[0]) - margin, 0), int(filled[-1]) + 1 + margin))
    return slices[0], slices[1], slices[2]


def voxel_ml(spacing_zyx_mm: Sequence[float]) -> float:
    """Volume of one voxel, ml."""
    return math.prod(spacing_zyx_mm) / 1000
