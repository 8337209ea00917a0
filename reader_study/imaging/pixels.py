"""Decode stored pixels, whatever their compression, sign and padding."""

import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset
from pydicom.pixels.decoders.base import get_decoder
from pydicom.pixels.utils import iter_pixels, pixel_array

from . import frame_decoders  # noqa: F401 - pydicom decodes with them from now on
from .errors import ImagingError
from .gates import Gate, Verdict
from .header_values import float_or_none, integer, standard_words, text
from .headers import read_with_pixels
from .sizes import size_in_words

AIR_HU = -1024
MAX_PADDING_HU = -500
MAX_DECODED_BYTES = 768 * 10**6
MAX_COMPRESSION = 1000
COMPRESSION_IS_CHECKED_ABOVE_BYTES = 64 * 2**20


def read_pixels(path: Path, name: str) -> tuple[FileDataset, NDArray[Any]]:
    """Decode a file's pixel data.

    Parameters
    ----------
    name
        The file's name for people, used in messages.

    Returns
    -------
    FileDataset
        The header elements that this package uses.
    ndarray
        Stored values, [row, column] or [frame, row, column], not yet rescaled.

    Raises
    ------
    ImagingError
        If the pixel data is damaged or of a compression that cannot be read.
    """
    try:
        dataset = _read_decodable(path, frames_at_once=None)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return dataset, pixel_array(dataset)
    except Exception as error:
        raise _named(error, name) from error


def read_frames(
    path: Path, name: str, frames: Sequence[int]
) -> Iterator[tuple[FileDataset, NDArray[Any]]]:
    """Decode some frames of a multi-frame file, one at a time, in the order asked for.

    Raises
    ------
    ImagingError
        As `read_pixels` does.
    """
    try:
        dataset = _read_decodable(path, frames_at_once=1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for stored in iter_pixels(dataset, indices=list(frames)):
                yield dataset, stored
    except Exception as error:
        raise _named(error, name) from error


def _read_decodable(path: Path, frames_at_once: int | None) -> FileDataset:
    """Read a file, and refuse what cannot or should not be decoded."""
    dataset = read_with_pixels(path)
    frames = frames_at_once or integer(dataset, "NumberOfFrames", 1)
    _refuse_outsize(dataset, frames)
    _refuse_unknown_compression(dataset)
    return dataset


def _named(error: Exception, name: str) -> Exception:
    """Turn what a decoder raised into a message that names the file."""
    if isinstance(error, MemoryError):
        return error
    if isinstance(error, ImagingError):
        return ImagingError(f"{name}: {error}")
    # Decoders raise almost any type on damaged input; to the uploader all mean the same.
    return ImagingError(
        f"{name}: the pixel data cannot be decoded; export it again, best uncompressed"
    )


def _refuse_outsize(dataset: Dataset, frames: int) -> None:
    pixels = integer(dataset, "Rows", 0) * integer(dataset, "Columns", 0)
    samples, bits = integer(dataset, "SamplesPerPixel", 1), integer(dataset, "BitsAllocated", 8)
    size = pixels * samples * frames * bits // 8
    if size > MAX_DECODED_BYTES:
        raise ImagingError(
            f"unpacks to {size_in_words(size)} of pixels, more than "
            f"{size_in_words(MAX_DECODED_BYTES)}; export a shorter series"
        )
    stored = len(dataset.get("PixelData", b""))
    if size > COMPRESSION_IS_CHECKED_ABOVE_BYTES and size > MAX_COMPRESSION * stored:
        raise ImagingError("declares far more pixels than its data can hold; refused")


def _refuse_unknown_compression(dataset: FileDataset) -> None:
    syntax = dataset.file_meta.TransferSyntaxUID
    try:
        known = get_decoder(syntax).is_available
    except NotImplementedError:
        known = False
    if not known:
        raise ImagingError(
            f"its pixels are stored as {standard_words(syntax, 'a private compression')}, which "
            "cannot be read; export it uncompressed"
        )


def without_overlay_bits(stored: NDArray[Any], dataset: Dataset) -> NDArray[Any]:
    """Clear what lies above BitsStored in unsigned pixels, where old scanners kept overlays."""
    bits = integer(dataset, "BitsStored", 0)
    if stored.dtype.kind != "u" or not 0 < bits < stored.dtype.itemsize * 8:
        return stored
    cleared: NDArray[Any] = stored & stored.dtype.type((1 << bits) - 1)
    return cleared


def hounsfield(stored: NDArray[Any], dataset: Dataset) -> tuple[NDArray[np.int16], list[Gate]]:
    """Turn the stored values of one CT slice into Hounsfield units.

    The slice's own rescale slope and intercept are applied (PS3.3, C.11.1.1.2) in floating point:
    integer arithmetic would wrap around. Padding becomes air.

    Parameters
    ----------
    stored
        [row, column], as decoded.

    Returns
    -------
    ndarray
        HU, int16 [row, column], nothing below -1024.
    list of Gate
        What was found about the values.
    """
    slope = float_or_none(dataset, "RescaleSlope")
    intercept = float_or_none(dataset, "RescaleIntercept")
    padding, gates = _padding_mask(stored, dataset)
    if slope is None or slope == 0 or intercept is None:
        slope, intercept = slope or 1.0, intercept or 0.0
        sentence = "No complete rescale in the header: Hounsfield units are uncertain"
        gates.append(Gate("Hounsfield units", Verdict.FLAGGED, sentence))
    hu = without_overlay_bits(stored, dataset).astype(np.float32)
    if text(dataset, "PhotometricInterpretation") == "MONOCHROME1":
        sentence = "Stored with inverted grey scale (MONOCHROME1): values taken as they are"
        gates.append(Gate("grey scale", Verdict.FLAGGED, sentence))
    # In place: fresh memory for every step would take longer than the steps.
    hu *= np.float32(slope)
    hu += np.float32(intercept)
    np.rint(hu, out=hu)
    if padding is not None:
        hu[padding] = AIR_HU
    np.clip(hu, AIR_HU, np.iinfo(np.int16).max, out=hu)
    return hu.astype(np.int16), gates


def _padding_mask(
    stored: NDArray[Any], dataset: Dataset
) -> tuple[NDArray[np.bool_] | None, list[Gate]]:
    """Find padding pixels, unless the padding value means tissue and so must be a mistake."""
    first = float_or_none(dataset, "PixelPaddingValue")
    if first is None:
        return None, []
    last = float_or_none(dataset, "PixelPaddingRangeLimit")
    limits = [_as_stored(value, stored.dtype) for value in (first, first if last is None else last)]
    slope = float_or_none(dataset, "RescaleSlope") or 1.0
    intercept = float_or_none(dataset, "RescaleIntercept") or 0.0
    brightest = max(limit * slope + intercept for limit in limits)
    beyond_tissue = np.iinfo(np.int16).max * 0.9
    if MAX_PADDING_HU < brightest < beyond_tissue:
        sentence = f"The padding value means {brightest:.0f} HU, which is tissue: it is not used"
        return None, [Gate("padding", Verdict.FLAGGED, sentence)]
    padding = np.asarray((stored >= min(limits)) & (stored <= max(limits)))
    return padding, [Gate("padding", Verdict.PASS, "Pixels outside the scanned circle are air")]


def _as_stored(value: float, dtype: np.dtype[Any]) -> int:
    """Read the value's bits with the pixels' sign: its header type is ambiguous (US or SS)."""
    bits = dtype.itemsize * 8
    wrapped = int(value) & ((1 << bits) - 1)
    if dtype.kind == "i" and wrapped >= 1 << (bits - 1):
        return wrapped - (1 << bits)
    return wrapped
