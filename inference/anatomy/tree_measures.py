"""Volume, length, thickness and parts of the arteries that a network marked, left and right."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.anatomy.centre_line import CentreLine, centre_line
from inference.anatomy.components import connected_parts, labelled_box
from inference.anatomy.mid_plane import MidPlane, find_mid_plane
from inference.anatomy.sides import Pair, labels_of_side, pairs_of

MIDDLE_BAND_MM = 5.0
"""Arteries nearer to the mid-plane than this are on neither side: the basilar artery and both
anterior cerebral arteries run along it, and lean over it in many people."""

CUBIC_MM_PER_ML = 1000.0
EVERY_LABEL = range(1, 256)
EDGES = ("lowest slice", "highest slice", "front edge", "back edge", "right edge", "left edge")


@dataclass(frozen=True)
class Extent:
    """How much of an artery, a side or a whole tree was found.

    Attributes
    ----------
    volume_ml
        Volume of its voxels, ml.
    length_mm
        Length of its centre line, mm.
    """

    volume_ml: float
    length_mm: float

    @property
    def mean_radius_mm(self) -> float | None:
        """Radius of a cylinder of this volume and length, mm; None without a length."""
        if self.length_mm <= 0:
            return None
        return float(np.sqrt(self.volume_ml * CUBIC_MM_PER_ML / (np.pi * self.length_mm)))

    def as_json(self) -> dict[str, Any]:
        """Return plain values, rounded to what they are worth."""
        radius = self.mean_radius_mm
        return {
            "volume_ml": round(self.volume_ml, 3),
            "length_mm": round(self.length_mm, 1),
            "mean_radius_mm": None if radius is None else round(radius, 2),
        }


@dataclass(frozen=True)
class Artery:
    """One label of the model as it was found; ``parts`` are its connected parts."""

    name: str
    label: int
    extent: Extent
    parts: int


@dataclass(frozen=True)
class Sides:
    """Both sides of the tree.

    Attributes
    ----------
    told_by
        Whether labels have a side in their names, or the head was halved.
    left, right
        What was found on each side.
    pairs
        The arteries with a label on each side; empty where the head was halved.
    """

    told_by: Literal["names", "mid-plane"]
    left: Extent
    right: Extent
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class TreeMeasures:
    """What can be measured of a segmented artery tree.

    Attributes
    ----------
    whole
        All arteries together.
    parts
        Connected parts of the whole tree (26 neighbours), whatever their labels.
    largest_part_share
        Share of the volume that the largest part holds; 0 where nothing was found.
    arteries
        One by one, in the order of the labels' values.
    sides
        None where neither the names nor the head tell left from right.
    edges
        Edges of the scan that the tree reaches, in words (`EDGES`).
    """

    whole: Extent
    parts: int
    largest_part_share: float
    arteries: tuple[Artery, ...]
    sides: Sides | None
    edges: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return plain values for storage."""
        return {
            **self.whole.as_json(),
            "parts": self.parts,
            "largest_part_share": round(self.largest_part_share, 3),
            "arteries": [
                {
                    "name": artery.name,
                    "label": artery.label,
                    "parts": artery.parts,
                    **artery.extent.as_json(),
                }
                for artery in self.arteries
            ],
            "sides": None
            if self.sides is None
            else {
                "told_by": self.sides.told_by,
                "left": self.sides.left.as_json(),
                "right": self.sides.right.as_json(),
            },
        }


