"""Digital subtraction angiography of a phantom after recanalization.

One internal carotid artery is injected: the occluded side's, whose clot is gone. Its ICA, MCA and
ACA fill; the other side and the posterior circulation do not, as in a selective run.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.phantom.carm import CArm
from inference.phantom.ct import Phantom
from inference.phantom.fields import Plane, blurred, grain
from inference.phantom.labels import Side, carotid_circulation
from inference.phantom.radiograph import background_attenuation
from inference.phantom.randomness import stream
from inference.phantom.tally import tallied
from inference.phantom.tree import ArteryTree
from inference.phantom.tubes import lumen_parts

Values = NDArray[np.float64]
Index = NDArray[np.intp]

DETECTOR_MM = 297.0
SID_MM = 1100.0
SOD_MM = 750.0

_INJECTION_START_S = 0.5
_INJECTION_LENGTH_S = 2.2
_RISE_S = 0.5
_WASH_OUT_S = 1.3
_TIME_BIN_S = 0.05
_PART_MM = 0.15
_IODINE_PER_MM = 0.10
_CAPILLARY_PER_MM = 0.0011
_CAPILLARY_DELAY_S = 1.6
_HEAD_GREY = 900.0
_BITS = 12
_NOISE_GAIN = 0.13
"""Variance of the noise per grey value: quantum noise of the dose in a DSA frame."""
_VISIBLE_PATH_MM = 0.15


@dataclass(frozen=True, eq=False)
class AngiographyRun:
    """A DSA run before subtraction; grey values are linear in the detector's dose.

    Attributes
    ----------
    frames : ndarray [time, row, column] of uint16
        Frames, 12 bits; contrast is dark. The first is the mask, without contrast.
    frame_time_ms : float
        Time between frames.
    arm : CArm
        Geometry.
    injected_side : "left" or "right"
        Side of the injected internal carotid artery.
    """

    frames: NDArray[np.uint16]
    frame_time_ms: float
    arm: CArm
    injected_side: Side


def injected_side(phantom: Phantom) -> Side:
    """Return the side whose carotid artery is injected: the occluded one, else the right."""
    return phantom.occluded_side or "right"


def dsa_arm(primary_deg: float, secondary_deg: float, size: int = 1024) -> CArm:
    """Return the C-arm at the given angles with this laboratory's distances and detector."""
    return CArm(primary_deg, secondary_deg, SID_MM, SOD_MM, DETECTOR_MM / size, size)


def project_dsa(
    phantom: Phantom,
    primary_deg: float,
    secondary_deg: float,
    *,
    size: int = 1024,
    frame_count: int = 16,
    frame_time_ms: float = 300.0,
) -> AngiographyRun:
    """Simulate one DSA run of a phantom.

    Line integrals of the injected arteries' lumen, filled by a bolus that passes at each point's
    arrival time, and of the head's CT attenuate a cone beam (Beer and Lambert); grey values carry
    quantum noise, whose variance is proportional to the dose.

    Parameters
    ----------
    phantom : Phantom
        The phantom.
    primary_deg, secondary_deg : float
        Positioner angles.
    size : int
        Rows and columns.
    frame_count : int
        Number of frames, the mask included.
    frame_time_ms : float
        Time between frames.
    """
    arm = dsa_arm(primary_deg, secondary_deg, size)
    side = injected_side(phantom)
    filling = _filling(phantom.tree, side, arm)
    background = background_attenuation(phantom, arm)
    capillaries = _CAPILLARY_PER_MM * _capillary_path_mm(side, arm)
    open_beam = _HEAD_GREY * np.exp(float(np.median(background[background > 1.0])))
    rng = stream(
        phantom.seed, "dsa", *(round(10 * (a + 360)) for a in (primary_deg, secondary_deg))
    )
    frames = np.empty((frame_count, size, size), dtype=np.uint16)
    for index in range(frame_count):
        time_s = index * frame_time_ms / 1000.0
        path = blurred(filling.path_mm(time_s))
        late = _bolus(time_s - _CAPILLARY_DELAY_S, 1.5)
        attenuation = background + _IODINE_PER_MM * path + late * capillaries
        dose = open_beam * np.exp(-attenuation)
        noise = grain(rng, (size, size)).astype(np.float64)
        grey = dose + np.sqrt(_NOISE_GAIN * dose) * noise
        frames[index] = np.rint(np.clip(grey, 0, 2**_BITS - 1)).astype(np.uint16)
    return AngiographyRun(frames, frame_time_ms, arm, side)


def opacified_pixels(tree: ArteryTree, side: Side, arm: CArm) -> NDArray[np.bool_]:
    """Return the pixels [row, column] on which the injected side's arteries fall.

    Parameters
    ----------
    tree : ArteryTree
        The arteries.
    side : "left" or "right"
        Side of the injection.
    arm : CArm
        Geometry.
    """
    path = _filling(tree, side, arm).full_path_mm()
    return np.asarray(path > _VISIBLE_PATH_MM)


