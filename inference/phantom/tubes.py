"""Vessels as clouds of small equal parts of their lumen, to be summed on any grid.

Counting parts gives partial volume on voxels and path length on detector pixels by the same means,
and counts do not depend on the machine.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.phantom.tree import ArteryTree

Values = NDArray[np.float64]
Index = NDArray[np.intp]

_GOLDEN_ANGLE = np.pi * (3.0 - np.sqrt(5.0))
_PARTS_PER_CHUNK = 400_000


@dataclass(frozen=True)
class LumenParts:
    """Small parts of the lumen.

    Attributes
    ----------
    points_lps_mm : ndarray [n, 3]
        Centre of each part, LPS mm.
    volumes_mm3 : ndarray [n]
        Volume of each part.
    tree_points : ndarray [n] of int
        Index of the centre-line point that the part belongs to.
    """

    points_lps_mm: Values
    volumes_mm3: Values
    tree_points: Index


def lumen_parts(tree: ArteryTree, step_mm: float, chosen: Index) -> Iterator[LumenParts]:
    """Cut the lumen into parts about `step_mm` wide.

    Parameters
    ----------
    tree : ArteryTree
        The arteries.
    step_mm : float
        Distance of neighbouring parts.
    chosen : ndarray [m] of int
        First points of the segments to cut (a subset of `tree.segments`).

    Yields
    ------
    LumenParts
        Parts in chunks; all chunks together fill the lumen once.
    """
    sections = _sections(tree, step_mm, chosen)
    counts = np.maximum(np.ceil(np.pi * (sections.radii / step_mm) ** 2 / 4.0).astype(int) * 4, 4)
    for count in np.unique(counts):
        alike = np.flatnonzero(counts == count)
        per_chunk = max(1, _PARTS_PER_CHUNK // int(count))
        for begin in range(0, len(alike), per_chunk):
            yield _discs(sections, alike[begin : begin + per_chunk], int(count))


@dataclass(frozen=True)
class _Sections:
    centres: Values
    tangents: Values
    radii: Values
    lengths: Values
    tree_points: Index


def _sections(tree: ArteryTree, step_mm: float, chosen: Index) -> _Sections:
    """Slice every chosen segment across into pieces at most `step_mm` long."""
    start, end = tree.points_lps_mm[chosen], tree.points_lps_mm[chosen + 1]
    way = end - start
    lengths = np.sqrt((way**2).sum(axis=1))
    pieces = np.maximum(np.ceil(lengths / step_mm).astype(int), 1)
    owner = np.repeat(np.arange(len(chosen)), pieces)
    first = np.repeat(np.cumsum(pieces) - pieces, pieces)
    share = (np.arange(len(owner)) - first + 0.5) / pieces[owner]
    radii = tree.radii_mm[chosen] + 0.0
    growth = tree.radii_mm[chosen + 1] - radii
    return _Sections(
        centres=start[owner] + share[:, None] * way[owner],
        tangents=way[owner] / np.maximum(lengths[owner], 1e-9)[:, None],
        radii=radii[owner] + share * growth[owner],
        lengths=(lengths / pieces)[owner],
        tree_points=chosen[owner] + (share > 0.5),
    )


def _discs(sections: _Sections, which: Index, count: int) -> LumenParts:
    """Fill the sections `which` with `count` parts each, laid out like sunflower seeds."""
    tangent = sections.tangents[which]
    helper = np.zeros_like(tangent)
    helper[np.arange(len(which)), np.argmin(np.abs(tangent), axis=1)] = 1.0
    across = np.cross(tangent, helper)
    across /= np.sqrt((across**2).sum(axis=1, keepdims=True))
    upward = np.cross(tangent, across)
    seed = np.arange(count)
    angle = seed * _GOLDEN_ANGLE + (which * 1.0)[:, None]
    reach = np.sqrt((seed + 0.5) / count) * sections.radii[which][:, None]
    points = (
        sections.centres[which][:, None, :]
        + (reach * np.cos(angle))[:, :, None] * across[:, None, :]
        + (reach * np.sin(angle))[:, :, None] * upward[:, None, :]
    )
    volume = np.pi * sections.radii[which] ** 2 * sections.lengths[which] / count
    return LumenParts(
        points_lps_mm=points.reshape(-1, 3),
        volumes_mm3=np.repeat(volume, count),
        tree_points=np.repeat(sections.tree_points[which], count),
    )
