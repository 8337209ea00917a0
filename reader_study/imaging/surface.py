"""Turn an artery mask into a smooth surface that stays where the mask is."""

from dataclasses import dataclass

import numpy as np
from fast_simplification import simplify
from numpy.typing import NDArray
from scipy import ndimage, sparse
from scipy.spatial import cKDTree
from skimage.measure import marching_cubes

from .glb import write_glb

MAX_FACES = 60_000
LEVEL = 0.48
SHARP_SHARE = 0.6
BLUR_MM = 0.3
MESH_GRID_MM = 0.5
MAX_REFINEMENT = 4
TAUBIN_ROUNDS = 60
SHRINKAGE_ROUNDS = 30
TAUBIN_SHRINK, TAUBIN_GROW = 0.6, -0.61
_MARGIN_VOXELS = 3
# Corner neighbours come first: the voxel that bridges one makes an edge neighbour of it.
_DIAGONALS = (
    (1, 1, 1), (1, 1, -1), (1, -1, 1), (1, -1, -1),
    (1, 0, 1), (1, 0, -1), (1, 1, 0), (1, -1, 0), (0, 1, 1), (0, 1, -1),
)  # fmt: skip
_UNASSIGNED_COLOUR = "#c8c8c8"
_PALETTE = (
    "#e0483e", "#f08c3a", "#f2c744", "#8fcf4d", "#36b37e", "#2fb5c9", "#4b8bf5", "#7a6ff0",
    "#b865e0", "#e06bb0", "#b5523a", "#a3762f", "#7d8f2e", "#4a8f5c", "#3d8a94", "#4a6fb0",
    "#8f8fd9", "#c08fc8", "#d99a9a",
)  # fmt: skip

Vertices = NDArray[np.float64]


@dataclass(frozen=True)
class Surface:
    """A closed triangle mesh in the patient's space.

    Attributes
    ----------
    vertices
        float32 [vertex, 3], LPS mm.
    normals
        float32 [vertex, 3], unit length, outwards.
    faces
        int64 [face, 3], counter-clockwise seen from outside.
    labels
        uint8 [vertex], label of the nearest mask voxel.
    """

    vertices: NDArray[np.float32]
    normals: NDArray[np.float32]
    faces: NDArray[np.int64]
    labels: NDArray[np.uint8]


def label_colour(label: int) -> str:
    """Return the sRGB colour of a label as "#rrggbb"."""
    return _PALETTE[(label - 1) % len(_PALETTE)] if label > 0 else _UNASSIGNED_COLOUR


def extract_surface(
    mask: NDArray[np.uint8],
    spacing_zyx_mm: tuple[float, float, float],
    origin_lps_mm: tuple[float, float, float],
) -> Surface | None:
    """Extract the surface of all labelled voxels.

    The mask is blurred lightly and mixed with itself, so that no labelled voxel falls outside
    and no thin vessel breaks; Taubin smoothing (Taubin 1995) removes the steps without shrinking.

    Parameters
    ----------
    mask
        Labels [z, y, x], 0 = background.

    Returns
    -------
    Surface or None
        None where the mask is empty.
    """
    if not mask.any():
        return None
    box = ndimage.find_objects((mask > 0).astype(np.uint8))[0]
    cropped = np.pad(mask[box], _MARGIN_VOXELS)
    field, steps_zyx = _smooth_field(_with_diagonal_bridges(cropped > 0), spacing_zyx_mm)
    vertices_zyx, faces, _, _ = marching_cubes(  # type: ignore[no-untyped-call]
        field, LEVEL, spacing=steps_zyx
    )
    start_zyx = np.array([(s.start - _MARGIN_VOXELS) for s in box]) * np.array(spacing_zyx_mm)
    vertices = (vertices_zyx + start_zyx)[:, ::-1] + np.array(origin_lps_mm)
    faces = faces.astype(np.int64)
    vertices = _smoothed(vertices, faces)
    if len(faces) > MAX_FACES:
        reduced, reduced_faces = simplify(
            vertices.astype(np.float32), faces.astype(np.int32), 1 - MAX_FACES / len(faces)
        )
        vertices, faces = reduced.astype(np.float64), reduced_faces.astype(np.int64)
    labels = _nearest_labels(vertices, mask, box, spacing_zyx_mm, origin_lps_mm)
    normals = _vertex_normals(vertices, faces)
    return Surface(vertices.astype(np.float32), normals, faces, labels)


def surface_glb(surface: Surface) -> bytes:
    """Write a surface as a glTF binary with a colour per vertex by label."""
    palette = np.array([_linear_rgb(label_colour(label)) for label in range(256)], np.uint8)
    return write_glb(surface.vertices, surface.normals, surface.faces, palette[surface.labels])