@dataclass(frozen=True)
class _Filling:
    """Path through the lumen per pixel, told apart by when contrast arrives there."""

    pixels: Index
    arrival_s: Values
    paths_mm: Values
    size: int

    def path_mm(self, time_s: float) -> Plane:
        """Return the path through undiluted contrast [row, column] at a time, mm."""
        return self._image(self.paths_mm * _bolus(time_s - self.arrival_s, self.arrival_s))

    def full_path_mm(self) -> Plane:
        """Return the path through the lumen [row, column], mm."""
        return self._image(self.paths_mm)

    def _image(self, paths_mm: Values) -> Plane:
        total = np.bincount(self.pixels, paths_mm, self.size**2)
        return total.reshape(self.size, self.size).astype(np.float32)


def _bolus(since_s: Values | float, dispersion_s: Values | float) -> Values:
    """Return the share of contrast in the blood a time after the bolus' front has arrived."""
    since = np.asarray(since_s) - _INJECTION_START_S
    spread = 1.0 + 0.3 * np.asarray(dispersion_s)
    rise = np.clip(since / (_RISE_S * spread), 0, 1)
    fall = np.clip((since - _INJECTION_LENGTH_S) / (_WASH_OUT_S * spread), 0, 1)
    return np.asarray(rise * rise * (3 - 2 * rise) * (1 - fall * fall * (3 - 2 * fall)))


def _filling(tree: ArteryTree, side: Side, arm: CArm) -> _Filling:
    """Project the injected arteries' lumen."""
    first = tree.segments
    chosen = first[np.isin(tree.labels[first], list(carotid_circulation(side)))]
    bins = np.round(tree.arrival_s / _TIME_BIN_S).astype(np.intp)
    pixel_count = arm.size**2
    keys, paths = [], []
    for parts in lumen_parts(tree, _PART_MM, chosen):
        scale = arm.magnification(parts.points_lps_mm) / arm.pixel_spacing_mm
        pixel, weight, part = _splat(arm.project(parts.points_lps_mm), arm.size)
        path = (parts.volumes_mm3 * scale**2)[part] * weight
        key, (summed,) = tallied(bins[parts.tree_points][part] * pixel_count + pixel, path)
        keys.append(key)
        paths.append(summed)
    key, (path,) = tallied(np.concatenate(keys), np.concatenate(paths))
    return _Filling(
        pixels=key % pixel_count,
        arrival_s=(key // pixel_count).astype(np.float64) * _TIME_BIN_S,
        paths_mm=path,
        size=arm.size,
    )


def _splat(places: Values, size: int) -> tuple[Index, Values, Index]:
    """Share points at (row, column) [n, 2] out to the four pixels around them (bilinear).

    Returns the flat pixel index, the share and the index of the point of every share on the image.
    """
    corner = np.floor(places).astype(np.intp)
    fraction = places - corner
    pixels, weights, points = [], [], []
    for down in (0, 1):
        for along in (0, 1):
            row, column = corner[:, 0] + down, corner[:, 1] + along
            share_row = fraction[:, 0] if down else 1 - fraction[:, 0]
            share_column = fraction[:, 1] if along else 1 - fraction[:, 1]
            kept = np.flatnonzero((row >= 0) & (row < size) & (column >= 0) & (column < size))
            pixels.append((row * size + column)[kept])
            weights.append((share_row * share_column)[kept])
            points.append(kept)
    return np.concatenate(pixels), np.concatenate(weights), np.concatenate(points)


def _capillary_path_mm(side: Side, arm: CArm) -> Values:
    """Return the path [row, column] through the tissue that the injected carotid feeds, mm.

    The tissue is an ellipsoid whose density falls with the square of the radius to 0 at its edge;
    along a ray with density q (h² - s²) inside the half chord h, the integral is 4/3 q h³.
    """
    sign = 1.0 if side == "left" else -1.0
    centre, half_axes = np.array([sign * 34.0, -8.0, 16.0]), np.array([34.0, 64.0, 50.0])
    offset = (np.arange(arm.size) - (arm.size - 1) / 2) * arm.pixel_spacing_mm
    start = (-arm.sod_mm * arm.detector_direction - centre) / half_axes
    square, mixed = np.zeros((2, arm.size, arm.size))
    for axis in range(3):
        way = (
            arm.sid_mm * arm.detector_direction[axis]
            - offset[:, None] * arm.up_direction[axis]
            + offset[None, :] * arm.right_direction[axis]
        ) / half_axes[axis]
        square += way * way
        mixed += way * start[axis]
    rest = float((start**2).sum()) - 1.0
    half_chord = np.sqrt(np.maximum(mixed**2 - square * rest, 0)) / square
    ray_mm = np.sqrt(arm.sid_mm**2 + offset[:, None] ** 2 + offset[None, :] ** 2)
    return np.asarray(4 / 3 * square * half_chord**3 * ray_mm)
