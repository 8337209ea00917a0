"""Growth of an arterial territory: a trunk's end is led to many end points by repeated forking."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from inference.phantom.charts import SURFACE, Chart
from inference.phantom.skull import Skull

Points = NDArray[np.float64]

STEP_MM = 0.5
_STRAIGHT_START_MM = 7.0
_SWAY = ((30.0, 0.09), (13.0, 0.055))


@dataclass(eq=False)
class Branch:
    """A vessel between two forks, grown but not yet given radii.

    Attributes
    ----------
    points : ndarray [n, 3]
        Centre line about 0.5 mm apart, LPS mm, from its origin on the parent on.
    labels : ndarray [n]
        Artery label of each point.
    parent : Branch or None
        The branch that it leaves, None for a vessel that enters the head.
    parent_point : int
        Index of the parent's point that it leaves.
    tips : int
        Number of end points that it feeds.
    flat_end : ndarray [2]
        Where it ends on its territory's chart; for a trunk, the chart's root.
    """

    points: Points
    labels: NDArray[np.uint8]
    parent: "Branch | None" = None
    parent_point: int = -1
    tips: int = 1
    flat_end: Points = field(default_factory=lambda: np.zeros(2))

    @property
    def end_direction(self) -> Points:
        """Unit vector along which the branch ends."""
        return unit(self.points[-1] - self.points[-min(5, len(self.points))])


def unit(vector: Points) -> Points:
    """Return the vector at length 1."""
    return np.asarray(vector / np.sqrt((vector**2).sum()))


def path_length(points: Points) -> float:
    """Return the length of a polyline [n, 3], mm."""
    return float(np.sqrt((np.diff(points, axis=0) ** 2).sum(axis=1)).sum())


def evenly_spaced(points: Points, step_mm: float = STEP_MM) -> Points:
    """Return the polyline [n, 3] with points `step_mm` apart; the ends stay."""
    steps = np.sqrt((np.diff(points, axis=0) ** 2).sum(axis=1))
    way = np.concatenate([[0.0], np.cumsum(steps)])
    stations = np.linspace(0.0, way[-1], max(3, int(np.ceil(way[-1] / step_mm)) + 1))
    return np.stack([np.interp(stations, way, axis) for axis in points.T], axis=1)


def smoothed(points: Points, passes: int) -> Points:
    """Return the polyline with neighbours averaged (1, 2, 1) `passes` times; the ends stay."""
    points = points.copy()
    for _ in range(passes):
        points[1:-1] = (points[:-2] + 2 * points[1:-1] + points[2:]) / 4
    return points


@dataclass(frozen=True)
class Surface:
    """A chart placed into one half of one head.

    Attributes
    ----------
    chart : callable
        Flat coordinates [n, 2] to the left half of the reference head [n, 3].
    side_sign : int
        +1 left, -1 right.
    skull : Skull
        The head; no artery comes nearer to its inner surface than the chart's surfaces do.
    ripple : ndarray [3, 4]
        Wave vectors (1/mm) and phases of the sulcal relief.
    """

    chart: Chart
    side_sign: int
    skull: Skull
    ripple: Points

    def place(self, flat: Points) -> Points:
        """Map flat coordinates [n, 2] to LPS mm [n, 3], with the sulcal relief."""
        points = self.chart(flat)
        phase = points @ self.ripple[:, :3].T + self.ripple[:, 3]
        relief = 0.974 + 0.026 * np.sin(phase).mean(axis=1)
        points = points * relief[:, None] * self.skull.scale_xyz
        points[:, 0] *= self.side_sign
        return np.asarray(points)

    def inside(self, points: Points) -> Points:
        """Return the points with those too near to the skull drawn in."""
        radius = self.skull.relative_radius(points)
        return points * np.minimum(1.0, SURFACE / np.maximum(radius, 1e-6))[:, None]


@dataclass(frozen=True)
class Territory:
    """How one territory is grown.

    Attributes
    ----------
    surface : Surface
        Where its branches run.
    near_label, far_label : int
        Labels before and beyond the reach.
    near_reach_mm : tuple of float
        Flat distance from the root, above and below, up to which `near_label` holds.
    fork_share : tuple of float
        A branch forks after a share of the way to its end points drawn from this range.
    """

    surface: Surface
    near_label: int
    far_label: int
    near_reach_mm: tuple[float, float]
    fork_share: tuple[float, float]

    def labels_at(self, flat: Points) -> NDArray[np.uint8]:
        """Return the label of flat positions [n, 2]: near the root or beyond (above, below)."""
        above, below = self.near_reach_mm
        reach = np.where(flat[:, 1] >= 0, above, below)
        near = np.abs(flat[:, 1]) <= reach
        return np.where(near, self.near_label, self.far_label).astype(np.uint8)


def grow(
    territory: Territory, trunk: Branch, divisions: list[Points], rng: np.random.Generator
) -> list[Branch]:
    """Grow branches from the end of a trunk to flat end points.

    A branch runs part of the way to the middle of the end points that it feeds, then forks; each
    fork shares them out by their bearing, so that branches fan out and do not cross.

    Parameters
    ----------
    territory : Territory
        Surface and labels.
    trunk : Branch
        The branch whose end feeds the territory; its `flat_end` is where it meets the chart.
    divisions : list of ndarray [n, 2]
        End points in flat coordinates, one array for each branch that leaves the trunk.
    rng : numpy.random.Generator
        Random stream.

    Returns
    -------
    list of Branch
        Parents before children.
    """
    grown: list[Branch] = []
    waiting = [(trunk, goals) for goals in divisions]
    while waiting:
        parent, goals = waiting.pop(0)
        end = goals[0]
        if len(goals) > 1:
            middle = goals.mean(axis=0)
            end = parent.flat_end + rng.uniform(*territory.fork_share) * (middle - parent.flat_end)
        branch = _run(territory, parent, end, rng)
        branch.tips = len(goals)
        grown.append(branch)
        if len(goals) > 1:
            waiting.extend((branch, share) for share in _fork(end, goals, rng))
    return grown


def _fork(origin: Points, goals: Points, rng: np.random.Generator) -> tuple[Points, Points]:
    """Share end points out to two branches by their bearing from the fork."""
    middle = goals.mean(axis=0) - origin
    ways = goals - origin
    along = ways[:, 0] * middle[0] + ways[:, 1] * middle[1]
    across = ways[:, 1] * middle[0] - ways[:, 0] * middle[1]
    order = np.argsort(np.arctan2(across, along), kind="stable")
    low = max(1, int(np.floor(len(goals) * 0.3)))
    cut = int(rng.integers(low, len(goals) - low + 1))
    return goals[order[:cut]], goals[order[cut:]]


def _run(
    territory: Territory, parent: Branch, flat_end: Points, rng: np.random.Generator
) -> Branch:
    """Lay one branch from the end of its parent to a flat end point."""
    start = parent.flat_end
    way = flat_end - start
    length = float(np.sqrt((way**2).sum()))
    u = np.linspace(0.0, 1.0, max(8, int(length / 1.5)))
    flat = start + u[:, None] * way
    across = np.array([-way[1], way[0]]) / max(length, 1e-9)
    window = np.sin(np.pi * u)
    sway = np.zeros_like(u)
    for wave_mm, swing in _SWAY:
        phase = rng.uniform(0.0, 2 * np.pi)
        swing_mm = min(swing * length, swing * 45.0) * rng.uniform(0.6, 1.3)
        sway += swing_mm * np.sin(2 * np.pi * u * length / wave_mm + phase)
    flat = flat + (sway * window)[:, None] * across
    points = territory.surface.place(flat)
    origin, direction = parent.points[-1], parent.end_direction
    gone = np.sqrt(((points - points[0]) ** 2).sum(axis=1))
    blend_mm = min(_STRAIGHT_START_MM, 0.5 * path_length(points) + 0.5)
    w = np.clip(gone / blend_mm, 0.0, 1.0)
    w = (w * w * (3 - 2 * w))[:, None]
    points = (1 - w) * (origin + direction * gone[:, None]) + w * points
    fine = smoothed(evenly_spaced(territory.surface.inside(points)), 6)
    labels = territory.labels_at(
        np.stack([np.interp(np.linspace(0, 1, len(fine)), u, axis) for axis in flat.T], axis=1)
    )
    return Branch(fine, labels, parent, len(parent.points) - 1, flat_end=flat_end)
