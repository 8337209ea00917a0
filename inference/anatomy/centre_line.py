"""The centre line of an artery mask: how long it is, how thick, and where it ends.

The mask is thinned to a line of voxels (Lee, Kashyap and Chu 1994), which is cut into branches at
its junctions and ends. A branch is measured along its voxels' positions after smoothing (Savitzky
and Golay 1964, cubic, ends held), since the sum of steps from voxel to voxel is up to a tenth too
long, on a fine grid as on a coarse one. Thinning stops short of a vessel's end by about the radius
there, which is added again; a side branch that hardly leaves the vessel it stands on is taken for
roughness of the vessel's wall and left out.

Measured on straight tubes of 40 mm at any angle, radius 0.8–2.5 mm, ends flat and round: on voxels
of 0.5 mm the length is within 1 % (mean error 0.4 %); on slices of 1 mm with pixels of 0.45 mm
within 2 % in 95 % of the tubes and within 3 % in all. Rings of 4 mm radius come out within 3 %,
wider ones within 2 %. What errs are the ends, by up to half a millimetre each, whatever the length.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import savgol_filter
from scipy.spatial import cKDTree
from skimage.morphology import skeletonize

from inference.anatomy.branches import Branch, Skeleton, skeleton_graph
from inference.anatomy.components import labelled_box
from inference.errors import InferenceError

# The arteries of a head hold some tens of millilitres. Thinning takes time with the volume of the
# mask: minutes for a whole head, which no line runs through the middle of anyway.
LARGEST_ML = 500.0
CUBIC_MM_PER_ML = 1000.0
SMOOTHED_VOXELS = 13
SMOOTHING_ORDER = 3
SPUR_RADII = 1.5
PRUNING_ROUNDS = 3
FARTHEST_END_RADII = 4.0
STEP_MM = 0.1

Points = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CentreLine:
    """The centre line as points, each of which stands for a piece of the line.

    Attributes
    ----------
    points_zyx_mm
        float64 [n, 3], mm from the middle of the volume's first voxel.
    lengths_mm
        float64 [n], the length of line that is nearest to each point, mm.
    radii_mm
        float64 [n], distance from each point to the nearest side of the mask, mm.
    labels
        uint8 [n], label at each point.
    ends
        bool [n], where a vessel ends.
    """

    points_zyx_mm: Points
    lengths_mm: NDArray[np.float64]
    radii_mm: NDArray[np.float64]
    labels: NDArray[np.uint8]
    ends: NDArray[np.bool_]


def centre_line(mask: NDArray[np.uint8], spacing_zyx_mm: Sequence[float]) -> CentreLine:
    """Find the centre line of all arteries together.

    Parameters
    ----------
    mask
        Labels [z, y, x], 0 = background.
    spacing_zyx_mm
        Voxel spacing, mm.

    Returns
    -------
    CentreLine
        Without points where the mask is empty.

    Raises
    ------
    InferenceError
        If the mask is far too large to be arteries.
    """
    _check_volume(mask, spacing_zyx_mm)
    box = labelled_box(mask)
    if box is None:
        none = np.zeros(0)
        return CentreLine(np.zeros((0, 3)), none, none, none.astype(np.uint8), none.astype(bool))
    spacing = np.asarray(spacing_zyx_mm, dtype=np.float64)
    # What lies beyond the scan is not known to be artery: its edge counts as a side of the mask.
    labels = np.pad(mask[box], 1)
    inside = labels > 0
    sides = _sides(inside, spacing)
    thin = skeletonize(inside)  # type: ignore[no-untyped-call]
    voxels, skeleton = _pruned(np.argwhere(thin), sides, spacing)
    points, lengths = _measured(_straightened(voxels * spacing, skeleton), skeleton)
    radii = sides.query(points)[0]
    ends = np.zeros(len(voxels), dtype=bool)
    for branch in skeleton.branches:
        for line in branch.lines_to_free_ends:
            ends[line[-1]] = True
            lengths[line[-1]] += _beyond_end(points[line], radii[line[-1]], inside, spacing)
    first_voxel = np.array([side.start for side in box]) - 1
    return CentreLine(
        points_zyx_mm=points + first_voxel * spacing,
        lengths_mm=lengths,
        radii_mm=radii,
        labels=labels[tuple(voxels.T)],
        ends=ends,
    )


def _check_volume(mask: NDArray[np.uint8], spacing_zyx_mm: Sequence[float]) -> None:
    volume_ml = np.count_nonzero(mask) * float(np.prod(spacing_zyx_mm)) / CUBIC_MM_PER_ML
    if volume_ml > LARGEST_ML:
        raise InferenceError(
            f"The mask holds {volume_ml:.0f} ml, too much to be the arteries of a head (no more "
            f"than {LARGEST_ML:.0f} ml are measured). Look at the mask, and at whether the model "
            "fits this CT."
        )


def _sides(inside: NDArray[np.bool_], spacing: Points) -> cKDTree:
    """Return the middles of all faces between inside and outside, mm, for search.

    The distance from a point to the nearest is the distance transform there, found for the few
    points of a line without one of the volume; and it lies where the side of the mask is, half a
    voxel nearer than the voxel beyond.
    """
    faces = []
    for axis in range(3):
        along = np.moveaxis(inside, axis, 0)
        change = np.moveaxis(along[1:] != along[:-1], 0, axis)
        faces.append(np.argwhere(change) + 0.5 * (np.arange(3) == axis))
    return cKDTree(np.concatenate(faces) * spacing)


def _pruned(
    voxels: NDArray[np.intp], sides: cKDTree, spacing: Points
) -> tuple[NDArray[np.intp], Skeleton]:
    """Leave out side branches that hardly leave the vessel they stand on."""
    for _ in range(PRUNING_ROUNDS):
        skeleton = skeleton_graph(voxels)
        positions = _straightened(voxels * spacing, skeleton)
        radii = sides.query(positions)[0]
        spurs = [
            branch.voxels[:-1] if branch.free[0] else branch.voxels[1:]
            for branch in skeleton.branches
            if branch.free[0] != branch.free[1] and _is_spur(branch, positions, radii)
        ]
        if not spurs:
            break
        kept = np.ones(len(voxels), dtype=bool)
        kept[np.concatenate(spurs)] = False
        voxels = voxels[kept]
    return voxels, skeleton_graph(voxels)


def _is_spur(branch: Branch, positions: Points, radii: NDArray[np.float64]) -> bool:
    tip, foot = branch.voxels[[0, -1]] if branch.free[0] else branch.voxels[[-1, 0]]
    reach = float(np.linalg.norm(positions[tip] - positions[foot]) + radii[tip])
    return reach < SPUR_RADII * float(radii[foot])


def _straightened(positions: Points, skeleton: Skeleton) -> Points:
    """Put the voxels of a junction in its middle, so that branches meet in one point."""
    crowded = np.flatnonzero(skeleton.junctions >= 0)
    _, number = np.unique(skeleton.junctions[crowded], return_inverse=True)
    counts = np.bincount(number)
    moved = positions.copy()
    for axis in range(3):
        means = np.bincount(number, positions[crowded, axis]) / np.maximum(counts, 1)
        moved[crowded, axis] = means[number]
    return moved


def _measured(positions: Points, skeleton: Skeleton) -> tuple[Points, NDArray[np.float64]]:
    """Return smoothed positions and each one's share of the length."""
    points, lengths = positions.copy(), np.zeros(len(positions))
    for branch in skeleton.branches:
        line = smoothed(positions[branch.voxels])
        points[branch.voxels] = line
        half_steps = np.linalg.norm(np.diff(line, axis=0), axis=1) / 2
        np.add.at(lengths, branch.voxels[:-1], half_steps)
        np.add.at(lengths, branch.voxels[1:], half_steps)
    return points, lengths


