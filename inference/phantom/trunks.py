"""The large arteries at the skull base, laid along fixed way-points of the reference head."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from inference.phantom.branching import Branch, evenly_spaced, path_length
from inference.phantom.labels import ARTERY_LABELS, Side, artery_label
from inference.phantom.skull import Skull

Points = NDArray[np.float64]
Course = Sequence[tuple[float, float, float]]

_CAROTID: Course = [
    (23, 15, -60), (23.5, 14, -53), (21, 11.5, -46.5), (15, 4, -44), (11.5, -1, -39.5),
    (10.5, -7, -34.5), (9.5, -14.5, -33), (9.5, -19.5, -29), (10, -18, -24), (11.5, -11.5, -19.5),
]  # fmt: skip
_M1: Course = [(11.5, -11.5, -19.5), (18, -13, -18), (26, -12.5, -16.5), (32.5, -9, -14)]
_A1: Course = [(11.5, -11.5, -19.5), (8.5, -17, -17.5), (4.5, -22, -16), (2.6, -25, -14)]
_BASILAR: Course = [(0, 12, -47), (0.6, 8.5, -38), (0, 5.5, -29), (0, 5.5, -20.5)]
_VERTEBRAL: Course = [(15, 30, -61.5), (13, 27, -58.5), (8, 20, -54), (3, 14, -49.5), (0, 12, -47)]
_P1: Course = [(0, 5.5, -20.5), (4, 4.8, -19.5), (9, 8.5, -18.5)]
_P2: Course = [(9, 8.5, -18.5), (14.5, 15, -17.5), (19, 24, -15.5), (20, 33, -12), (17, 40, -9)]
_SUPERIOR_CEREBELLAR: list[Course] = [
    [(0, 5.6, -24), (7, 8, -25), (14, 16, -25), (18, 24, -22.5)],
    [(18, 24, -22.5), (16, 36, -17.5), (11, 50, -18.5), (8, 64, -26), (9, 68, -36)],
    [(18, 24, -22.5), (26, 32, -22), (33, 42, -24), (37, 50, -29)],
]
_POSTERIOR_INFERIOR_CEREBELLAR: list[Course] = [
    [(8, 20, -54), (11, 26, -57), (9, 34, -58), (6, 37, -51), (6, 44, -47)],
    [(6, 44, -47), (6, 54, -50), (9, 63, -47), (12, 67, -40)],
    [(6, 44, -47), (14, 54, -53), (24, 60, -50), (30, 61, -43)],
]
_ANTERIOR_INFERIOR_CEREBELLAR: Course = [(0.4, 8.2, -37), (8, 9, -38), (18, 13, -39), (30, 22, -41)]


class TrunkLayer:
    """Lays the trunks of one head, with the small differences of this person.

    Parameters
    ----------
    skull : Skull
        The head.
    rng : numpy.random.Generator
        Random stream.
    """

    def __init__(self, skull: Skull, rng: np.random.Generator) -> None:
        self._scale = np.array(skull.scale_xyz)
        self._rng = rng

    def lay(
        self,
        way_points: Course,
        side_sign: int,
        label: int,
        parent: Branch | None = None,
    ) -> Branch:
        """Lay a vessel along way-points; with a parent it starts at the nearest point of it."""
        stations = np.array(way_points, dtype=np.float64) * (side_sign, 1, 1)
        stations[1:-1] += self._rng.uniform(-0.8, 0.8, (len(stations) - 2, 3))
        stations *= self._scale
        parent_point = -1
        if parent is not None:
            distance = ((parent.points - stations[0]) ** 2).sum(axis=1)
            parent_point = int(np.argmin(distance))
            stations[0] = parent.points[parent_point]
        chords = np.sqrt((np.diff(stations, axis=0) ** 2).sum(axis=1))
        knots = np.concatenate([[0.0], np.cumsum(np.sqrt(chords))])
        curve = CubicSpline(knots, stations)(np.linspace(0.0, knots[-1], 40 * len(stations)))
        points = evenly_spaced(np.asarray(curve))
        labels = np.full(len(points), label, dtype=np.uint8)
        return Branch(points, labels, parent, parent_point)

    def carotid(self, side: Side, sign: int) -> tuple[Branch, Branch, Branch]:
        """Lay ICA, M1 and A1 of one side."""
        carotid = self.lay(_CAROTID, sign, artery_label(side, "ICA"))
        m1 = self.lay(_M1, sign, artery_label(side, "M1"), carotid)
        a1 = self.lay(_A1, sign, artery_label(side, "A1"), carotid)
        return carotid, m1, a1

    def basilar(self) -> tuple[Branch, list[Branch]]:
        """Lay both vertebral arteries and the basilar artery that the right one leads into."""
        right = self.lay(_VERTEBRAL, -1, ARTERY_LABELS["R-VA"])
        basilar = self.lay(_BASILAR, 1, ARTERY_LABELS["BA"], right)
        left = self.lay(_VERTEBRAL, 1, ARTERY_LABELS["L-VA"])
        left.points[-1] = right.points[-1]
        return basilar, [right, left]

    def posterior(self, side: Side, sign: int, basilar: Branch) -> tuple[Branch, Branch]:
        """Lay P1 and the ambient part of P2 of one side."""
        p1 = self.lay(_P1, sign, artery_label(side, "P1"), basilar)
        return p1, self.lay(_P2, sign, artery_label(side, "P2"), p1)

    def cerebellar(self, sign: int, basilar: Branch, vertebral: Branch) -> list[Branch]:
        """Lay the cerebellar arteries of one side; they carry the label of their parent."""
        laid: list[Branch] = []
        for source, system in (
            (basilar, _SUPERIOR_CEREBELLAR),
            (vertebral, _POSTERIOR_INFERIOR_CEREBELLAR),
        ):
            label = int(source.labels[0])
            stem = self.lay(system[0], sign, label, source)
            laid += [stem, *(self.lay(course, sign, label, stem) for course in system[1:])]
            stem.tips = 2
        label = int(basilar.labels[0])
        laid.append(self.lay(_ANTERIOR_INFERIOR_CEREBELLAR, sign, label, basilar))
        return laid


def shortened(branches: list[Branch], excess_mm: float) -> None:
    """Cut end branches, each in proportion to its length, by `excess_mm` in all."""
    ends = [branch for branch in branches if branch.tips == 1]
    total = sum(path_length(branch.points) for branch in ends)
    keep = min(1.0, 1.0 - excess_mm / total)
    for branch in ends:
        count = max(3, round(keep * len(branch.points)))
        branch.points = branch.points[:count]
        branch.labels = branch.labels[:count]
