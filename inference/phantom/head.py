"""Non-contrast CT of the phantom's head, slice by slice, without arteries and without noise.

The anatomy is given in the reference head's millimetres (see `skull`); a person's head is the
reference scaled along each axis.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.phantom.fields import Plane, SmoothField
from inference.phantom.grid import VoxelGrid
from inference.phantom.labels import Side
from inference.phantom.randomness import stream
from inference.phantom.skull import REFERENCE_HALF_AXES_MM, Skull, skull_of_seed

Ellipsoid = tuple[tuple[float, float, float], tuple[float, float, float]]

AIR, FAT, CSF, WHITE_MATTER, GREY_MATTER, SOFT_TISSUE = -1000.0, -85.0, 7.0, 28.0, 37.0, 45.0
TABLE_BONE, DIPLOE = 1350.0, 750.0
_EDGE_MM = 0.9

_VENTRICLES: list[Ellipsoid] = [
    ((9, -24, 9), (5.5, 13, 9)), ((11, -4, 19), (6.5, 24, 6.5)), ((19, 22, 14), (6, 15, 9)),
    ((23, 38, 6), (5.5, 14, 7)), ((27, 14, -10), (3.5, 14, 3.5)),
]  # fmt: skip
_MIDLINE_CSF: list[Ellipsoid] = [
    ((0, 0, 2), (2.4, 13, 9)), ((0, 27, -33), (6.5, 5, 8)), ((0, -13, -19), (13, 11, 6)),
    ((0, 26, -10), (15, 6, 7)), ((0, 4, -36), (11, 4.5, 16)), ((0, 60, -54), (9, 7, 6)),
]  # fmt: skip
_DEEP_GREY: list[Ellipsoid] = [
    ((10, 9, 4), (8, 13, 9)), ((22, -4, 1), (8, 15, 10)), ((15, -19, 8), (5, 8, 9)),
    ((16, 0, 22), (4, 16, 5)),
]  # fmt: skip
_ORBITS: list[Ellipsoid] = [((31, -57, -32), (17, 24, 15))]
_GLOBES: list[Ellipsoid] = [((31, -67, -32), (12, 12, 12))]
_SINUSES: list[Ellipsoid] = [
    ((7, -22, -38), (8, 11, 7)), ((6, -50, -31), (5, 20, 9)), ((27, -50, -55), (14, 15, 12)),
    ((6, -45, -54), (4, 26, 9)),
]  # fmt: skip
_MASTOIDS: list[Ellipsoid] = [((53, 24, -43), (11, 13, 14))]
_INFARCT: Ellipsoid = ((40, 0, 6), (17, 24, 20))


@dataclass(frozen=True)
class SliceFrame:
    """Positions in one slice, in the reference head's mm, and the distance to the skull's inside.

    Attributes
    ----------
    z : float
        Height of the slice.
    x : ndarray [1, columns]
        Position along x; y likewise [rows, 1].
    lateral : ndarray [1, columns]
        Distance from the midline.
    depth : ndarray [rows, columns]
        Depth below the inner surface of the skull, mm (negative outside), ignoring the base.
    edge_mm : float
        Width over which a border passes from one tissue to the other.
    """

    z: float
    x: Plane
    y: Plane
    lateral: Plane
    depth: Plane
    edge_mm: float

    def share(self, depth_mm: Plane) -> Plane:
        """Return how far pixels lie inside a border: 0 to 1 for depths [rows, columns]."""
        inside = np.clip(np.float32(0.5) + depth_mm / np.float32(self.edge_mm), 0, 1)
        return np.asarray(inside)

    def ellipsoid(self, shape: Ellipsoid, *, paired: bool = True, edge_mm: float = 0.0) -> Plane:
        """Return the share of an ellipsoid in each pixel; paired ones lie on both sides."""
        (cx, cy, cz), (a, b, c) = shape
        height = ((self.z - cz) / c) ** 2
        edge = np.float32(max(edge_mm, self.edge_mm))
        if height > 1.0 + 2.0 * float(edge) / min(a, b, c):
            return np.zeros((1, 1), dtype=np.float32)
        across = (self.lateral if paired else self.x) - np.float32(cx)
        squared = (across / np.float32(a)) ** 2 + ((self.y - np.float32(cy)) / np.float32(b)) ** 2
        radius = np.sqrt(squared + np.float32(height))
        inside = (np.float32(1.0) - radius) * np.float32(min(a, b, c)) / edge
        return np.asarray(np.clip(np.float32(0.5) + inside, 0, 1))

    def union(self, shapes: list[Ellipsoid]) -> Plane:
        """Return the share of several ellipsoids on both sides."""
        total = np.zeros((1, 1), dtype=np.float32)
        for shape in shapes:
            total = np.maximum(total, self.ellipsoid(shape))
        return total


def _bump(value: Plane, centre: float, half_width: float) -> Plane:
    """Return 1 at the centre, falling smoothly to 0 at the half width."""
    u = (value - np.float32(centre)) / np.float32(half_width)
    return np.maximum(np.float32(1.0) - u * u, 0) ** 2


def _mixed(under: Plane, over: float | Plane, share: Plane) -> Plane:
    """Return `over` laid on `under` with the given share."""
    return np.asarray(under + share * (np.float32(over) - under))


def _sharp_skull_base(x: Plane, y: Plane) -> Plane:
    """Return the height of the three cranial fossae, clivus, petrous ridges over (y, x)."""
    lateral = np.abs(x)
    floor = np.float32(-27.0) + 10.0 * _bump(lateral, 30.0, 24.0) * _bump(y, -52.0, 38.0)
    middle = np.clip((y + 33.0 + 0.25 * (lateral - 30.0)) / 5.0, 0, 1)
    floor = floor + middle * (-36.0 - 8.0 * _bump(lateral, 36.0, 24.0) - floor)
    sella = np.clip((17.0 - lateral) / 4.0, 0, 1) * np.clip((y + 34.0) / 4.0, 0, 1)
    clivus = -29.0 - 1.35 * np.clip(y + 3.0, 0, 30.0)
    floor = floor + sella * (clivus - floor)
    behind = np.clip((y - 8.0 - 0.25 * np.minimum(lateral, 40.0)) / 8.0, 0, 1)
    floor = floor + behind * (-57.0 - floor)
    petrous = np.clip((lateral - 9.0) / 6.0, 0, 1)
    away = np.abs(y - 8.0 - 0.42 * (lateral - 14.0))
    ridge = -29.0 - 0.05 * lateral - 1.0 * np.maximum(away - 1.5, 0) - 0.05 * away * away
    floor = np.maximum(floor, -57.0 + petrous * (ridge + 57.0))
    opening = np.clip((17.0 - np.sqrt(x**2 + (y - 29.0) ** 2)) / 2.0, 0, 1)
    return np.asarray(floor - 60.0 * opening, dtype=np.float32)


def _headrest(x_mm: NDArray[np.float64], y_mm: NDArray[np.float64]) -> Plane:
    """Return the share of the curved head rest behind the head."""
    radius = np.sqrt(x_mm[None, :] ** 2 + y_mm[:, None] ** 2)
    shell = np.maximum(1.0 - ((radius - 107.5) / 2.0) ** 2, 0.0)
    return np.asarray(shell * np.clip((y_mm[:, None] - 45.0) / 4.0, 0, 1), dtype=np.float32)


class HeadPainter:
    """Paints slices of one phantom's head.

    Parameters
    ----------
    seed : int
        Seed of the phantom.
    grid : VoxelGrid
        The grid to paint on.
    infarct_side : "left", "right" or None
        Side of a faint hypodensity in the territory of the middle cerebral artery.
    """

    def __init__(self, seed: int, grid: VoxelGrid, infarct_side: Side | None) -> None:
        self._grid = grid
        self._skull: Skull = skull_of_seed(seed)
        self._infarct_side = infarct_side
        rng = stream(seed, "texture")
        self._bone_field = SmoothField(rng, (9.0, 9.0, 9.0))
        self._gyri_field = SmoothField(rng, (9.0, 6.5, 6.5))
        self._fine_field = SmoothField(rng, (4.0, 2.5, 2.5))
        self._lean = float(rng.uniform(-0.8, 0.8))
        sx, sy, _ = self._skull.scale_xyz
        self._x_mm, self._y_mm = grid.axis_mm(2), grid.axis_mm(1)
        self._x = (self._x_mm / sx).astype(np.float32)[None, :]
        self._y = (self._y_mm / sy).astype(np.float32)[:, None]
        self._floor = self._skull_base()
        self._headrest = _headrest(self._x_mm, self._y_mm)

    def slice_hu(self, index: int) -> Plane:
        """Return slice `index` [rows, columns], HU, without arteries and noise."""
        z_mm = float(self._grid.axis_mm(0)[index])
        frame = self._frame(z_mm)
        bone_field = self._bone_field.plane(z_mm, self._y_mm, self._x_mm)
        gyri = self._gyri_field.plane(z_mm, self._y_mm, self._x_mm)
        fine = self._fine_field.plane(z_mm, self._y_mm, self._x_mm)
        hu = self._outside_brain(frame, bone_field, fine)
        hu = _mixed(hu, self._brain(frame, gyri, fine), self._brain_share(frame, bone_field))
        return self._scanner(frame, hu)

    def base_weight(self, index: int) -> float:
        """Return how much a slice suffers from beam hardening at the skull base, 0 to 1."""
        z = float(self._grid.axis_mm(0)[index]) / self._skull.scale_xyz[2]
        return float(max(0.0, 1.0 - ((z + 40.0) / 26.0) ** 2))

    def _frame(self, z_mm: float) -> SliceFrame:
        a, b, up = REFERENCE_HALF_AXES_MM
        z = z_mm / self._skull.scale_xyz[2]
        half_z = up if z >= 0 else self._skull.half_axes_mm[3] / self._skull.scale_xyz[2]
        squared = (self._x / np.float32(a)) ** 2 + (self._y / np.float32(b)) ** 2
        radius = np.sqrt(squared + np.float32((z / half_z) ** 2))
        x = self._x - np.float32(self._lean * 0.3)
        edge = max(_EDGE_MM, 0.8 * max(self._grid.spacing_zyx_mm))
        depth = (np.float32(1.0) - radius) * np.float32(72.0)
        return SliceFrame(z, x, self._y, np.abs(x), depth, edge)

    def _skull_base(self) -> Plane:
        """Return the height of the skull base's upper surface over (y, x), rounded off."""
        total = np.zeros((self._y.shape[0], self._x.shape[1]), dtype=np.float32)
        shifts = (-3.6, -1.2, 1.2, 3.6)
        for dx in shifts:
            for dy in shifts:
                total += _sharp_skull_base(self._x + np.float32(dx), self._y + np.float32(dy))
        return total / np.float32(len(shifts) ** 2)

    def _brain_share(self, frame: SliceFrame, bone_field: Plane) -> Plane:
        above_base = np.float32(frame.z) - self._floor + np.float32(0.6) * bone_field
        return frame.share(np.minimum(frame.depth, above_base))

    def _outside_brain(self, frame: SliceFrame, bone_field: Plane, fine: Plane) -> Plane:
        """Paint air, scalp, skull, face and skull base."""
        low = np.float32(min(max((-frame.z - 15.0) / 30.0, 0.0), 1.0))
        skin_depth = frame.depth + np.float32(12.5) + np.float32(0.25) * bone_field
        skull_depth = frame.depth + np.float32(7.0) + np.float32(0.3) * bone_field
        hu = AIR + np.float32(700.0) * self._headrest
        hu = _mixed(hu, SOFT_TISSUE, frame.share(skin_depth))
        under_skin = FAT + np.float32(120.0) * np.clip(low + np.float32(0.35) * bone_field, 0, 1)
        hu = _mixed(hu, under_skin, frame.share(skin_depth - np.float32(2.2)))
        across = np.clip((skull_depth - np.float32(3.6)) / np.float32(3.6), -1, 1)
        spongy = np.clip(np.float32(1.3) - np.float32(1.8) * across * across, 0, 1)
        bone = TABLE_BONE - (TABLE_BONE - DIPLOE) * spongy + np.float32(70.0) * fine
        deep = frame.share(skull_depth)
        hu = _mixed(hu, self._base(frame, bone_field, fine), deep)
        base = self._thick_base(frame)
        hu = _mixed(hu, 950.0 + np.float32(180.0) * fine, deep * base)
        return _mixed(hu, bone, deep * frame.share(-frame.depth) * (1 - low * np.float32(0.6)))

    def _thick_base(self, frame: SliceFrame) -> Plane:
        """Return the share of the bone below the skull base's surface."""
        below = self._floor - np.float32(frame.z)
        thick = np.float32(3.5) + np.float32(9.0) * _bump(frame.lateral, 34.0, 26.0) * _bump(
            frame.y, 14.0, 18.0
        )
        return frame.share(thick - below) * frame.share(below + np.float32(1.0))

    def _base(self, frame: SliceFrame, bone_field: Plane, fine: Plane) -> Plane:
        """Paint what lies below the skull base: soft tissue, orbits, sinuses, mastoids."""
        hu = SOFT_TISSUE + np.float32(10.0) * bone_field
        hu = _mixed(hu, FAT, np.clip(bone_field * np.float32(1.4) - 1.0, 0, 1))
        for cavities, inside in ((_ORBITS, FAT), (_SINUSES, -980.0)):
            share = frame.union(cavities)
            if share.max() > 0:
                wall = [(c, (a + 2.2, b + 2.2, h + 2.2)) for c, (a, b, h) in cavities]
                hu = _mixed(hu, 650.0, frame.union(wall))
                hu = _mixed(hu, inside, share)
        hu = _mixed(hu, 12.0, frame.union(_GLOBES))
        cells = np.where(fine > 0.1, np.float32(-750.0), np.float32(700.0))
        return _mixed(hu, cells, frame.union(_MASTOIDS))

    def _brain(self, frame: SliceFrame, gyri: Plane, fine: Plane) -> Plane:
        """Paint the brain as if there were no skull: grey and white matter and CSF spaces."""
        cortex = np.clip((np.float32(6.5) + np.float32(3.5) * gyri - frame.depth) / 2.0, 0, 1)
        folds = np.clip(np.float32(1.3) - np.abs(gyri) * np.float32(2.8), 0, 1)
        folds = folds * np.clip((np.float32(28.0) - frame.depth) / 10.0, 0, 1)
        grey = np.maximum(np.maximum(cortex, folds), frame.union(_DEEP_GREY))
        hu = WHITE_MATTER + (GREY_MATTER - WHITE_MATTER) * grey + np.float32(0.7) * fine
        if frame.z < -14.0:
            hu = self._hindbrain(frame, hu, fine)
        return self._csf(frame, self._infarcted(frame, hu), gyri)

    def _hindbrain(self, frame: SliceFrame, hu: Plane, fine: Plane) -> Plane:
        behind = np.clip((self._y - 22.0) / 6.0, 0, 1) * np.clip((52.0 - frame.lateral) / 4, 0, 1)
        below = np.float32(min(max((-14.0 - frame.z) / 4.0, 0.0), 1.0))
        hu = _mixed(hu, 33.0 + np.float32(1.6) * fine, behind * below)
        stem = frame.ellipsoid(((0, 16, -38), (14, 11, 30)), paired=False, edge_mm=2.0)
        return _mixed(hu, 30.0, stem * below)

    def _infarcted(self, frame: SliceFrame, hu: Plane) -> Plane:
        if self._infarct_side is None:
            return hu
        (cx, cy, cz), half_axes = _INFARCT
        sign = 1 if self._infarct_side == "left" else -1
        share = frame.ellipsoid(((sign * cx, cy, cz), half_axes), paired=False, edge_mm=14.0)
        return hu - np.float32(4.5) * share

    def _csf(self, frame: SliceFrame, hu: Plane, gyri: Plane) -> Plane:
        depth, lateral, y = frame.depth, frame.lateral, frame.y
        sulci = np.clip((np.float32(0.26) - np.abs(gyri)) * 6.0, 0, 1)
        sulci = sulci * np.clip((np.float32(15.0) - depth) / 8.0, 0, 1) * np.float32(0.75)
        if frame.z < -14.0:
            sulci = sulci * np.clip((np.float32(15.0) - y) / 10.0, 0, 1)
        surface = frame.share(np.float32(1.6) + np.float32(0.5) * gyri - depth)
        callosum = np.sqrt(((y + 2.0) / 36.0) ** 2 + np.float32((frame.z - 8.0) / 22.0) ** 2)
        apart = np.clip((callosum - 1.0) * 12.0, 0, 1)
        if frame.z < -14.0:
            apart = apart * np.clip((-18.0 - y) / 4.0, 0, 1)
        between = frame.share(np.float32(0.8) + np.float32(0.5) * gyri - lateral) * apart
        along = (y + 9.0) / 0.92
        fissure_z = -9.0 + 0.2 * (np.sqrt(along * along + 100.0) + along)
        width = np.float32(1.3) + np.float32(0.9) * gyri
        lip = np.clip(width - np.float32(0.8) * np.abs(np.float32(frame.z) - fissure_z), 0, 1)
        lip = lip * np.clip((lateral - 34.0) / 4.0, 0, 1) * _bump(y, 10.0, 40.0)
        insula = _bump(lateral - np.float32(1.2) * gyri, 37.5, 2.6) * np.clip(
            2.0 - 2.0 * (((y - 6.0) / 24.0) ** 2 + np.float32((frame.z - 1.0) / 16.0) ** 2), 0, 1
        )
        csf = np.maximum(np.maximum(sulci, surface), np.maximum(between, np.maximum(lip, insula)))
        csf = np.maximum(csf, np.maximum(frame.union(_VENTRICLES), frame.union(_MIDLINE_CSF)))
        hu = _mixed(hu, CSF, csf)
        falx = frame.share(np.float32(0.5) - lateral) * np.clip((callosum - 1.35) * 12.0, 0, 1)
        return _mixed(hu, 46.0, falx * np.float32(0.7 if frame.z > -12.0 else 0.0))

    def _scanner(self, frame: SliceFrame, hu: Plane) -> Plane:
        """Add what the scanner adds: cupping, the dark bar between the petrous bones, the rest."""
        inside = frame.share(frame.depth)
        near_bone = np.clip(np.float32(1.0) - frame.depth / np.float32(14.0), 0, 1) ** 2
        hu = hu + inside * near_bone * np.float32(4.0)
        bar = np.float32(max(0.0, 1.0 - ((frame.z + 38.0) / 12.0) ** 2))
        if bar > 0:
            hu = hu - np.float32(9.0) * bar * _bump(frame.y, 12.0, 11.0) * _bump(
                frame.lateral, 0.0, 34.0
            )
        return hu