def measure_tree(
    mask: NDArray[np.uint8],
    spacing_zyx_mm: Sequence[float],
    labels: Mapping[str, int],
    hu: NDArray[np.generic],
) -> TreeMeasures:
    """Measure a segmented artery tree.

    Parameters
    ----------
    mask
        Labels [z, y, x], 0 = background; axes towards the head, posterior and left.
    spacing_zyx_mm
        Voxel spacing, mm.
    labels
        Label values by name as the model declares them, the background included.
    hu
        The CT volume that was segmented, HU, [z, y, x]; it is halved where names tell no side.

    Raises
    ------
    ValueError
        If mask and CT volume are not of one shape.
    """
    if mask.shape != hu.shape:
        raise ValueError(f"The mask has the shape {mask.shape}, the CT volume {hu.shape}")
    box = labelled_box(mask)
    tree = _Tree(mask, box, spacing_zyx_mm)
    arteries = {name: value for name, value in labels.items() if value > 0}
    part_sizes = tree.part_sizes()
    return TreeMeasures(
        whole=tree.extent(tree.with_labels(EVERY_LABEL)),
        parts=len(part_sizes),
        largest_part_share=float(part_sizes.max() / part_sizes.sum()) if len(part_sizes) else 0.0,
        arteries=tuple(
            Artery(name, value, tree.extent(tree.with_labels([value])), tree.parts(value))
            for name, value in sorted(arteries.items(), key=lambda artery: artery[1])
        ),
        sides=_sides(tree, arteries, hu, spacing_zyx_mm),
        edges=_edges_reached(box, mask.shape),
    )


class _Tree:
    """Where each voxel and each piece of centre line is, cropped to what was found."""

    def __init__(
        self,
        mask: NDArray[np.uint8],
        box: tuple[slice, slice, slice] | None,
        spacing_zyx_mm: Sequence[float],
    ) -> None:
        self._mask = mask[:0] if box is None else mask[box]
        self._voxel_ml = float(np.prod(spacing_zyx_mm)) / CUBIC_MM_PER_ML
        self._line: CentreLine = centre_line(mask, spacing_zyx_mm)
        self._boxes = ndimage.find_objects(self._mask, max_label=255)
        voxels = np.argwhere(self._mask)
        self._labels = self._mask[tuple(voxels.T)]
        start = np.zeros(3) if box is None else np.array([side.start for side in box])
        points = (voxels + start) * np.asarray(spacing_zyx_mm)
        self._voxel_points = points.astype(np.float64)

    def with_labels(self, values: Collection[int]) -> "_Chosen":
        chosen = np.zeros(256, dtype=bool)
        chosen[list(values)] = True
        return chosen[self._labels], chosen[self._line.labels]

    def on_side(self, plane: MidPlane, sign: int) -> "_Chosen":
        voxels = sign * plane.leftward_mm(self._voxel_points) > MIDDLE_BAND_MM
        return voxels, sign * plane.leftward_mm(self._line.points_zyx_mm) > MIDDLE_BAND_MM

    def extent(self, chosen: "_Chosen") -> Extent:
        voxels, points = chosen
        return Extent(
            volume_ml=int(voxels.sum()) * self._voxel_ml,
            length_mm=float(self._line.lengths_mm[points].sum()),
        )

    def part_sizes(self) -> NDArray[np.intp]:
        """Return the voxels of each connected part of the whole tree."""
        return np.bincount(connected_parts(self._mask > 0).ravel())[1:]

    def parts(self, value: int) -> int:
        """Count the connected parts of one label."""
        box = self._boxes[value - 1]
        return 0 if box is None else int(connected_parts(self._mask[box] == value).max())


_Chosen = tuple[NDArray[np.bool_], NDArray[np.bool_]]


def _sides(
    tree: _Tree,
    arteries: Mapping[str, int],
    hu: NDArray[np.generic],
    spacing_zyx_mm: Sequence[float],
) -> Sides | None:
    pairs = pairs_of(arteries)
    if pairs:
        left, right = (
            tree.extent(tree.with_labels(labels_of_side(arteries, pairs, side)))
            for side in ("left", "right")
        )
        return Sides("names", left, right, tuple(pairs))
    plane = find_mid_plane(hu, spacing_zyx_mm)
    if plane is None:
        return None
    left, right = (tree.extent(tree.on_side(plane, sign)) for sign in (1, -1))
    return Sides("mid-plane", left, right, ())


def _edges_reached(
    box: tuple[slice, slice, slice] | None, shape: tuple[int, ...]
) -> tuple[str, ...]:
    if box is None:
        return ()
    reached = [
        at_edge
        for side, length in zip(box, shape, strict=True)
        for at_edge in (side.start == 0, side.stop == length)
    ]
    return tuple(name for name, is_reached in zip(EDGES, reached, strict=True) if is_reached)
