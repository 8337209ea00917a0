"""Write a coloured triangle mesh as a small glTF 2.0 binary file."""

import json
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MAGIC, _VERSION = 0x46546C67, 2
_JSON_CHUNK, _BINARY_CHUNK = 0x4E4F534A, 0x004E4942
_BYTE, _UNSIGNED_BYTE, _UNSIGNED_SHORT, _UNSIGNED_INT = 5120, 5121, 5123, 5125
_VERTICES, _INDICES = 34962, 34963
_POSITION_STEPS = 65535


def write_glb(
    vertices: NDArray[np.float32],
    normals: NDArray[np.float32],
    faces: NDArray[np.int64],
    linear_colours: NDArray[np.uint8],
) -> bytes:
    """Write a mesh with quantised positions and normals (KHR_mesh_quantization).

    Positions lose at most half of 1/65535 of the longest side of the bounding box.

    Parameters
    ----------
    vertices
        [vertex, 3], in the unit the viewer expects (LPS mm here).
    normals
        [vertex, 3], unit length.
    faces
        [face, 3], vertex indices, counter-clockwise seen from outside.
    linear_colours
        [vertex, 3], linear RGB as glTF's COLOR_0 asks, not sRGB.
    """
    low = vertices.min(axis=0)
    longest = float((vertices.max(axis=0) - low).max()) or 1.0
    positions = np.zeros((len(vertices), 4), np.uint16)
    positions[:, :3] = np.rint((vertices - low) / longest * _POSITION_STEPS)
    directions = np.zeros((len(normals), 4), np.int8)
    directions[:, :3] = np.rint(normals * 127)
    colours = np.full((len(linear_colours), 4), 255, np.uint8)
    colours[:, :3] = linear_colours
    small = len(vertices) <= _POSITION_STEPS
    indices = faces.astype(np.uint16 if small else np.uint32).ravel()

    buffer = _Buffer()
    bounds = {
        "min": positions[:, :3].min(axis=0).tolist(),
        "max": positions[:, :3].max(axis=0).tolist(),
    }
    attributes = {
        "POSITION": buffer.add(positions, _UNSIGNED_SHORT, "VEC3", normalized=True, **bounds),
        "NORMAL": buffer.add(directions, _BYTE, "VEC3", normalized=True),
        "COLOR_0": buffer.add(colours, _UNSIGNED_BYTE, "VEC4", normalized=True),
    }
    faces_accessor = buffer.add(indices, _UNSIGNED_SHORT if small else _UNSIGNED_INT, "SCALAR")
    document = {
        "asset": {"version": "2.0"},
        "extensionsUsed": ["KHR_mesh_quantization"],
        "extensionsRequired": ["KHR_mesh_quantization"],
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "translation": low.tolist(), "scale": [longest] * 3}],
        "meshes": [
            {"primitives": [{"attributes": attributes, "indices": faces_accessor, "material": 0}]}
        ],
        "materials": [{"pbrMetallicRoughness": {"metallicFactor": 0, "roughnessFactor": 0.55}}],
        "accessors": buffer.accessors,
        "bufferViews": buffer.views,
        "buffers": [{"byteLength": len(buffer.data)}],
    }
    return _container(document, bytes(buffer.data))


class _Buffer:
    """The binary part of the file, with its views and accessors."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []

    def add(self, array: NDArray[Any], component: int, kind: str, **properties: Any) -> int:
        """Append an array and return the index of its accessor."""
        view: dict[str, Any] = {
            "buffer": 0,
            "byteOffset": len(self.data),
            "byteLength": array.nbytes,
            "target": _VERTICES if array.ndim == 2 else _INDICES,
        }
        if array.ndim == 2:
            view["byteStride"] = array.strides[0]
        self.data += array.astype(array.dtype.newbyteorder("<")).tobytes()
        self.data += b"\0" * (-len(self.data) % 4)
        self.views.append(view)
        accessor = {"bufferView": len(self.views) - 1, "componentType": component}
        self.accessors.append({**accessor, "count": len(array), "type": kind, **properties})
        return len(self.accessors) - 1


def _container(document: dict[str, Any], binary: bytes) -> bytes:
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), _JSON_CHUNK) + text
    chunks += struct.pack("<II", len(binary), _BINARY_CHUNK) + binary
    return struct.pack("<III", _MAGIC, _VERSION, 12 + len(chunks)) + chunks
