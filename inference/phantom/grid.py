"""The voxel grid of a phantom, and the arteries' share in its voxels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.phantom.tally import tallied
from inference.phantom.tree import ArteryTree
from inference.phantom.tubes import lumen_parts

Values = NDArray[np.float64]
Index = NDArray[np.intp]

HEAD_CENTRE_LPS_MM = (0.0, 0.0, 13.0)
"""Middle of the scanned volume: from the skull base's underside to above the vertex."""
_LABEL_BASE = 32


@dataclass(frozen=True)
class VoxelGrid:
    """An axis-aligned grid centred on the head.

    Attributes
    ----------
    shape_zyx : tuple of int
        Number of voxels.
    spacing_zyx_mm : tuple of float
        Distance of voxel centres, mm.
    """

    shape_zyx: tuple[int, int, int]
    spacing_zyx_mm: tuple[float, float, float]

    @property
    def origin_lps_mm(self) -> tuple[float, float, float]:
        """LPS position (x, y, z) of the centre of voxel [0, 0, 0]."""
        x, y, z = (
            centre - (count - 1) / 2 * step
            for centre, count, step in zip(
                HEAD_CENTRE_LPS_MM, self.shape_zyx[::-1], self.spacing_zyx_mm[::-1], strict=True
            )
        )
        return x, y, z

    def axis_mm(self, axis: int) -> Values:
        """Return the LPS positions of the voxel centres along axis 0 (z), 1 (y) or 2 (x)."""
        count, step = self.shape_zyx[axis], self.spacing_zyx_mm[axis]
        return np.asarray(self.origin_lps_mm[2 - axis] + np.arange(count) * step)

    def voxel_of(self, points_lps_mm: Values) -> Index:
        """Return the flat index of the voxel that holds each point [n, 3]; -1 outside the grid."""
        origin = np.array(self.origin_lps_mm)
        spacing = np.array(self.spacing_zyx_mm[::-1])
        x, y, z = np.floor((points_lps_mm - origin) / spacing + 0.5).astype(np.intp).T
        nz, ny, nx = self.shape_zyx
        inside = (x >= 0) & (x < nx) & (y >= 0) & (y < ny) & (z >= 0) & (z < nz)
        return np.asarray(np.where(inside, (z * ny + y) * nx + x, -1))


@dataclass(frozen=True)
class VesselVoxels:
    """The voxels that arteries touch, in ascending order.

    Attributes
    ----------
    voxels : ndarray [n] of int
        Flat voxel index.
    coverage : ndarray [n]
        Share of the voxel's volume that is lumen, 0 to 1.
    labels : ndarray [n] of uint8
        Label of the artery with the largest share.
    lumen_hu : ndarray [n]
        Mean HU of the lumen inside the voxel.
    """

    voxels: Index
    coverage: Values
    labels: NDArray[np.uint8]
    lumen_hu: Values


def vessel_voxels(tree: ArteryTree, grid: VoxelGrid, lumen_hu: Values) -> VesselVoxels:
    """Measure the arteries' share in every voxel that they touch.

    Parameters
    ----------
    tree : ArteryTree
        The arteries.
    grid : VoxelGrid
        The grid.
    lumen_hu : ndarray [tree points]
        HU of the lumen at each centre-line point.
    """
    step_mm = min(max(min(grid.spacing_zyx_mm) / 3.0, 0.12), 0.3)
    keys, volumes, heats = [], [], []
    for parts in lumen_parts(tree, step_mm, tree.segments):
        voxel = grid.voxel_of(parts.points_lps_mm)
        inside = voxel >= 0
        owner = parts.tree_points[inside]
        volume = parts.volumes_mm3[inside]
        key, (part_volume, part_heat) = tallied(
            voxel[inside] * _LABEL_BASE + tree.labels[owner], volume, volume * lumen_hu[owner]
        )
        keys.append(key)
        volumes.append(part_volume)
        heats.append(part_heat)
    key, (volume, heat) = tallied(
        np.concatenate(keys), np.concatenate(volumes), np.concatenate(heats)
    )
    return _merged(key, volume, heat, float(np.prod(grid.spacing_zyx_mm)))


def _merged(key: Index, volume: Values, heat: Values, voxel_mm3: float) -> VesselVoxels:
    """Merge the shares of all arteries in a voxel; the largest names it."""
    voxels, (total, total_heat) = tallied(key // _LABEL_BASE, volume, heat)
    labels = np.zeros(len(voxels), dtype=np.uint8)
    rising = np.argsort(volume, kind="stable")
    where = np.searchsorted(voxels, (key // _LABEL_BASE)[rising])
    labels[where] = (key % _LABEL_BASE)[rising].astype(np.uint8)
    return VesselVoxels(
        voxels=voxels,
        coverage=np.minimum(total / voxel_mm3, 1.0).round(6),
        labels=labels,
        lumen_hu=(total_heat / total).round(6),
    )


def label_volume(tree: ArteryTree, grid: VoxelGrid, vessels: VesselVoxels) -> NDArray[np.uint8]:
    """Return the label map: voxels at least half lumen, and every voxel that a centre line passes.

    The second rule keeps branches thinner than a voxel in one piece.
    """
    labels = np.zeros(grid.shape_zyx, dtype=np.uint8)
    flat = labels.reshape(-1)
    line, line_labels = _centre_line(tree, min(0.25, min(grid.spacing_zyx_mm) / 3.0))
    voxel = grid.voxel_of(line)
    inside = voxel >= 0
    # Written backwards, so that where lines share a voxel the trunk, which comes first, names it.
    flat[voxel[inside][::-1]] = line_labels[inside][::-1]
    solid = vessels.coverage >= 0.5
    flat[vessels.voxels[solid]] = vessels.labels[solid]
    return labels


def _centre_line(tree: ArteryTree, step_mm: float) -> tuple[Values, NDArray[np.uint8]]:
    """Return points at most `step_mm` apart on all centre lines, with their labels."""
    first = tree.segments
    way = tree.points_lps_mm[first + 1] - tree.points_lps_mm[first]
    longest = float(np.sqrt((way**2).sum(axis=1)).max())
    shares = np.linspace(0.0, 1.0, int(np.ceil(longest / step_mm)) + 1)
    points = tree.points_lps_mm[first][:, None, :] + shares[:, None] * way[:, None, :]
    return points.reshape(-1, 3), np.repeat(tree.labels[first], len(shares))
