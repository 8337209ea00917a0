"""Connected parts of an artery mask."""

from collections.abc import Sequence
from typing import Literal

import cc3d
import numpy as np
from numpy.typing import NDArray

# Voxels that share a face, an edge or a corner belong together: a thin vessel that runs obliquely
# is a chain of voxels that touch by corners only.
NEIGHBOURS: Literal[26] = 26


def remove_small_components(
    mask: NDArray[np.uint8], spacing_zyx_mm: Sequence[float], smallest_mm3: float
) -> NDArray[np.uint8]:
    """Remove the connected parts of a mask that are smaller than a volume.

    A part is connected over all labels, so that a short artery that is part of the tree stays.

    Parameters
    ----------
    mask
        Labels [z, y, x], 0 = background; left as it is.
    spacing_zyx_mm
        Voxel spacing, mm.
    smallest_mm3
        Parts of this volume or more stay, mm³; 0 keeps all.

    Returns
    -------
    ndarray
        The same labels without the small parts; ``mask`` itself where nothing is removed.
    """
    box = labelled_box(mask)
    if box is None or smallest_mm3 <= 0:
        return mask
    parts = connected_parts(mask[box] > 0)
    volumes_mm3 = np.bincount(parts.ravel()) * float(np.prod(spacing_zyx_mm))
    # A part of exactly the volume must not fall to the rounding of the product.
    small = volumes_mm3 < smallest_mm3 * (1 - 1e-9)
    small[0] = False
    if not small.any():
        return mask
    cleaned = mask.copy()
    cleaned[box][small[parts]] = 0
    return cleaned


def connected_parts(inside: NDArray[np.bool_]) -> NDArray[np.uint32]:
    """Number the connected parts of a mask (26 neighbours).

    Parameters
    ----------
    inside
        The mask, [z, y, x].

    Returns
    -------
    ndarray
        uint32 [z, y, x]: 0 outside, the parts from 1 without gaps.
    """
    # Not as booleans: for these, cc3d 4.1 reckons with too few parts in some sparse masks, and
    # ends in "maximum length exception".
    numbers = np.ascontiguousarray(inside).view(np.uint8)
    parts = cc3d.connected_components(numbers, connectivity=NEIGHBOURS, out_dtype=np.uint32)
    return parts.astype(np.uint32, copy=False)


def labelled_box(mask: NDArray[np.generic]) -> tuple[slice, slice, slice] | None:
    """Return the smallest box that holds all non-zero voxels, or None where there are none.

    Parameters
    ----------
    mask
        Any array, [z, y, x].
    """
    occupied: NDArray[np.bool_] = mask != 0
    if not occupied.any():
        return None
    axes = ((1, 2), (0, 2), (0, 1))
    z, y, x = (_extent(np.flatnonzero(occupied.any(axis=others))) for others in axes)
    return z, y, x


def _extent(places: NDArray[np.intp]) -> slice:
    return slice(int(places[0]), int(places[-1]) + 1)
