"""The surface shows the vessels where the mask has them, no thinner than stated."""

import json
import struct

import numpy as np
import pytest
from scipy import ndimage
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from reader_study.imaging.surface import MAX_FACES, Surface, extract_surface, surface_glb

CLINICAL = (1.0, 0.45, 0.45)


class Tube:
    """A straight tube with round ends through the origin of LPS space, as mask and as truth."""

    def __init__(self, radius_mm, spacing, direction=(0.3, 0.4, 0.85), length_mm=30.0):
        self.radius_mm, self.half_mm, self.spacing = radius_mm, length_mm / 2, spacing
        self.direction = np.array(direction) / np.linalg.norm(direction)
        reach = self.half_mm + radius_mm + 3
        self.origin = (-reach, -reach + 0.1, -reach + 0.2)
        axes = [
            self.origin[2 - axis] + spacing[axis] * np.arange(int(2 * reach / spacing[axis]))
            for axis in range(3)
        ]
        z, y, x = np.meshgrid(*axes, indexing="ij")
        points = np.stack([x, y, z], axis=-1)
        self.mask = (self.distance(points) <= 0).astype(np.uint8)

    def distance(self, points):
        """Signed distance (mm) to the true surface, negative inside."""
        along = np.clip(points @ self.direction, -self.half_mm, self.half_mm)
        nearest = along[..., None] * self.direction
        return np.linalg.norm(points - nearest, axis=-1) - self.radius_mm

    def surface(self) -> Surface:
        surface = extract_surface(self.mask, self.spacing, self.origin)
        assert surface is not None
        return surface


def volume_mm3(surface: Surface) -> float:
    """Volume enclosed by the mesh; positive only where faces wind outwards."""
    a, b, c = (surface.vertices[surface.faces[:, i]].astype(float) for i in range(3))
    return float((a * np.cross(b, c)).sum() / 6)


def pieces(surface: Surface) -> int:
    edges = np.concatenate([surface.faces[:, [0, 1]], surface.faces[:, [1, 2]]])
    count = len(surface.vertices)
    graph = csr_matrix((np.ones(len(edges)), edges.T), shape=(count, count))
    return connected_components(graph)[0]


@pytest.mark.parametrize(
    ("spacing", "radius_mm", "typical_mm", "bias_mm"),
    [
        ((0.5, 0.5, 0.5), 2.0, 0.06, 0.03),
        ((0.5, 0.5, 0.5), 1.0, 0.06, 0.03),
        (CLINICAL, 2.0, 0.10, 0.03),
        (CLINICAL, 1.0, 0.10, 0.03),
        (CLINICAL, 0.6, 0.12, 0.06),
        ((2.0, 0.49, 0.49), 1.0, 0.20, 0.05),
        ((1.5, 1.5, 1.5), 2.0, 0.35, 0.08),
    ],
)
def test_vertices_lie_on_the_true_tube(spacing, radius_mm, typical_mm, bias_mm):
    tube = Tube(radius_mm, spacing)
    error = tube.distance(tube.surface().vertices)
    assert np.sqrt((error**2).mean()) < typical_mm
    assert abs(error.mean()) < bias_mm
    assert np.percentile(np.abs(error), 99) < 0.5 * max(spacing)


@pytest.mark.parametrize("radius_mm", [2.0, 1.0])
def test_vessels_keep_their_volume(radius_mm):
    tube = Tube(radius_mm, CLINICAL)
    true_mm3 = np.pi * radius_mm**2 * (30 + 4 / 3 * radius_mm)
    assert volume_mm3(tube.surface()) == pytest.approx(true_mm3, rel=0.08)


@pytest.mark.parametrize("spacing", [CLINICAL, (2.0, 0.49, 0.49)])
@pytest.mark.parametrize("direction", [(0.3, 0.4, 0.85), (1, 0.1, 0.05), (0, 0, 1), (6, 6, 2)])
@pytest.mark.parametrize("radius_mm", [0.5, 0.8])
def test_a_thin_vessel_breaks_only_where_its_mask_does(radius_mm, direction, spacing):
    tube = Tube(radius_mm, spacing, direction)
    _, pieces_of_mask = ndimage.label(tube.mask, np.ones((3, 3, 3)))
    assert pieces(tube.surface()) <= pieces_of_mask


def test_the_bounding_box_is_the_tubes():
    tube = Tube(2.0, CLINICAL)
    expected = np.abs(tube.direction) * 15 + 2.0
    vertices = tube.surface().vertices
    np.testing.assert_allclose(vertices.max(axis=0), expected, atol=0.5)
    np.testing.assert_allclose(vertices.min(axis=0), -expected, atol=0.5)


