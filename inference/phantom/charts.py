"""Unfolded maps of the surfaces that the cerebral arteries run on.

A chart maps flat coordinates (mm, roughly true to length) to the left half of the reference head
(x > 0, LPS mm). Arteries are grown flat, where branches fan out without crossing, and then take the
anatomy's folds: insula, operculum and convexity for the middle cerebral artery, the medial surface
round the corpus callosum for the anterior, the medial and tentorial surfaces for the posterior.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

Points = NDArray[np.float64]
Chart = Callable[[Points], Points]

SURFACE = 0.955
"""Depth of cortical arteries, relative to the inner surface of the skull."""
_WIDTH, _DEPTH, _HEIGHT = 68.0 * SURFACE, 84.0 * SURFACE, 68.0 * SURFACE

INSULA_HEIGHT_MM = 15.0
"""Distance from the chart's root at which M2 ends above; below, the insula is half as high."""
_OPERCULUM_MM = 20.0


def _ramp(value: Points, start: Points | float, end: Points | float) -> Points:
    """Return 0 before `start`, 1 after `end`, smooth between."""
    u = np.clip((value - start) / (end - start), 0.0, 1.0)
    return np.asarray(u * u * (3 - 2 * u))


def sylvian_chart(flat: Points) -> Points:
    """Map (s, t) to the territory of the middle cerebral artery.

    s runs backwards along the Sylvian fissure from the limen insulae; t > 0 up over the insula, out
    under the frontal operculum and up the convexity, t < 0 the same way to the temporal lobe.
    """
    s, t = flat.T
    up = t >= 0
    way = np.abs(t)
    spread_mm = np.where(up, 60.0, 36.0)
    s = s * (1.0 + 1.7 * (1.0 - _ramp(way / spread_mm, 0.0, 1.0)))  # M2 first runs along the insula
    insula = np.where(up, INSULA_HEIGHT_MM, INSULA_HEIGHT_MM / 2)
    lip = insula + _OPERCULUM_MM
    fissure_y = -9.0 + 0.92 * s
    fissure_z = -14.0 + 0.2 * (np.sqrt(s * s + 100.0) + s)
    outward = _ramp(way, insula - 3.0, lip + 6.0)
    climb = np.minimum(way, insula) - 0.62 * _OPERCULUM_MM * _ramp(way, insula, lip)
    z_lip = fissure_z + np.where(up, climb, -0.8 * climb)
    beyond = np.maximum(way - lip, 0.0)
    y_share = np.sqrt(np.maximum(1.0 - (fissure_y / _DEPTH) ** 2, 0.05))
    angle = np.arcsin(np.clip(z_lip / (_HEIGHT * y_share), -0.9, 0.9)) + beyond / _HEIGHT
    z_up = _HEIGHT * y_share * np.sin(np.minimum(angle, 1.45))
    z = np.where(up & (beyond > 0), z_up, np.where(up, z_lip, z_lip - beyond))
    below = np.where(z < 0, z / (1.6 * _HEIGHT), z / _HEIGHT)
    x_surface = _WIDTH * np.sqrt(np.maximum(1 - (fissure_y / _DEPTH) ** 2 - below**2, 0.004))
    x_insula = 33.0 + 4.0 * _ramp(way, 0.0, 12.0)
    x = x_insula + (x_surface - x_insula) * outward
    return np.stack([x, fissure_y, z], axis=1)


_CALLOSAL_ARC_YZ = np.array(
    [
        (-25.0, -14.0), (-33.0, -8.0), (-40.0, 2.0), (-41.0, 14.0), (-33.0, 25.0),
        (-17.0, 31.0), (2.0, 33.0), (20.0, 31.0), (33.0, 24.0), (40.0, 14.0),
    ]
)  # fmt: skip
_ARC_STATIONS = np.concatenate(
    [[0.0], np.cumsum(np.sqrt((np.diff(_CALLOSAL_ARC_YZ, axis=0) ** 2).sum(axis=1)))]
)
_CALLOSAL_ARC = CubicSpline(_ARC_STATIONS, _CALLOSAL_ARC_YZ)


def callosal_chart(flat: Points) -> Points:
    """Map (s, t) to the territory of the anterior cerebral artery.

    s runs along the pericallosal artery from the end of A1 backwards, t away from the corpus
    callosum over the medial surface and, past the edge of the hemisphere, out over the convexity.
    """
    s, t = flat.T
    station = np.clip(s, 0.0, _ARC_STATIONS[-1])
    arc = np.asarray(_CALLOSAL_ARC(station))
    tangent = np.asarray(_CALLOSAL_ARC(station, 1))
    tangent /= np.sqrt((tangent**2).sum(axis=1, keepdims=True))
    arc += tangent * (s - station)[:, None]
    outward = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)
    y, z = (arc + outward * t[:, None]).T
    half_z = np.where(z >= 0, _HEIGHT, 1.6 * _HEIGHT)
    radius = np.sqrt((y / _DEPTH) ** 2 + (z / half_z) ** 2)
    over = np.maximum(radius - 0.99, 0.0) * _HEIGHT / _WIDTH
    shrink = np.where(over > 0, 0.99 * np.cos(np.minimum(over, 1.2)) / radius, 1.0)
    weave = 0.9 * np.sin(s / 11.0) * _ramp(s, 0.0, 20.0)
    x = 2.6 + weave + 0.03 * np.abs(t) + _WIDTH * np.sin(np.minimum(over, 1.2))
    return np.stack([x, y * shrink, z * shrink], axis=1)


def occipital_chart(flat: Points) -> Points:
    """Map (a, b) to the territory of the posterior cerebral artery beyond the midbrain.

    a runs backwards from the end of the ambient segment; b > 0 up the medial occipital surface,
    b < 0 sideways over the tentorial surface of the temporal and occipital lobes.
    """
    a, b = flat.T
    medial, lateral = np.maximum(b, 0.0), np.maximum(-b, 0.0)
    away = (np.maximum(a, 0.0) ** 2 + medial**2) / 150.0
    x = 6.0 + 11.0 / (1.0 + away) + lateral
    z = -9.0 + medial + 0.12 * a - 0.10 * lateral
    return np.stack([x, 40.0 + a, z], axis=1)
