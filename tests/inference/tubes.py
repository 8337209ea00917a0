"""Masks of tubes whose length is known, for tests of what measures them."""

import numpy as np


def tube(spacing_zyx_mm, start, end, radius_mm, size_mm):
    """A straight tube with flat ends, uint8 [z, y, x]; points are z, y, x in mm."""
    shape = [int(np.ceil(size / step)) for size, step in zip(size_mm, spacing_zyx_mm, strict=True)]
    points = np.moveaxis(np.indices(shape), 0, -1) * spacing_zyx_mm - np.asarray(start)
    direction = np.subtract(end, start)
    length = np.linalg.norm(direction)
    along = points @ (direction / length)
    aside = np.linalg.norm(points - along[..., None] * direction / length, axis=-1)
    return ((aside <= radius_mm) & (along >= 0) & (along <= length)).astype(np.uint8)


def ring(spacing_zyx_mm, ring_radius_mm, tube_radius_mm, normal):
    """A torus, uint8 [z, y, x], with its axis along a normal (z, y, x)."""
    size = 2 * (ring_radius_mm + tube_radius_mm) + 4
    shape = [int(np.ceil(size / step)) for step in spacing_zyx_mm]
    points = np.moveaxis(np.indices(shape), 0, -1) * spacing_zyx_mm - size / 2
    normal = np.asarray(normal) / np.linalg.norm(normal)
    height = points @ normal
    from_axis = np.linalg.norm(points - height[..., None] * normal, axis=-1)
    return (np.hypot(from_axis - ring_radius_mm, height) <= tube_radius_mm).astype(np.uint8)
