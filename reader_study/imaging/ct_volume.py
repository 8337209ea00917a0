"""Build an upright, regular CT volume from a series, and say what was checked and corrected."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .begin import Begin, read_all
from .ct_gates import MIN_SLICES, NOTABLE_ANGLE_DEG, gates_of, refuse_unusable
from .gates import Gate, SeriesRefusedError, Verdict, corrections_in, flags_in
from .resampling import Grid, resample
from .series import CTSeries
from .slice_stack import Floats, SliceStack, read_stack, refuse_outsize

MAX_UPRIGHT_SLICES = 640
COARSEST_UPRIGHT_STEP_MM = 2.0
TISSUE_HU = -300


@dataclass(frozen=True)
class CTVolume:
    """An upright CT volume along the patient axes.

    Attributes
    ----------
    hu
        int16 [z, y, x]; x to the patient's left, y to posterior, z to the head. Points that no
        slice covers are -1024.
    spacing_zyx_mm
        Voxel distances (z, y, x), mm.
    origin_lps_mm
        Centre (x, y, z) of voxel (0, 0, 0), LPS mm.
    gates
        Every check of the series and how it ended.
    """

    hu: NDArray[np.int16]
    spacing_zyx_mm: tuple[float, float, float]
    origin_lps_mm: tuple[float, float, float]
    gates: tuple[Gate, ...]

    @property
    def corrections(self) -> list[str]:
        """What was corrected, in words with figures."""
        return corrections_in(self.gates)

    @property
    def flags(self) -> list[str]:
        """What a reader should know, in words."""
        return flags_in(self.gates)


def build_ct_volume(series: CTSeries, begin: Begin = read_all) -> CTVolume:
    """Decode, order and straighten a CT series.

    Slices that already lie regularly along the patient axes are stacked as they are. Tilted,
    inclined or unevenly spaced ones are resampled from their true positions.

    Parameters
    ----------
    begin
        Called with the name of each file before it is read.

    Raises
    ------
    SeriesRefusedError
        If there are fewer than three slices, a gap too wide to bridge, or far too many voxels.
    ImagingError
        If a slice cannot be decoded.
    """
    if len(series.slices) < MIN_SLICES:
        sentence = (
            f"only {len(series.slices)} slices; a volume needs at least {MIN_SLICES}: "
            "export the whole series"
        )
        raise SeriesRefusedError([Gate("slices", Verdict.REFUSED, sentence)])
    stack = read_stack(series, begin)
    refuse_unusable(stack)
    hu, grid = straighten(stack)
    gates = gates_of(stack, series, grid.spacing_zyx_mm[0], resampled=hu is not stack.hu)
    return CTVolume(hu, grid.spacing_zyx_mm, grid.origin_lps_mm, gates)


def straighten(stack: SliceStack) -> tuple[NDArray[np.int16], Grid]:
    """Return the stack's values on a regular grid along the patient axes.

    They are the stack's own array where its slices lie on such a grid already, to a quarter of a
    pixel; else they are interpolated.
    """
    regular = _regular_grid(stack)
    if _largest_deviation_mm(stack, regular) <= min(stack.spacing_yx_mm) / 4:
        return stack.hu, regular
    grid = _upright_grid(stack) if _is_inclined(stack) else _evenly_spaced_grid(stack)
    refuse_outsize(grid.shape_zyx)
    return _without_empty_ends(resample(stack, grid), grid)


def _is_inclined(stack: SliceStack) -> bool:
    return max(stack.shear_deg, stack.inclination_deg) > NOTABLE_ANGLE_DEG


def _regular_grid(stack: SliceStack) -> Grid:
    """The grid along the patient axes that the slices would form if they lay regularly."""
    count, rows, columns = stack.hu.shape
    z = stack.origins[:, 2]
    step = _without_float_noise(float(z[-1] - z[0]) / (count - 1))
    centre_x, centre_y, centre_z = (_without_float_noise(v) for v in stack.origins.mean(axis=0))
    origin = (centre_x, centre_y, _without_float_noise(centre_z - step * (count - 1) / 2))
    return Grid((count, rows, columns), (step, *stack.spacing_yx_mm), origin)


def _without_float_noise(mm: float) -> float:
    return round(float(mm), 6)


def _largest_deviation_mm(stack: SliceStack, grid: Grid) -> float:
    """How far any pixel lies from where a regular grid would have it."""
    x, y, z = (grid.axis(axis) for axis in range(3))
    corner_x, corner_y = x[[0, -1, 0, -1]], y[[0, 0, -1, -1]]
    ideal = np.stack(np.broadcast_arrays(corner_x[None], corner_y[None], z[:, None]), axis=-1)
    return float(np.linalg.norm(stack.corners() - ideal, axis=-1).max())


def _evenly_spaced_grid(stack: SliceStack) -> Grid:
    _, rows, columns = stack.hu.shape
    low, high = stack.origins[0], stack.origins[-1]
    step = _limited_step(float(np.median(stack.steps_mm)), float(high[2] - low[2]))
    count = math.floor((high[2] - low[2]) / step + 1e-3) + 1
    return Grid((count, rows, columns), (step, *stack.spacing_yx_mm), _lps(low))


def _upright_grid(stack: SliceStack) -> Grid:
    """The box around all slices. An upright plane crosses several tilted slices: it is thin."""
    corners = stack.corners().reshape(-1, 3)
    low, high = corners.min(axis=0), corners.max(axis=0)
    dy, dx = stack.spacing_yx_mm
    usual = float(np.median(stack.steps_mm))
    crosses_slices = stack.normal[2] < math.cos(math.radians(NOTABLE_ANGLE_DEG))
    finest = min(usual, COARSEST_UPRIGHT_STEP_MM) if crosses_slices else usual
    dz = _limited_step(finest, float(high[2] - low[2]))
    nx, ny, nz = (
        math.floor((end - start) / step + 1e-3) + 1
        for start, end, step in zip(low, high, (dx, dy, dz), strict=True)
    )
    return Grid((nz, ny, nx), (dz, dy, dx), _lps(low))


def _lps(point: Floats) -> tuple[float, float, float]:
    x, y, z = (_without_float_noise(value) for value in point)
    return x, y, z


def _limited_step(step_mm: float, height_mm: float) -> float:
    return _without_float_noise(max(step_mm, height_mm / (MAX_UPRIGHT_SLICES - 1)))


def _without_empty_ends(hu: NDArray[np.int16], grid: Grid) -> tuple[NDArray[np.int16], Grid]:
    """Drop slices of nothing but air at both ends: the corners of the box around a tilted head."""
    filled = np.flatnonzero((hu > TISSUE_HU).any(axis=(1, 2)))
    if len(filled) < MIN_SLICES:
        return hu, grid
    first, last = int(filled[0]), int(filled[-1])
    x, y, z = grid.origin_lps_mm
    kept = hu[first : last + 1]
    origin = (x, y, _without_float_noise(z + first * grid.spacing_zyx_mm[0]))
    return kept, Grid((len(kept), *grid.shape_zyx[1:]), grid.spacing_zyx_mm, origin)