def smoothed(line: Points) -> Points:
    """Smooth a line of voxel positions [n, 3], mm; its ends stay where they are."""
    half = min(SMOOTHED_VOXELS // 2, len(line) - 1)
    if 2 * half + 1 <= SMOOTHING_ORDER + 1:
        return line
    # Beyond each end the line goes on as its own image through the end, which holds the end.
    before = 2 * line[0] - line[half:0:-1]
    after = 2 * line[-1] - line[-2 : -2 - half : -1]
    longer = np.concatenate([before, line, after])
    smooth: Points = savgol_filter(longer, 2 * half + 1, SMOOTHING_ORDER, axis=0, mode="nearest")[
        half:-half
    ]
    return smooth


def _beyond_end(
    line: Points, radius_mm: float, inside: NDArray[np.bool_], spacing: Points
) -> float:
    """Return how far a vessel goes on beyond the last point of its line, straight ahead, mm.

    Of five parallel looks the middle one counts, since the line may end beside the middle.
    """
    back = line[max(0, len(line) - SMOOTHED_VOXELS)]
    ahead = line[-1] - back
    distance = float(np.linalg.norm(ahead))
    if distance < radius_mm:
        return radius_mm  # too short to tell where it is heading
    ahead /= distance
    aside = np.linalg.svd(ahead[None])[2][1:] * radius_mm / 2
    starts = line[-1] + np.concatenate([np.zeros((1, 3)), aside, -aside])
    steps = np.arange(0, FARTHEST_END_RADII * radius_mm + STEP_MM, STEP_MM)
    places = np.rint((starts[:, None] + steps[:, None] * ahead) / spacing).astype(int)
    within = ((places >= 0) & (places < inside.shape)).all(axis=-1)
    places[~within] = 0  # the margin, which is outside
    on_the_way = np.logical_and.accumulate(inside[tuple(places.transpose(2, 0, 1))], axis=1)
    return float(np.median(on_the_way.sum(axis=1))) * STEP_MM
