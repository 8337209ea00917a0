"""Betti numbers of a mask: how many parts it has, and how many loops."""

from typing import Any, Literal

import cc3d
import numpy as np
from numpy.typing import NDArray

from inference.evaluation.masks import Mask, bounding_box, foreground, foregrounds


def betti_numbers(mask: NDArray[Any]) -> tuple[int, int]:
    """Count the connected parts (b0) and the loops (b1) of a mask.

    The mask is taken as the union of its closed voxels, a cubical complex: voxels that share a
    corner are connected (26 neighbours), background is connected through faces only (6
    neighbours), and what lies beyond the grid is background. b1 follows from the Euler
    characteristic, b0 - b1 + b2 = V - E + F - C (vertices, edges, faces and voxels of the complex),
    where b2 is the number of enclosed cavities.

    Parameters
    ----------
    mask
        Booleans, or labels with background 0; [z, y, x].

    Returns
    -------
    b0, b1 : int
        (0, 0) for an empty mask.
    """
    occupied = foreground(mask)
    occupied = np.pad(occupied[bounding_box(occupied, margin=0)], 1)
    parts = _count_components(occupied, connectivity=26)
    cavities = _count_components(~occupied, connectivity=6) - 1
    return parts, parts + cavities - euler_characteristic(occupied)


def betti_errors(predicted: NDArray[Any], truth: NDArray[Any]) -> tuple[int, int]:
    """Absolute differences of b0 and of b1 of two masks of one grid; always defined."""
    p, t = foregrounds(predicted, truth)
    (p0, p1), (t0, t1) = betti_numbers(p), betti_numbers(t)
    return abs(p0 - t0), abs(p1 - t1)


def euler_characteristic(padded: Mask) -> int:
    """Vertices - edges + faces - voxels of the union of closed voxels.

    Parameters
    ----------
    padded
        Booleans, [z, y, x], whose outermost layer is background.
    """
    # A cell of the complex is there if any voxel around it is: merging neighbours along an axis
    # turns voxels into the faces across that axis, two such steps into edges, three into vertices.
    total = 0
    merged: list[tuple[int, Mask]] = [(0, padded)]
    for axis in range(3):
        merged += [(steps + 1, _merge_neighbours(cells, axis)) for steps, cells in merged]
    for steps, cells in merged:
        total += (-1) ** (3 - steps) * int(np.count_nonzero(cells))
    return total


def _merge_neighbours(cells: Mask, axis: int) -> Mask:
    length = cells.shape[axis]
    before = cells.take(range(length - 1), axis) if axis else cells[:-1]
    after = cells.take(range(1, length), axis) if axis else cells[1:]
    return before | after


def _count_components(mask: Mask, connectivity: Literal[6, 26]) -> int:
    # Not as booleans: for these, cc3d 4.1 reckons with too few parts in some sparse masks, and ends
    # in "maximum length exception".
    numbers = np.ascontiguousarray(mask).view(np.uint8)
    _, count = cc3d.connected_components(numbers, connectivity=connectivity, return_N=True)
    return int(count)
