"""Small random vessels and what a segmentation may make of them; every volume by its seed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

SEEDS = range(200)

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class TubePair:
    predicted: Mask
    truth: Mask
    spacing_zyx_mm: tuple[float, float, float]

    @property
    def voxel_diagonal_mm(self):
        return float(np.linalg.norm(self.spacing_zyx_mm))


def tube_pair(seed):
    """Make a truth of a few tubes, some of them closed to loops, and a flawed prediction."""
    rng = np.random.default_rng(seed)
    shape = tuple(int(length) for length in rng.integers(12, 23, 3))
    z, y, x = (float(step) for step in rng.choice([0.45, 0.6, 0.8, 1.0, 1.5, 2.5], 3))
    spacing = (z, y, x)
    truth = np.zeros(shape, np.bool_)
    for _ in range(rng.integers(1, 4)):
        truth |= tube(rng, shape, spacing)
    return TubePair(flawed(rng, truth), truth, spacing)


def tube(rng, shape, spacing):
    """Draw a tube around a random path that may leave the volume or return to its beginning."""
    corners = rng.uniform(-1, np.add(shape, 1), (rng.integers(2, 6), 3)) * spacing
    if len(corners) > 2 and rng.random() < 0.4:
        corners = np.vstack([corners, corners[:1]])
    places = np.linspace(0, len(corners) - 1, 40 * len(corners))
    path = np.stack([np.interp(places, range(len(corners)), corner) for corner in corners.T])
    voxels = np.round(path.T / spacing).astype(int)
    voxels = voxels[((voxels >= 0) & (voxels < shape)).all(axis=1)]
    off_path = np.ones(shape, np.bool_)
    off_path[tuple(voxels.T)] = False
    if off_path.all():
        off_path[tuple(length // 2 for length in shape)] = False
    return ndimage.distance_transform_edt(off_path, sampling=spacing) <= rng.uniform(0.4, 3)


def flawed(rng, truth):
    """Shift, thin, thicken, cut or speckle a mask, as imperfect segmentations are."""
    predicted = np.roll(truth, rng.integers(-1, 2, 3), axis=(0, 1, 2))
    flaw = rng.integers(5)
    if flaw == 0:
        predicted = ndimage.binary_erosion(predicted)
    elif flaw == 1:
        predicted = ndimage.binary_dilation(predicted, iterations=int(rng.integers(1, 3)))
    elif flaw == 2:
        axis = int(rng.integers(3))
        cut = int(rng.integers(truth.shape[axis]))
        predicted.swapaxes(0, axis)[cut : cut + 3] = False
    elif flaw == 3:
        predicted |= rng.random(truth.shape) < 0.003
    else:
        predicted &= rng.random(truth.shape) > 0.1
    return predicted


SPACING = (1.0, 0.45, 0.6)


def awkward_pairs():
    """Masks at the ends of what there may be: empty, full, one voxel, at the border."""
    shape = (9, 10, 11)
    empty, full = np.zeros(shape, np.bool_), np.ones(shape, np.bool_)
    voxel, corner, face, inner = empty.copy(), empty.copy(), empty.copy(), empty.copy()
    voxel[4, 5, 6] = True
    corner[0, 0, 0] = True
    face[:, :, -2:] = True
    inner[2:6, 3:8, 4:9] = True
    hollow = inner.copy()
    hollow[3:5, 4:7, 5:8] = False
    masks = {
        "empty": empty,
        "full": full,
        "one voxel": voxel,
        "a corner voxel": corner,
        "a face": face,
        "a box": inner,
        "a hollow box": hollow,
    }
    return {
        f"{first} against {second}": TubePair(masks[first], masks[second], SPACING)
        for first in masks
        for second in masks
    }


EMPTY = np.zeros((9, 10, 11), np.bool_)
