"""A line of voxels as branches between junctions and ends."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

# A loop of so few voxels at one junction is the junction's own thickness.
SMALLEST_LOOP = 3


@dataclass(frozen=True, eq=False)
class Branch:
    """Voxels in order from one junction or end to the next.

    Attributes
    ----------
    voxels
        Indices of the voxels, the junctions' or ends' own included.
    free
        Whether the line ends at the first and at the last voxel.
    """

    voxels: NDArray[np.intp]
    free: tuple[bool, bool]

    @property
    def lines_to_free_ends(self) -> list[NDArray[np.intp]]:
        """The voxels in the order towards each end of the line; a lone voxel ends twice."""
        ways = (self.voxels[::-1], self.voxels)
        return [way for way, is_free in zip(ways, self.free, strict=True) if is_free]


@dataclass(frozen=True, eq=False)
class Skeleton:
    """A thin line of voxels as a graph.

    Attributes
    ----------
    branches
        All branches.
    junctions
        int [n]: the number of the junction that a voxel is part of, -1 elsewhere.
    """

    branches: list[Branch]
    junctions: NDArray[np.intp]


def skeleton_graph(voxels: NDArray[np.intp]) -> Skeleton:
    """Cut a thin line of voxels into branches.

    Voxels with three or more neighbours (of 26) make a junction together with those beside them.

    Parameters
    ----------
    voxels
        Indices [n, 3] of the line's voxels, each once.
    """
    count = len(voxels)
    pairs = cKDTree(voxels).query_pairs(1.5, p=np.inf, output_type="ndarray")
    degrees = np.bincount(pairs.ravel(), minlength=count)
    crowded = degrees >= 3
    within = pairs[crowded[pairs].all(axis=1)]
    graph = sparse.coo_matrix((np.ones(len(within)), within.T), shape=(count, count))
    numbers = connected_components(graph, directed=False)[1]
    junctions = np.where(crowded, numbers, -1)
    both_ways = np.concatenate([pairs, pairs[:, ::-1]])
    both_ways = both_ways[np.argsort(both_ways[:, 0], kind="stable")]
    neighbours = np.split(both_ways[:, 1], np.cumsum(degrees)[:-1])
    branches = _walked([n.tolist() for n in neighbours], degrees.tolist(), junctions.tolist())
    return Skeleton(list(branches), junctions)


def _walked(
    neighbours: list[list[int]], degrees: list[int], junctions: list[int]
) -> Iterator[Branch]:
    passed = [degree != 2 for degree in degrees]
    for start, degree in enumerate(degrees):
        if degree == 0:
            yield Branch(np.array([start]), (True, True))
        elif degree != 2:
            for first in neighbours[start]:
                line = _line(start, first, neighbours, degrees, passed)
                if line is not None and not _is_part_of_junction(line, junctions):
                    yield Branch(np.array(line), (degree == 1, degrees[line[-1]] == 1))
    for start, is_passed in enumerate(passed):
        if not is_passed and not passed[start]:
            passed[start] = True
            line = _line(start, neighbours[start][0], neighbours, degrees, passed)
            if line is not None:
                yield Branch(np.array(line), (False, False))


def _line(
    start: int,
    first: int,
    neighbours: list[list[int]],
    degrees: list[int],
    passed: list[bool],
) -> list[int] | None:
    """Follow the line from ``start`` by ``first``; None where it was followed already."""
    if degrees[first] != 2:
        return [start, first] if start < first else None
    if passed[first]:
        return None
    line = [start, first]
    while degrees[line[-1]] == 2 and line[-1] != start:
        passed[line[-1]] = True
        one, other = neighbours[line[-1]]
        line.append(other if one == line[-2] else one)
    return line


def _is_part_of_junction(line: list[int], junctions: list[int]) -> bool:
    same = junctions[line[0]] >= 0 and junctions[line[0]] == junctions[line[-1]]
    return same and len(line) - 1 <= SMALLEST_LOOP
