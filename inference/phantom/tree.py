"""The artery tree of a phantom: centre lines, radii, labels and arrival times.

The tree depends on the seed alone, never on the grid that it is painted on.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.phantom.branching import Branch, Surface, Territory, grow, path_length
from inference.phantom.calibre import lumen_radii
from inference.phantom.charts import (
    INSULA_HEIGHT_MM,
    Chart,
    callosal_chart,
    occipital_chart,
    sylvian_chart,
)
from inference.phantom.labels import Side, artery_label
from inference.phantom.morphometry import BRAVA
from inference.phantom.morphometry import Territory as TerritoryName
from inference.phantom.randomness import stream
from inference.phantom.skull import Skull, skull_of_seed
from inference.phantom.trunks import TrunkLayer, shortened

Points = NDArray[np.float64]
Values = NDArray[np.float64]

_SIDES: tuple[tuple[Side, int], ...] = (("right", -1), ("left", 1))
_GRID_MM = 1 / 1024
"""Positions are rounded to this so that the last bit of a sine does not tell machines apart."""
_FLOW_MM_PER_S = 180.0
"""Speed of contrast in a vessel of 1 mm radius; it goes with the square root of the radius."""


@dataclass(frozen=True, eq=False)
class ArteryTree:
    """Centre lines of all arteries as chains of points.

    Attributes
    ----------
    points_lps_mm : ndarray [n, 3] of float64
        Centre-line points about 0.5 mm apart, LPS mm, branch after branch. A branch begins on a
        point of its parent.
    radii_mm : ndarray [n] of float64
        Lumen radius at each point.
    labels : ndarray [n] of uint8
        Artery label of each point (`ARTERY_LABELS`).
    arrival_s : ndarray [n] of float64
        Time that contrast needs from where the tree enters the head to the point.
    branches : ndarray [n] of int32
        Index of each point's branch; neighbours with the same index are joined.
    """

    points_lps_mm: Points
    radii_mm: Values
    labels: NDArray[np.uint8]
    arrival_s: Values
    branches: NDArray[np.int32]

    @property
    def segments(self) -> NDArray[np.intp]:
        """Index of the first point of every joined pair [m]; the second is the next point."""
        return np.flatnonzero(self.branches[1:] == self.branches[:-1])

    def length_mm(self, labels: frozenset[int]) -> float:
        """Return the centre-line length of the arteries with these labels, mm."""
        first = self.segments[np.isin(self.labels[self.segments], list(labels))]
        steps = self.points_lps_mm[first + 1] - self.points_lps_mm[first]
        return float(np.sqrt((steps**2).sum(axis=1)).sum())


def grow_artery_tree(seed: int) -> ArteryTree:
    """Grow the artery tree of a seed, sized after BraVa and TopCoW (`morphometry`).

    Parameters
    ----------
    seed : int
        Seed of the phantom, 0 or more.
    """
    rng = stream(seed, "tree")
    skull = skull_of_seed(seed)
    layer = TrunkLayer(skull, rng)
    basilar, vertebrals = layer.basilar()
    carotids: list[Branch] = []
    fed: list[Branch] = []
    for side, sign in _SIDES:
        carotid, m1, a1 = layer.carotid(side, sign)
        carotids.append(carotid)
        p1, p2 = layer.posterior(side, sign, basilar)
        fed += _middle_cerebral(side, sign, m1, skull, rng)
        fed += _anterior_cerebral(side, sign, a1, skull, rng)
        fed += _posterior_cerebral(side, sign, (p1, p2), skull, rng)
    trunks = [*carotids, *vertebrals, basilar]
    cerebellar = _cerebellar(
        layer, basilar, vertebrals, sum(path_length(b.points) for b in trunks), rng
    )
    return _assembled([*trunks, *fed, *cerebellar], rng)


def _surface(chart: Chart, sign: int, skull: Skull, rng: np.random.Generator) -> Surface:
    waves = rng.uniform(0.12, 0.30, (3, 3)) * rng.choice([-1.0, 1.0], (3, 3))
    phases = rng.uniform(0.0, 2 * np.pi, (3, 1))
    return Surface(chart, sign, skull, np.concatenate([waves, phases], axis=1))


def _spread(
    count: int, low: tuple[float, float], high: tuple[float, float], rng: np.random.Generator
) -> Points:
    """Return end points [count, 2] spread evenly over a rectangle, each a little off."""
    along = (np.arange(count) + rng.uniform(0.15, 0.85, count)) / count
    golden = (np.arange(count) * 0.6180339887 + rng.uniform()) % 1.0
    share = np.stack([along, golden], axis=1)
    return np.asarray(np.array(low) + share * (np.array(high) - np.array(low)))


def _fitted(
    name: TerritoryName,
    territory: Territory,
    trunks: list[Branch],
    divisions: list[Points],
    rng: np.random.Generator,
) -> list[Branch]:
    """Grow a territory, then cut its end branches to a length drawn from BraVa's range."""
    shortest, usual, longest = BRAVA[name].length_mm
    wanted = rng.triangular(1.08 * shortest, usual, 0.95 * longest)
    grown = grow(territory, trunks[-1], divisions, rng)
    total = sum(path_length(branch.points) for branch in [*trunks, *grown])
    shortened(grown, total - wanted)
    return [*trunks, *grown]


