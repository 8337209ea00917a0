"""Point out text burned into the pixels of a series, for a person to decide on.

What the text says is not read, kept or logged; only where it seems to stand. Text that is missed
stays, so that a person looks at every angiography run no matter what is found here.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .text_detector import Rectangle, detect_text, joined, raised
from .text_display import frames_as_displayed
from .text_spots import frames_with_text, mosaic, spots_like_text

__all__ = ["TextBox", "find_text", "frames_as_displayed"]

_SMALL_SIDE = 640
_SPOT_SIDE_OF_SMALL, _SPOT_SIDE = 128, 256
_FRAMES_LOOKED_AT_WHOLE = 3

_ALIKE_FROM_FRAME_TO_FRAME = 0.3
_SAME_LETTERS = 0.6
# Of the picture's shorter side.
_HIGHEST_LINE = 0.25


@dataclass(frozen=True)
class TextBox:
    """Where text seems to stand.

    Attributes
    ----------
    frame
        The first frame, from 0, in which it stands; None where it stands in all of them.
    left, top, width, height
        Pixels; the box lies within the frame.
    """

    frame: int | None
    left: int
    top: int
    width: int
    height: int


def find_text(frames: NDArray[np.uint8]) -> tuple[TextBox, ...]:
    """Find text in a series of frames.

    Three pictures of all frames together are searched, the darkest, the brightest and the mean of
    every pixel, and the spots of single frames that are most like text. So text that stands in all
    frames is found wherever it would be in one; text in few frames where it stands out.

    Parameters
    ----------
    frames
        [frame, row, column] as displayed: see `frames_as_displayed`.

    Returns
    -------
    tuple of TextBox
        Text in all frames first; the same for the same frames.
    """
    if frames.ndim != 3 or not frames.size:
        raise ValueError(f"frames of shape {frames.shape} are not [frame, row, column]")
    enlarge = 2 if max(frames.shape[1:]) <= _SMALL_SIDE else 1
    throughout, passing = _in_projections(frames, enlarge)
    if len(frames) > 1:
        passing += _in_single_frames(frames, enlarge)
    everywhere = joined(throughout)
    news = [
        (frame, rectangle)
        for frame in sorted({frame for frame, _ in passing})
        for rectangle in joined([found for other, found in passing if other == frame])
        if not any(rectangle.touches(known) for known in everywhere)
    ]
    return tuple(
        _box(frame, rectangle) for frame, rectangle in [*((None, at) for at in everywhere), *news]
    )


def _in_projections(
    frames: NDArray[np.uint8], enlarge: int
) -> tuple[list[Rectangle], list[tuple[int, Rectangle]]]:
    """What stands in all frames, and what in some, with the first of them."""
    if len(frames) == 1:
        return _lines(raised(frames[0]), enlarge), []
    throughout, passing = [], []
    # Small letters that stand throughout are in the mean; looking closely takes four times as long.
    for picture, closely in ((_mean(frames), enlarge), (frames.min(0), 1), (frames.max(0), 1)):
        letters = raised(picture)
        for found in _lines(letters, closely):
            first = _first_frame(frames, letters, found)
            if first is None:
                throughout.append(found)
            else:
                passing.append((first, found))
    return throughout, passing


def _lines(letters: NDArray[np.uint8], enlarge: int) -> list[Rectangle]:
    """Lines of text; a whole head in a small picture looks like one great letter."""
    highest = _HIGHEST_LINE * min(letters.shape)
    return [
        found
        for found in detect_text(letters, enlarge=enlarge)
        if min(found.bottom - found.top, found.right - found.left) <= highest
    ]


def _mean(frames: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Mean over the frames, which hides noise before letters."""
    total = frames.sum(axis=0, dtype=np.uint32)
    return np.asarray(total // len(frames), np.uint8)


def _first_frame(
    frames: NDArray[np.uint8], letters: NDArray[np.uint8], found: Rectangle
) -> int | None:
    """The first frame that shows the letters, or None where all do alike."""
    place = np.s_[found.top : found.bottom, found.left : found.right]
    pattern = _centred(letters[place].astype(np.float32))
    seen = _centred(raised(frames[:, *place]).astype(np.float32))
    likeness = np.einsum("ij,kij->k", pattern, seen)
    best = float(likeness.max())
    if float(np.percentile(likeness, 10)) >= _ALIKE_FROM_FRAME_TO_FRAME * best:
        return None
    return int(np.argmax(likeness >= _SAME_LETTERS * best))


def _centred(pictures: NDArray[np.float32]) -> NDArray[np.float32]:
    """Pictures less their means and of length one, so that products are correlations."""
    less = pictures - pictures.mean(axis=(-2, -1), keepdims=True)
    length = np.sqrt((less * less).sum(axis=(-2, -1), keepdims=True))
    return np.asarray(less / np.maximum(length, 1), np.float32)


def _in_single_frames(frames: NDArray[np.uint8], enlarge: int) -> list[tuple[int, Rectangle]]:
    """What stands in single frames: spots are searched first, then the frames of those."""
    side = _SPOT_SIDE_OF_SMALL if enlarge > 1 else _SPOT_SIDE
    spots = spots_like_text(frames, side)
    if not spots:
        return []
    in_spots = detect_text(mosaic(frames, spots, side), enlarge=enlarge)
    chosen = frames_with_text(in_spots, spots, side)[:_FRAMES_LOOKED_AT_WHOLE]
    return [(frame, found) for frame in chosen for found in _lines(raised(frames[frame]), enlarge)]


def _box(frame: int | None, at: Rectangle) -> TextBox:
    return TextBox(frame, at.left, at.top, at.right - at.left, at.bottom - at.top)
