"""Pictures by which a coordinator knows a series: 8-bit grey PNG files."""

import struct
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray
from PIL import Image

from .ct_volume import CTVolume
from .xa_run import AngiographyRun

BRAIN_WINDOW_HU = (0.0, 80.0)
MAX_CT_PICTURES = 40
LARGEST_CT_PICTURE_PX = 512
THUMBNAIL_PX = 256
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY_8_BIT = (8, 0, 0, 0, 0)
_DIFFERENCE_FROM_ROW_ABOVE = 2
_PACKING_LEVEL = 1

Grey = NDArray[np.uint8]


@dataclass(frozen=True)
class Preview:
    """The pictures of a series, as PNG files.

    Attributes
    ----------
    pictures
        By the slice or frame that each shows.
    """

    pictures: dict[int, bytes]
    thumbnail: bytes


def preview_of_volume(volume: CTVolume, with_text: Collection[int] = ()) -> Preview:
    """Picture slices of a volume from feet to head, evenly spread, in the brain window.

    Parameters
    ----------
    with_text
        Slices that a person has to see: they are pictured, too.
    """
    _, dy, dx = volume.spacing_zyx_mm
    shown = sorted({*spread(len(volume.hu), MAX_CT_PICTURES), *with_text})
    return preview_of_frames(
        as_grey(volume.hu[shown], BRAIN_WINDOW_HU),
        shown,
        largest_px=LARGEST_CT_PICTURE_PX,
        pixel_shape=(dy, dx),
    )


def preview_of_run(run: AngiographyRun) -> Preview:
    """Picture every frame of a run at its full size, as stored, not subtracted."""
    return preview_of_frames(as_grey(run.frames, run.window), range(len(run.frames)))


def preview_of_frames(
    frames: Grey,
    numbers: Sequence[int],
    *,
    largest_px: int | None = None,
    pixel_shape: tuple[float, float] = (1.0, 1.0),
) -> Preview:
    """Make PNG files of frames as they are displayed; the one in the middle is the thumbnail.

    Parameters
    ----------
    frames
        [frame, row, column].
    numbers
        Which slice or frame of the series each is.
    largest_px
        Longer sides are made smaller to this; left out, frames keep their size.
    pixel_shape
        Relative height and width of a pixel.
    """
    images = [_square_pixels(Image.fromarray(frame), pixel_shape) for frame in frames]
    thumbnail = images[len(images) // 2].copy()
    thumbnail.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    if largest_px is not None:
        for image in images:
            image.thumbnail((largest_px, largest_px))
    pictures = {number: _png(image) for number, image in zip(numbers, images, strict=True)}
    return Preview(pictures, _png(thumbnail))


def spread(count: int, most: int) -> list[int]:
    """Choose at most so many indices, evenly over all, ends included."""
    if count <= most:
        return list(range(count))
    return [round(index) for index in np.linspace(0, count - 1, most)]


def as_grey(values: NDArray[Any], window: tuple[float, float]) -> Grey:
    """Map values between the window's ends to black and white, frame by frame."""
    low, high = window
    scale = np.float32(255 / max(high - low, 1e-6))
    grey = np.empty(values.shape, np.uint8)
    for frame, shown in zip(values, grey, strict=True):
        shown[...] = np.clip((frame.astype(np.float32) - np.float32(low)) * scale + 0.5, 0, 255)
    return grey


def _square_pixels(image: Image.Image, pixel_shape: tuple[float, float]) -> Image.Image:
    height, width = pixel_shape
    if abs(height - width) <= 0.01 * min(height, width):
        return image
    rows = max(1, round(image.height * height / width))
    return image.resize((image.width, rows))


def _png(image: Image.Image) -> bytes:
    """Write a PNG with one way of filtering for all rows.

    Choosing one for every row, as libraries do, takes three times as long. ISA-L packs noisy grey
    pictures about as small as zlib, at a multiple of its speed.
    """
    grey = np.asarray(image)
    rows, columns = grey.shape
    filtered = np.empty((rows, 1 + columns), np.uint8)
    filtered[:, 0] = _DIFFERENCE_FROM_ROW_ABOVE
    filtered[0, 1:] = grey[0]
    np.subtract(grey[1:], grey[:-1], out=filtered[1:, 1:])
    packed = isal_zlib.compress(filtered.data, _PACKING_LEVEL)
    head = struct.pack(">II5B", columns, rows, *_GREY_8_BIT)
    chunks = ((b"IHDR", head), (b"IDAT", packed), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))
