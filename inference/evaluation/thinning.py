"""Thin a mask to lines one voxel wide that have its parts, loops and cavities.

The thinning of Lee, Kashyap and Chu (CVGIP: Graphical Models and Image Processing 56, 1994), from
six directions in turn. A voxel goes if it is *simple* (taking it changes no part, loop or cavity;
Malandain and Bertrand, ICPR 1992) and no end of a line. Both are asked once for all voxels that
face the direction, and again just before each goes. scikit-image 0.26 asks for ends only once, so
that vessels of some even widths vanish altogether.
"""

from itertools import product

import numpy as np
from numpy.typing import NDArray

from inference.evaluation.masks import Mask

_Indices = NDArray[np.intp]
_Codes = NDArray[np.int32]

_NEIGHBOURS = np.array([step for step in product((-1, 0, 1), repeat=3) if any(step)])
_REACH = np.abs(_NEIGHBOURS).sum(axis=1)  # 1 through a face, 2 through an edge, 3 through a corner
_FACES = _REACH == 1
_DIRECTIONS = _NEIGHBOURS[_FACES]
_BETWEEN = np.abs(_NEIGHBOURS[:, None] - _NEIGHBOURS[None])
_BY_CORNERS = (_BETWEEN.max(axis=2) <= 1).astype(np.float32)
_BY_FACES = ((_BETWEEN.sum(axis=2) <= 1) & (_REACH <= 2)[:, None] & (_REACH <= 2)[None]).astype(
    np.float32
)


def thin(mask: Mask) -> Mask:
    """Thin a mask to its centre lines.

    Parameters
    ----------
    mask
        Booleans, [z, y, x]. What lies beyond the grid is background. Spacing plays no part.

    Returns
    -------
    ndarray of bool, [z, y, x]
    """
    padded = np.pad(mask, 1).astype(np.uint8)
    field = _Field(padded.ravel(), padded.shape)
    inside = np.flatnonzero(padded)
    before = -1
    while before != inside.size:
        before = inside.size
        for direction in _DIRECTIONS:
            field.peel(inside, direction)
            inside = inside[field.voxels[inside] > 0]
    return field.voxels.reshape(padded.shape)[1:-1, 1:-1, 1:-1].astype(np.bool_)


class _Field:
    """Voxels in a row, and the steps from each to its neighbours."""

    def __init__(self, voxels: NDArray[np.uint8], shape: tuple[int, ...]) -> None:
        self.voxels = voxels
        self._shape = shape
        self._strides = np.array([shape[1] * shape[2], shape[2], 1])
        self._steps = _NEIGHBOURS @ self._strides

    def peel(self, inside: _Indices, direction: NDArray[np.int_]) -> None:
        """Take the removable voxels that face a direction."""
        facing = inside[self.voxels[inside + direction @ self._strides] == 0]
        candidates = facing[self._removable(facing)]
        # No two voxels of an eighth are neighbours, so to take them at once is to take them one
        # after another.
        eighth = np.zeros(candidates.size, np.int8)
        for place in np.unravel_index(candidates, self._shape):
            eighth = 2 * eighth + (place & 1).astype(np.int8)
        for number in np.unique(eighth):
            some = candidates[eighth == number]
            self.voxels[some[self._removable(some)]] = 0

    def _removable(self, places: _Indices) -> Mask:
        codes = np.zeros(places.size, np.int32)
        for bit, step in enumerate(self._steps):
            codes |= self.voxels[places + step].astype(np.int32) << bit
        different, which = np.unique(codes, return_inverse=True)
        may_go: Mask = _may_go(different)[which]
        return may_go


def _may_go(codes: _Codes) -> Mask:
    """Tell for neighbourhoods, as bits in the order of `_NEIGHBOURS`, if their centre may go."""
    full = (codes[:, None] >> np.arange(26)) & 1 > 0
    is_end = full.sum(axis=1) <= 1
    one_part = (_flood(full, full, _BY_CORNERS) == full).all(axis=1)
    free = ~full
    reached = _flood(free & _FACES, free, _BY_FACES)
    one_background = (reached | ~(free & _FACES)).all(axis=1)
    may_go: Mask = ~is_end & one_part & one_background
    return may_go


def _flood(seeds: Mask, passable: Mask, adjacency: NDArray[np.float32]) -> Mask:
    """Reach from the first seed of each row all that is connected with it and passable."""
    reached = np.zeros_like(seeds)
    rows = np.flatnonzero(seeds.any(axis=1))
    reached[rows, seeds[rows].argmax(axis=1)] = True
    count = -1
    while count != (count := int(np.count_nonzero(reached))):
        reached |= (reached.astype(np.float32) @ adjacency > 0) & passable
    return reached
