"""When each frame of an angiography run was taken."""

from dataclasses import dataclass

import numpy as np
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from .gates import Gate, Verdict
from .header_values import floats, positive_or_none

ASSUMED_FRAME_MS = 250.0
_FRAME_TIME_VECTOR = Tag(0x0018, 0x1065)


@dataclass(frozen=True)
class FrameTiming:
    """Start of each frame from the start of the run (ms), and how it was known."""

    starts_ms: list[float]
    gate: Gate


def frame_timing(dataset: Dataset, count: int) -> FrameTiming:
    """Read the times from the element that the frame increment pointer names.

    Parameters
    ----------
    count
        Number of frames that were decoded.
    """
    pointers = dataset.get("FrameIncrementPointer")
    pointed = list(pointers) if isinstance(pointers, list) else [pointers]
    vector = floats(dataset, "FrameTimeVector")
    frame_ms = positive_or_none(dataset, "FrameTime")
    vector_is_usable = len(vector) == count and min(vector) >= 0 and sum(vector) > 0
    prefers_vector = _FRAME_TIME_VECTOR in pointed or frame_ms is None
    if vector_is_usable and prefers_vector:
        starts = [round(float(start), 3) for start in np.cumsum([0.0, *vector[1:]])]
        shortest, longest = min(vector[1:], default=0.0), max(vector[1:], default=0.0)
        words = f"{count} frames, {shortest:.0f} to {longest:.0f} ms from one to the next"
        return FrameTiming(starts, Gate("timing", Verdict.PASS, words))
    if frame_ms is not None:
        gate = Gate("timing", Verdict.PASS, f"{count} frames, {frame_ms:.1f} ms each")
    else:
        rate = positive_or_none(dataset, "CineRate") or positive_or_none(
            dataset, "RecommendedDisplayFrameRate"
        )
        frame_ms = 1000 / rate if rate else ASSUMED_FRAME_MS
        basis = "the display rate" if rate else "4 frames per second"
        sentence = f"Frame times are not recorded: {basis} assumed"
        gate = Gate("timing", Verdict.FLAGGED, sentence)
    return FrameTiming([round(frame_ms * frame, 3) for frame in range(count)], gate)
