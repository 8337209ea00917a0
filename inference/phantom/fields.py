"""Random fields that come out the same on every machine.

Only additions and multiplications touch a pixel; these are exact by IEEE 754, while exponentials
and library filters may differ in the last bit from one processor to the next.
"""

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]

_EXTENT_MM = 140.0
_UNIT_DEVIATION = 3.0
"""Brings a cubic B-spline field of unit normal nodes back to a standard deviation of about 1."""


def _spline_weights(u: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the four cubic B-spline weights [4, n] at the fractions u [n]."""
    v = 1.0 - u
    return np.stack([v**3, 3 * u**3 - 6 * u**2 + 4, 3 * v**3 - 6 * v**2 + 4, u**3]).astype(
        np.float32
    ) / np.float32(6.0)


class SmoothField:
    """A smooth random field in space: a cubic B-spline with random nodes.

    It is tied to LPS positions, so that any grid samples the same field.

    Parameters
    ----------
    rng : numpy.random.Generator
        Random stream of the nodes.
    cell_zyx_mm : tuple of float
        Distance of the nodes: details are about twice as large.
    """

    def __init__(self, rng: np.random.Generator, cell_zyx_mm: tuple[float, float, float]) -> None:
        self._cell = cell_zyx_mm
        shape = [int(np.ceil(2 * _EXTENT_MM / cell)) + 4 for cell in cell_zyx_mm]
        nodes = np.round(rng.standard_normal(shape) * 1024) / 1024
        self._nodes = (nodes * _UNIT_DEVIATION).astype(np.float32)

    def plane(self, z: float, y: NDArray[np.float64], x: NDArray[np.float64]) -> Plane:
        """Return the field [len(y), len(x)] at height z, float32, deviation about 1."""
        nodes = self._along(self._nodes, np.array([z]), 0)[0]
        return self._along(self._along(nodes, y, 1), x, 2)

    def _along(self, nodes: Plane, positions: NDArray[np.float64], axis: int) -> Plane:
        """Interpolate along the array axis that stands for the spatial `axis`."""
        place = np.clip(positions, -_EXTENT_MM, _EXTENT_MM - 1e-6) + _EXTENT_MM
        cell = np.floor(place / self._cell[axis]).astype(np.intp)
        weights = _spline_weights(place / self._cell[axis] - cell)
        if axis == 2:
            taken = (nodes[:, cell + tap] * weights[tap] for tap in range(4))
        else:
            columns = (slice(None),) + (None,) * (nodes.ndim - 1)
            taken = (nodes[cell + tap] * weights[tap][columns] for tap in range(4))
        first, second, third, fourth = taken
        return np.asarray(first + second + third + fourth)


def grain(rng: np.random.Generator, shape: tuple[int, int]) -> Plane:
    """Return white noise [rows, columns] of deviation 1, near normal: the sum of four bytes."""
    words = rng.integers(0, 2**32, shape, dtype=np.uint32)
    total = np.zeros(shape, dtype=np.float32)
    for byte in range(4):
        total += ((words >> np.uint32(8 * byte)) & np.uint32(255)).astype(np.float32)
    return (total - np.float32(510.0)) * np.float32(1 / 147.8)


def blurred(plane: Plane, passes: int = 1) -> Plane:
    """Return the plane averaged (1, 2, 1) / 4 along both axes `passes` times; edges wrap."""
    quarter, half = np.float32(0.25), np.float32(0.5)
    for _ in range(passes):
        for axis in (0, 1):
            plane = half * plane + quarter * (np.roll(plane, 1, axis) + np.roll(plane, -1, axis))
    return plane


def enlarged(plane: Plane, size: int) -> Plane:
    """Return a square plane enlarged to `size` pixels a side by cubic B-splines (smoothing)."""
    count = plane.shape[0]
    place = np.clip((np.arange(size) + 0.5) * count / size - 0.5, 0, count - 1)
    cell = np.floor(place).astype(np.intp)
    weights = _spline_weights(place - cell)
    nodes = np.pad(plane, ((1, 2), (1, 2)), mode="edge")
    rows = nodes[cell] * weights[0][:, None]
    for tap in range(1, 4):
        rows = rows + nodes[cell + tap] * weights[tap][:, None]
    columns = rows[:, cell] * weights[0]
    for tap in range(1, 4):
        columns = columns + rows[:, cell + tap] * weights[tap]
    return np.asarray(columns)