def _with_diagonal_bridges(inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Add a voxel wherever two voxels touch by an edge or a corner only.

    A thin vessel that runs obliquely through thick slices is such a chain, and blurring would
    break it.
    """
    bridged = inside.copy()
    for offset in _DIAGONALS:
        here = tuple(slice(max(0, -step), -step if step > 0 else None) for step in offset)
        there = tuple(slice(max(0, step), step if step < 0 else None) for step in offset)
        dz, *in_plane = offset
        beside = (here[0], *there[1:]) if dz and any(in_plane) else (here[0], here[1], there[2])
        other = (there[0], *here[1:]) if dz and any(in_plane) else (here[0], there[1], here[2])
        lonely = bridged[here] & bridged[there] & ~bridged[beside] & ~bridged[other]
        bridged[beside] |= lonely
    return bridged


def _smooth_field(
    inside: NDArray[np.bool_], spacing_zyx_mm: tuple[float, float, float]
) -> tuple[NDArray[np.float32], tuple[float, float, float]]:
    """Return a field that passes LEVEL at the mask's edge, on a grid fine enough to mesh."""
    refinement = [
        int(np.clip(round(step / MESH_GRID_MM), 1, MAX_REFINEMENT)) for step in spacing_zyx_mm
    ]
    shape = [(count - 1) * r + 1 for count, r in zip(inside.shape, refinement, strict=True)]
    zoom = [fine / count for fine, count in zip(shape, inside.shape, strict=True)]
    sharp = inside.astype(np.float32)
    if max(refinement) > 1:
        sharp = ndimage.zoom(sharp, zoom, order=1)
    steps = np.array(spacing_zyx_mm) / refinement
    field = SHARP_SHARE * sharp + (1 - SHARP_SHARE) * ndimage.gaussian_filter(
        sharp, BLUR_MM / steps
    )
    return field, (float(steps[0]), float(steps[1]), float(steps[2]))


def _smoothed(vertices: Vertices, faces: NDArray[np.int64]) -> Vertices:
    """Smooth away the steps of slices and voxels without thinning vessels.

    Taubin's alternate steps (Taubin 1995, λ|μ) are followed by moving every vertex back out by
    what its neighbourhood on average moved in: steps cancel in that mean, shrinkage does not.
    """
    mean_of_neighbours = _neighbour_mean(faces, len(vertices))
    smooth = vertices
    for _ in range(TAUBIN_ROUNDS):
        for step in (TAUBIN_SHRINK, TAUBIN_GROW):
            smooth = smooth + step * (mean_of_neighbours @ smooth - smooth)
    normals = _vertex_normals(smooth, faces)
    moved_in = ((vertices - smooth) * normals).sum(axis=1)
    for _ in range(SHRINKAGE_ROUNDS):
        moved_in = (moved_in + mean_of_neighbours @ moved_in) / 2
    moved_out: Vertices = smooth + moved_in[:, None] * normals
    return moved_out


def _neighbour_mean(faces: NDArray[np.int64], count: int) -> sparse.csr_matrix:
    """Return the matrix that replaces each vertex by the mean of those it shares an edge with."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    edges = np.concatenate([edges, edges[:, ::-1]])
    adjacency = sparse.csr_matrix((np.ones(len(edges)), edges.T), shape=(count, count))
    adjacency.data[:] = 1
    return sparse.diags(1 / np.maximum(adjacency.sum(axis=1).A1, 1)) @ adjacency


def _vertex_normals(vertices: Vertices, faces: NDArray[np.int64]) -> NDArray[np.float32]:
    """Mean of the neighbouring faces' normals, weighted by area."""
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    face_normals = np.cross(b - a, c - a)
    normals = np.zeros_like(vertices)
    for corner in range(3):
        for axis in range(3):
            normals[:, axis] += np.bincount(
                faces[:, corner], face_normals[:, axis], minlength=len(vertices)
            )
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    unit: Vertices = normals / np.maximum(lengths, 1e-12)
    return unit.astype(np.float32)


def _nearest_labels(
    vertices: Vertices,
    mask: NDArray[np.uint8],
    box: tuple[slice, slice, slice],
    spacing_zyx_mm: tuple[float, float, float],
    origin_lps_mm: tuple[float, float, float],
) -> NDArray[np.uint8]:
    cropped = mask[box]
    used = np.unique(cropped[cropped > 0])
    if len(used) == 1:
        return np.full(len(vertices), used[0], np.uint8)
    voxels = np.argwhere(cropped) + [s.start for s in box]
    centres = (voxels * np.array(spacing_zyx_mm))[:, ::-1] + np.array(origin_lps_mm)
    _, nearest = cKDTree(centres).query(vertices)
    return np.asarray(mask[tuple(voxels[nearest].T)])


def _linear_rgb(srgb: str) -> tuple[int, ...]:
    """Convert "#rrggbb" to linear light, 0..255 (IEC 61966-2-1)."""
    encoded = [int(srgb[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in encoded]
    return tuple(round(255 * c) for c in linear)
