"""Choose the spots of single frames that are most like text, and lay them out in one picture.

Looking at every frame of a series with a neural network would take longer than all the rest of
its ingest. Letters are many strong edges close together, which is cheap to count.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from .text_detector import Rectangle, raised

_TILE_PX = 16
_LEAST_EDGE = 40
_EDGE_OVER_NOISE = 5
_LINE_TILES = (3, 5)
"""A few letters' room, (rows, columns) of tiles, over which edges are counted together."""
_SPOTS_A_SIDE = 4
_NEIGHBOURING_FRAMES = 2
_NEUTRAL = 128

Counts = NDArray[np.float32]


@dataclass(frozen=True)
class Spot:
    """A square part of one frame."""

    frame: int
    left: int
    top: int


def spots_like_text(frames: NDArray[np.uint8], side: int) -> list[Spot]:
    """Return the squares of single frames with the most strokes that other frames lack."""
    counts = _edges_by_tile(frames)
    excess = counts - np.median(counts, axis=0)
    by_place = ndimage.uniform_filter(excess, (0, *_LINE_TILES), mode="constant")
    _, rows, columns = frames.shape
    reach = side // _TILE_PX // 2
    spots: list[Spot] = []
    while len(spots) < _SPOTS_A_SIDE**2 and by_place.max() > 0:
        frame, row, column = map(int, np.unravel_index(by_place.argmax(), by_place.shape))
        spots.append(Spot(frame, _start(column, columns, side), _start(row, rows, side)))
        by_place[
            max(0, frame - _NEIGHBOURING_FRAMES) : frame + _NEIGHBOURING_FRAMES + 1,
            max(0, row - reach) : row + reach + 1,
            max(0, column - reach) : column + reach + 1,
        ] = 0
    return spots


def mosaic(frames: NDArray[np.uint8], spots: list[Spot], side: int) -> NDArray[np.uint8]:
    """Lay the spots out in rows, in one picture for `detect_text`."""
    picture = np.full((_SPOTS_A_SIDE * side,) * 2, _NEUTRAL, np.uint8)
    for place, spot in enumerate(spots):
        top, left = (cell * side for cell in divmod(place, _SPOTS_A_SIDE))
        part = frames[spot.frame, spot.top : spot.top + side, spot.left : spot.left + side]
        rows, columns = part.shape
        picture[top : top + rows, left : left + columns] = raised(part)
    return picture


def frames_with_text(found: list[Rectangle], spots: list[Spot], side: int) -> list[int]:
    """Of which frames the rectangles found in a mosaic are, the surest spots first."""
    hit = {
        place
        for rectangle in found
        for place in range(len(spots))
        if _cell(place, side).touches(rectangle)
    }
    return list(dict.fromkeys(spots[place].frame for place in sorted(hit)))


def _cell(place: int, side: int) -> Rectangle:
    row, column = divmod(place, _SPOTS_A_SIDE)
    return Rectangle(column * side, row * side, (column + 1) * side, (row + 1) * side)


def _start(tile: int, length: int, side: int) -> int:
    middle = tile * _TILE_PX + _TILE_PX // 2
    return max(0, min(middle - side // 2, length - side))


def _edges_by_tile(frames: NDArray[np.uint8]) -> Counts:
    """Count the strong steps between neighbours in each tile of each frame."""
    count, rows, columns = frames.shape
    tiles = (-(-rows // _TILE_PX), -(-columns // _TILE_PX))
    least = _strong_step(frames)
    edges = np.zeros((tiles[0] * _TILE_PX, tiles[1] * _TILE_PX), np.uint8)
    counts = np.empty((count, *tiles), np.float32)
    for number, frame in enumerate(frames):
        edges[:rows, 1:columns] = _step(frame[:, 1:], frame[:, :-1]) > least
        edges[1:rows, :columns] += _step(frame[1:], frame[:-1]) > least
        by_rows = edges.reshape(tiles[0], _TILE_PX, -1).sum(axis=1, dtype=np.uint8)
        counts[number] = by_rows.reshape(*tiles, _TILE_PX).sum(axis=2, dtype=np.uint16)
        edges[:] = 0
    return counts


def _step(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.maximum(one, other) - np.minimum(one, other)


def _strong_step(frames: NDArray[np.uint8]) -> int:
    """A step that noise makes rarely."""
    middle = frames[len(frames) // 2]
    return max(_LEAST_EDGE, _EDGE_OVER_NOISE * int(np.median(_step(middle[:, 1:], middle[:, :-1]))))