def test_normals_point_outwards_as_the_winding_does():
    tube = Tube(2.0, CLINICAL)
    surface = tube.surface()
    step = 0.05
    outwards = tube.distance(surface.vertices + step * surface.normals)
    assert (outwards > tube.distance(surface.vertices)).mean() > 0.99
    assert volume_mm3(surface) > 0
    np.testing.assert_allclose(np.linalg.norm(surface.normals, axis=1), 1, atol=1e-4)


def test_a_mask_at_the_edge_of_the_volume_gives_a_closed_surface():
    surface = extract_surface(np.ones((4, 6, 8), np.uint8), (1, 1, 1), (0, 0, 0))
    assert surface is not None
    assert volume_mm3(surface) == pytest.approx(4 * 6 * 8, rel=0.1)


def test_each_vertex_has_the_label_nearest_to_it():
    tube = Tube(2.0, CLINICAL, direction=(1, 0, 0))
    middle = tube.mask.shape[2] // 2
    tube.mask[:, :, middle:] *= 7
    surface = tube.surface()
    border = tube.origin[0] + (middle - 0.5) * CLINICAL[2]
    clear = np.abs(surface.vertices[:, 0] - border) > 0.6
    expected = np.where(surface.vertices[:, 0] > border, 7, 1)
    assert set(np.unique(surface.labels)) == {1, 7}
    np.testing.assert_array_equal(surface.labels[clear], expected[clear])


def test_an_empty_mask_has_no_surface():
    assert extract_surface(np.zeros((4, 4, 4), np.uint8), (1, 1, 1), (0, 0, 0)) is None


def test_large_surfaces_are_reduced_but_stay_true():
    tube = Tube(14.0, (0.5, 0.5, 0.5), length_mm=60.0)
    surface = tube.surface()
    assert len(surface.faces) <= MAX_FACES
    error = tube.distance(surface.vertices)
    assert np.sqrt((error**2).mean()) < 0.08
    assert volume_mm3(surface) == pytest.approx(np.pi * 14**2 * (60 + 4 / 3 * 14), rel=0.01)


def test_glb_holds_the_same_mesh_quantised():
    surface = Tube(2.0, CLINICAL).surface()
    document, arrays = read_glb(surface_glb(surface))
    (node,) = document["nodes"]
    scale, translation = np.array(node["scale"]), np.array(node["translation"])
    positions = arrays["POSITION"] / 65535 * scale + translation
    np.testing.assert_allclose(positions, surface.vertices, atol=scale[0] / 65535)
    np.testing.assert_allclose(arrays["NORMAL"] / 127, surface.normals, atol=0.005)
    np.testing.assert_array_equal(arrays["indices"].reshape(-1, 3), surface.faces)
    assert (arrays["COLOR_0"][:, 3] == 255).all()
    assert document["extensionsRequired"] == ["KHR_mesh_quantization"]


def test_glb_is_the_same_every_time():
    tube = Tube(2.0, CLINICAL)
    assert surface_glb(tube.surface()) == surface_glb(tube.surface())


def read_glb(content: bytes) -> tuple[dict, dict[str, np.ndarray]]:
    """Parse a GLB independently of the writer, after the glTF 2.0 specification, 4.4."""
    magic, version, length, json_length, json_type = struct.unpack_from("<5I", content)
    assert (magic, version, length, json_type) == (0x46546C67, 2, len(content), 0x4E4F534A)
    document = json.loads(content[20 : 20 + json_length])
    binary = content[28 + json_length :]
    (primitive,) = document["meshes"][0]["primitives"]
    accessors = {**primitive["attributes"], "indices": primitive["indices"]}
    return document, {name: read_accessor(document, binary, i) for name, i in accessors.items()}


def read_accessor(document: dict, binary: bytes, index: int) -> np.ndarray:
    accessor = document["accessors"][index]
    view = document["bufferViews"][accessor["bufferView"]]
    dtype = np.dtype({5120: "i1", 5121: "u1", 5123: "<u2", 5125: "<u4"}[accessor["componentType"]])
    width = {"SCALAR": 1, "VEC3": 3, "VEC4": 4}[accessor["type"]]
    stride = view.get("byteStride", dtype.itemsize * width)
    assert view["byteOffset"] % 4 == stride % dtype.itemsize == 0
    content = binary[view["byteOffset"] : view["byteOffset"] + view["byteLength"]]
    rows = np.frombuffer(content, np.uint8).reshape(accessor["count"], stride)
    values = np.ascontiguousarray(rows[:, : width * dtype.itemsize]).view(dtype)
    return values.astype(np.float64) if dtype.itemsize < 4 and width == 3 else values
