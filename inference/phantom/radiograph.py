"""X-ray background of a DSA run: the attenuation of the head's own CT along the cone beam."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from inference.phantom.carm import CArm
from inference.phantom.ct import Phantom
from inference.phantom.fields import Plane, enlarged

Values = NDArray[np.float64]

_WATER_PER_MM = 0.0145
_BONE_FACTOR = 1.5
"""Bone attenuates the softer beam of angiography more than its HU say."""
_COARSE_PIXELS = 192
_REACH_MM = 130.0
_CELL_MM = 2.0
_NECK_END_MM = -125.0


def background_attenuation(phantom: Phantom, arm: CArm) -> Values:
    """Return the head's attenuation [row, column], the integral along each ray (no unit).

    Rays of a coarse detector sample the CT, averaged to cells of about 2 mm, every 2 mm; the result
    is enlarged. Below the CT's last slice a neck of its outline and of soft tissue goes on.
    """
    volume, first_zyx, steps = _attenuating_volume(phantom)
    pitch = arm.pixel_spacing_mm * arm.size / _COARSE_PIXELS
    offset = (np.arange(_COARSE_PIXELS) - (_COARSE_PIXELS - 1) / 2) * pitch
    ways = (
        arm.sid_mm * arm.detector_direction
        - offset[:, None, None] * arm.up_direction
        + offset[None, :, None] * arm.right_direction
    )
    ways /= np.sqrt((ways**2).sum(axis=2, keepdims=True))
    source = -arm.sod_mm * arm.detector_direction
    total = np.zeros((_COARSE_PIXELS, _COARSE_PIXELS))
    for reach in np.arange(arm.sod_mm - _REACH_MM, arm.sod_mm + _REACH_MM, _CELL_MM):
        place = ((source + reach * ways)[:, :, ::-1] - first_zyx) / steps
        total += map_coordinates(volume, place.transpose(2, 0, 1), order=1, prefilter=False)
    return enlarged((total * _CELL_MM).astype(np.float32), arm.size).astype(np.float64)


def _attenuating_volume(phantom: Phantom) -> tuple[Plane, Values, Values]:
    """Return attenuation per mm [z, y, x] with a neck, and (z, y, x) of its first cell and step."""
    spacing = np.array(phantom.spacing_zyx_mm)
    factors = np.maximum(1, np.round(_CELL_MM / spacing)).astype(int)
    nz, ny, nx = np.array(phantom.hu.shape) // factors * factors
    hu = np.zeros((nz // factors[0], ny // factors[1], nx // factors[2]), dtype=np.float64)
    for dz in range(factors[0]):
        for dy in range(factors[1]):
            for dx in range(factors[2]):
                hu += phantom.hu[dz : nz : factors[0], dy : ny : factors[1], dx : nx : factors[2]]
    relative = np.maximum(1.0 + hu / float(np.prod(factors)) / 1000.0, 0.0)
    relative += (_BONE_FACTOR - 1.0) * np.maximum(relative - 1.1, 0.0)
    steps = spacing * factors
    first = np.array(phantom.origin_lps_mm[::-1]) + (factors - 1) / 2 * spacing
    count = max(0, int((first[0] - _NECK_END_MM) / steps[0]))
    first[0] -= count * steps[0]
    whole = np.concatenate([_neck(relative[0], count), relative])
    return (_WATER_PER_MM * whole).astype(np.float32), first, steps


def _neck(lowest: Values, count: int) -> Values:
    """Return slices [count, y, x] that narrow downwards from the outline of the lowest slice."""
    body = lowest > 0.85
    filled = np.maximum.accumulate(body, axis=1)
    filled &= np.maximum.accumulate(body[:, ::-1], axis=1)[:, ::-1]
    slices = np.zeros((count, *lowest.shape))
    for index in range(count):
        width = 1.0 - 0.35 * min(1.0, (count - index) / 20.0)
        rows, columns = (
            np.clip(np.round((np.arange(n) - n / 2) / width + n / 2), 0, n - 1).astype(np.intp)
            for n in lowest.shape
        )
        slices[index] = 1.1 * filled[rows][:, columns]
    return slices