def _middle_cerebral(
    side: Side, sign: int, m1: Branch, skull: Skull, rng: np.random.Generator
) -> list[Branch]:
    surface = _surface(sylvian_chart, sign, skull, rng)
    insula = (INSULA_HEIGHT_MM, INSULA_HEIGHT_MM / 2)
    m2, m3 = artery_label(side, "M2"), artery_label(side, "M3")
    territory = Territory(surface, m2, m3, insula, (0.07, 0.20))
    upper = _spread(int(rng.integers(15, 18)), (-44.0, 66.0), (74.0, 112.0), rng)
    lower = _spread(int(rng.integers(12, 15)), (-14.0, -38.0), (80.0, -56.0), rng)
    lower[:, 1] -= 0.2 * np.maximum(lower[:, 0], 0.0)
    return _fitted("MCA", territory, [m1], [upper, lower], rng)


def _anterior_cerebral(
    side: Side, sign: int, a1: Branch, skull: Skull, rng: np.random.Generator
) -> list[Branch]:
    surface = _surface(callosal_chart, sign, skull, rng)
    a2 = artery_label(side, "A2")
    territory = Territory(surface, a2, a2, (0.0, 0.0), (0.18, 0.36))
    cortical = _spread(int(rng.integers(10, 14)), (6.0, 20.0), (150.0, 54.0), rng)
    pericallosal = np.array([[rng.uniform(112.0, 132.0), 3.0]])
    return _fitted("ACA", territory, [a1], [np.concatenate([cortical, pericallosal])], rng)


def _posterior_cerebral(
    side: Side, sign: int, trunks: tuple[Branch, Branch], skull: Skull, rng: np.random.Generator
) -> list[Branch]:
    surface = _surface(occipital_chart, sign, skull, rng)
    p2 = artery_label(side, "P2")
    territory = Territory(surface, p2, p2, (0.0, 0.0), (0.06, 0.18))
    medial = _spread(int(rng.integers(6, 8)), (18.0, 4.0), (40.0, 48.0), rng)
    lateral = _spread(int(rng.integers(5, 7)), (-30.0, -28.0), (34.0, -46.0), rng)
    trunks[-1].tips = len(medial) + len(lateral)
    return _fitted("PCA", territory, list(trunks), [medial, lateral], rng)


def _cerebellar(
    layer: TrunkLayer,
    basilar: Branch,
    vertebrals: list[Branch],
    trunks_mm: float,
    rng: np.random.Generator,
) -> list[Branch]:
    """Lay the cerebellar arteries; with the trunks they are as long as BraVa's trunk group.

    That group's median radius is a branch's: more than half of its length is branches.
    """
    laid: list[Branch] = []
    for (_, sign), vertebral in zip(_SIDES, vertebrals, strict=True):
        laid += layer.cerebellar(sign, basilar, vertebral)
    _, usual, longest = BRAVA["trunks"].length_mm
    wanted = max(2.06 * trunks_mm, rng.triangular(usual, 1.1 * usual, 0.98 * longest))
    shortened(laid, trunks_mm + sum(path_length(branch.points) for branch in laid) - wanted)
    return laid


def _assembled(branches: list[Branch], rng: np.random.Generator) -> ArteryTree:
    """Give branches their radii and arrival times and chain them into a tree."""
    radii = lumen_radii(branches, rng)
    arrival: dict[int, Values] = {}
    for branch in branches:
        steps = np.sqrt((np.diff(branch.points, axis=0) ** 2).sum(axis=1))
        speed = _FLOW_MM_PER_S * np.sqrt(radii[id(branch)][1:])
        start = 0.0 if branch.parent is None else arrival[id(branch.parent)][branch.parent_point]
        arrival[id(branch)] = start + np.concatenate([[0.0], np.cumsum(steps / speed)])
    sizes = [len(branch.points) for branch in branches]
    points = np.concatenate([branch.points for branch in branches])
    return ArteryTree(
        points_lps_mm=np.round(points / _GRID_MM) * _GRID_MM,
        radii_mm=np.round(np.concatenate([radii[id(b)] for b in branches]) / _GRID_MM) * _GRID_MM,
        labels=np.concatenate([branch.labels for branch in branches]),
        arrival_s=np.round(np.concatenate([arrival[id(b)] for b in branches]), 4),
        branches=np.repeat(np.arange(len(branches), dtype=np.int32), sizes),
    )
