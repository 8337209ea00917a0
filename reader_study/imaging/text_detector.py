"""Find lines of text in one grey picture with a packaged neural network; nothing is read."""

import hashlib
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

MODEL = Path(__file__).parent / "text_model" / "PP-OCRv6_det_small.onnx"
MODEL_SHA256 = "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f"

LARGEST_SIDE = 1280
"""Longest side given to the network at once, which bounds its memory."""
_OVERLAP = 192
_MULTIPLE = 32

_IN_TEXT = 0.3
_SURE = 0.6
_MIN_CORE_PX = 3
_TALLEST_LINE_PX = 40
"""What is thicker is a head or a tangle of catheters, which the network takes for a letter."""
_SURROUNDINGS_PX = 25
_SHORTEST_TEXT_PX = 10
_UNCLIP = 1.6
"""The network marks the core of a line; its outline lies this much further out (DB, 2020)."""


@dataclass(frozen=True)
class Rectangle:
    """A rectangle of pixels; right and bottom are the first column and row outside of it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def longer_side(self) -> int:
        """Width or height, whichever is more, pixels."""
        return max(self.right - self.left, self.bottom - self.top)

    def touches(self, other: "Rectangle") -> bool:
        """Whether the two share a pixel."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def joined(self, other: "Rectangle") -> "Rectangle":
        """The smallest rectangle around both."""
        return Rectangle(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


def raised(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Take out everything broader than the strokes of a letter, so that no head remains."""
    size = (1,) * (pictures.ndim - 2) + (_SURROUNDINGS_PX,) * 2
    broad = ndimage.uniform_filter(pictures, size).astype(np.int16)
    return np.asarray(np.clip(pictures - broad + 128, 0, 255), np.uint8)


def detect_text(picture: NDArray[np.uint8], *, enlarge: int = 1) -> list[Rectangle]:
    """Return where lines of text seem to stand in a grey picture.

    Parameters
    ----------
    picture
        [row, column], as it comes out of `raised`.
    enlarge
        Look at the picture this many times larger: for small letters.
    """
    side = LARGEST_SIDE // enlarge
    rows, columns = picture.shape
    found = [
        Rectangle(part.left + left, part.top + top, part.right + left, part.bottom + top)
        for top in _starts(rows, side)
        for left in _starts(columns, side)
        for part in _detect_in_tile(picture[top : top + side, left : left + side], enlarge)
    ]
    return joined(found)


def joined(rectangles: list[Rectangle]) -> list[Rectangle]:
    """Join those that touch, until none does; from top to bottom."""
    apart: list[Rectangle] = []
    for rectangle in rectangles:
        whole = rectangle
        while touching := [other for other in apart if other.touches(whole)]:
            for other in touching:
                apart.remove(other)
                whole = whole.joined(other)
        apart.append(whole)
    return sorted(apart, key=lambda found: (found.top, found.left))


def _starts(length: int, side: int) -> list[int]:
    """Where tiles begin that cover a length with an overlap."""
    if length <= side:
        return [0]
    count = math.ceil((length - _OVERLAP) / (side - _OVERLAP))
    return [round(number * (length - side) / (count - 1)) for number in range(count)]


def _detect_in_tile(tile: NDArray[np.uint8], enlarge: int) -> list[Rectangle]:
    rows, columns = tile.shape
    large = np.asarray(
        Image.fromarray(tile).resize((columns * enlarge, rows * enlarge), Image.Resampling.BILINEAR)
        if enlarge > 1
        else tile
    )
    missing = [-length % _MULTIPLE for length in large.shape]
    padded = np.pad(large, [(0, missing[0]), (0, missing[1])], mode="edge")
    plane = padded.astype(np.float32) / 127.5 - 1
    network = _network()
    (probability,) = network.run(None, {network.get_inputs()[0].name: np.stack([plane] * 3)[None]})
    within = probability[0, 0, : large.shape[0], : large.shape[1]]
    outlines = _outlines(within, _TALLEST_LINE_PX * enlarge)
    found = [_scaled(outline, enlarge, rows, columns) for outline in outlines]
    return [line for line in found if line.longer_side >= _SHORTEST_TEXT_PX]


def _outlines(
    probability: NDArray[np.float32], tallest_px: int
) -> list[tuple[float, float, float, float]]:
    """Outlines (left, top, right, bottom) of the connected parts that look like lines of text."""
    marked, count = ndimage.label(probability > _IN_TEXT, structure=np.ones((3, 3)))
    is_sure = np.atleast_1d(ndimage.mean(probability, marked, range(1, count + 1))) >= _SURE
    # In noise there are tens of thousands of others, each of which would take its time.
    number_of_sure = np.concatenate([[0], np.cumsum(is_sure) * is_sure])
    outlines = []
    for place in ndimage.find_objects(number_of_sure[marked]):
        height, width = (span.stop - span.start for span in place)
        if not _MIN_CORE_PX <= min(height, width) <= tallest_px:
            continue
        out = height * width * _UNCLIP / (2 * (height + width))
        top, left = place[0].start - out, place[1].start - out
        outlines.append((left, top, place[1].stop + out, place[0].stop + out))
    return outlines


def _scaled(
    outline: tuple[float, float, float, float], enlarge: int, rows: int, columns: int
) -> Rectangle:
    left, top, right, bottom = (edge / enlarge for edge in outline)
    return Rectangle(
        max(0, math.floor(left)),
        max(0, math.floor(top)),
        min(columns, math.ceil(right)),
        min(rows, math.ceil(bottom)),
    )


@cache
def _network() -> "InferenceSession":
    """The network, loaded once a process, on one thread: workers are what runs side by side."""
    # Here, because it takes a while and few processes look for text.
    import onnxruntime

    model = MODEL.read_bytes()
    if hashlib.sha256(model).hexdigest() != MODEL_SHA256:
        raise RuntimeError(f"{MODEL.name} is not the model that was checked; install again")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # The arena would keep the memory of the largest picture for the life of the worker.
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
