"""Grey values in which burned-in text shows, whatever value it was drawn with.

A reader's window makes everything beyond it black or white, and letters in it vanish. Here the
reader's window gets most of the grey values, and what lies beyond shares the rest.
"""

import numpy as np
from numpy.typing import NDArray

from .ct_volume import CTVolume
from .xa_run import AngiographyRun

_HU = (-1024, 0, 80, 1500, 4000)
_GREY_OF_HU = (0, 60, 190, 225, 255)
_WINDOW_PERCENTILES = (1, 99)
_GREY_OF_WINDOW = (32, 223)
_SAMPLES = 500_000


def frames_as_displayed(images: CTVolume | AngiographyRun) -> NDArray[np.uint8]:
    """Turn a volume's slices or a run's frames into grey frames [frame, row, column]."""
    if isinstance(images, CTVolume):
        return volume_as_displayed(images.hu)
    return run_as_displayed(images.frames)


def volume_as_displayed(hu: NDArray[np.int16]) -> NDArray[np.uint8]:
    """Turn a CT volume [z, y, x] into grey slices with the brain window's range spread widest."""
    table = np.interp(np.arange(-(2**15), 2**15), _HU, _GREY_OF_HU).astype(np.uint8)
    # Reordered so that the bits of a value, taken as unsigned, are its place.
    return np.roll(table, 2**15)[np.ascontiguousarray(hu).view(np.uint16)]


def run_as_displayed(frames: NDArray[np.uint8] | NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Turn an angiography run [frame, row, column] into grey frames, the window over the run."""
    sample = frames.ravel()[:: max(1, frames.size // _SAMPLES)]
    low, high = np.percentile(sample, _WINDOW_PERCENTILES)
    values = np.arange(np.iinfo(frames.dtype).max + 1)
    known = [min(0, low - 1), low, max(high, low + 1), max(float(frames.max()), high + 2)]
    table = np.interp(values, known, (0, *_GREY_OF_WINDOW, 255)).astype(np.uint8)
    return table[frames]
