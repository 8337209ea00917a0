"""Decode stored pixels, whatever their compression, sign and padding."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset

from .errors import ImagingError
from .header_values import float_or_none, integer, text
from .headers import read_with_pixels

AIR_HU = -1024
MAX_PADDING_HU = -500
MAX_DECODED_BYTES = 4 * 2**30


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
        dataset = read_with_pixels(path)
        _refuse_outsize(dataset)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return dataset, dataset.pixel_array
    except ImagingError as error:
        raise ImagingError(f"{name}: {error}") from error
    except Exception as error:
        # Decoders raise almost any type on damaged input; to the uploader all mean the same.
        raise ImagingError(
            f"{name}: the pixel data cannot be decoded; export it again, best uncompressed"
        ) from error


def _refuse_outsize(dataset: Dataset) -> None:
    pixels = integer(dataset, "Rows", 0) * integer(dataset, "Columns", 0)
    frames, bits = integer(dataset, "NumberOfFrames", 1), integer(dataset, "BitsAllocated", 8)
    size = pixels * frames * bits // 8
    if size > MAX_DECODED_BYTES:
        raise ImagingError(f"unpacks to {size / 2**30:.0f} GiB of pixels; export a shorter series")


def without_overlay_bits(stored: NDArray[Any], dataset: Dataset) -> NDArray[Any]:
    """Clear what lies above BitsStored in unsigned pixels, where old scanners kept overlays."""
    bits = integer(dataset, "BitsStored", 0)
    if stored.dtype.kind != "u" or not 0 < bits < stored.dtype.itemsize * 8:
        return stored
    cleared: NDArray[Any] = stored & stored.dtype.type((1 << bits) - 1)
    return cleared


def hounsfield(stored: NDArray[Any], dataset: Dataset) -> tuple[NDArray[np.int16], list[str]]:
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
    list of str
        What a reader should know about the values.
    """
    remarks = []
    slope = float_or_none(dataset, "RescaleSlope")
    intercept = float_or_none(dataset, "RescaleIntercept")
    if slope is None or slope == 0 or intercept is None:
        slope, intercept = slope or 1.0, intercept or 0.0
        remarks.append("No complete rescale in the header: Hounsfield units are uncertain")
    padding = _padding_mask(stored, dataset)
    values = without_overlay_bits(stored, dataset).astype(np.float32)
    if text(dataset, "PhotometricInterpretation") == "MONOCHROME1":
        remarks.append("Stored with inverted grey scale (MONOCHROME1): values taken as they are")
    hu = np.rint(values * np.float32(slope) + np.float32(intercept))
    if padding is not None:
        hu[padding] = AIR_HU
    return np.clip(hu, AIR_HU, np.iinfo(np.int16).max).astype(np.int16), remarks


def _padding_mask(stored: NDArray[Any], dataset: Dataset) -> NDArray[np.bool_] | None:
    """Find padding pixels, unless the padding value means tissue and so must be a mistake."""
    first = float_or_none(dataset, "PixelPaddingValue")
    if first is None:
        return None
    last = float_or_none(dataset, "PixelPaddingRangeLimit")
    limits = [_as_stored(value, stored.dtype) for value in (first, first if last is None else last)]
    slope = float_or_none(dataset, "RescaleSlope") or 1.0
    intercept = float_or_none(dataset, "RescaleIntercept") or 0.0
    brightest = max(limit * slope + intercept for limit in limits)
    beyond_tissue = np.iinfo(np.int16).max * 0.9
    if MAX_PADDING_HU < brightest < beyond_tissue:
        return None
    return np.asarray((stored >= min(limits)) & (stored <= max(limits)))


def _as_stored(value: float, dtype: np.dtype[Any]) -> int:
    """Read the value's bits with the pixels' sign: its header type is ambiguous (US or SS)."""
    bits = dtype.itemsize * 8
    wrapped = int(value) & ((1 << bits) - 1)
    if dtype.kind == "i" and wrapped >= 1 << (bits - 1):
        return wrapped - (1 << bits)
    return wrapped
