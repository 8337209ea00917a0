"""Show what is in the files of a series of which no volume and no run is built."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage

from .begin import Begin, read_all
from .errors import ImagingError
from .header_values import integer, text, uid
from .headers import read_header
from .pixels import hounsfield, read_frames, without_overlay_bits
from .previews import BRAIN_WINDOW_HU, Grey, as_grey, spread

MAX_PICTURES = 10
_PERCENTILES = (0.5, 99.5)


def pictures_of_files(files: Sequence[tuple[Path, str]], begin: Begin = read_all) -> Grey:
    """Return a few frames of a series as they are displayed: [frame, row, column].

    They are spread over the files, or over the frames of a single file; those that differ in
    size from the first are left out.

    Parameters
    ----------
    files
        Path and name for people of each.

    Raises
    ------
    ImagingError
        If a file cannot be decoded.
    """
    chosen = [files[index] for index in spread(len(files), MAX_PICTURES)]
    shown = [frame for path, name in chosen for frame in _frames(path, name, len(chosen), begin)]
    return np.stack([frame for frame in shown if frame.shape == shown[0].shape])


def _frames(path: Path, name: str, files: int, begin: Begin) -> Iterator[Grey]:
    begin(name)
    count = max(1, integer(read_header(path).dataset, "NumberOfFrames", 1))
    numbers = spread(count, max(1, MAX_PICTURES // files))
    for dataset, stored in read_frames(path, name, numbers):
        yield _as_displayed(stored, dataset, name)


def _as_displayed(stored: NDArray[Any], dataset: Dataset, name: str) -> Grey:
    if stored.ndim == 3 and stored.shape[-1] == 3:
        return np.asarray(stored.mean(axis=-1), np.uint8)
    if stored.ndim != 2:
        raise ImagingError(f"{name}: pixels of {stored.ndim} dimensions, which are not shown")
    if uid(dataset, "SOPClassUID") == CTImageStorage:
        return np.asarray(as_grey(hounsfield(stored, dataset)[0][None], BRAIN_WINDOW_HU)[0])
    values = without_overlay_bits(stored, dataset)
    low, high = np.percentile(values, _PERCENTILES)
    grey = as_grey(values[None], (float(low), float(max(high, low + 1))))
    if text(dataset, "PhotometricInterpretation") == "MONOCHROME1":
        np.subtract(255, grey, out=grey)
    return np.asarray(grey[0])
