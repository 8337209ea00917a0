"""Read an angiography run: frames, their times, the mask for subtraction and the C-arm."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from .errors import ImagingError
from .header_values import float_or_none, floats, image_type, integer, positive_or_none, text
from .pixels import read_pixels, without_overlay_bits
from .series import XARunFile

ASSUMED_FRAME_MS = 250.0
WINDOW_PERCENTILES = (0.5, 99.5)
_BORDER_SHARE = 0.1
_WINDOW_SAMPLES = 500_000
_FRAME_TIME_VECTOR = Tag(0x0018, 0x1065)
_SUBTRACTED_WORDS = {"SUBTRACTED", "SUBTRACTION", "SUB", "DSA"}


@dataclass(frozen=True)
class AngiographyRun:
    """One angiography run, decoded, dark vessels on a bright field.

    Attributes
    ----------
    frames
        uint8 or uint16 [frame, row, column], as stored; no modality LUT is applied (it is not
        meant for display, PS3.3 C.8.7.2), MONOCHROME1 is turned to MONOCHROME2.
    frame_start_ms
        Start of each frame from the start of the run, ms.
    mask_frames
        Indices (from 0) of the frames to average as the mask; empty where the run must not be
        subtracted.
    mask_shift_px
        (down, right): shift of the mask that the header asks for, pixels.
    primary_deg, secondary_deg
        Positioner angles, degrees: one value, or one for each frame of a moving C-arm; None
        where unknown.
    sid_mm, sod_mm
        Distance from the source to the detector and to the isocentre, mm; None where unknown.
    imager_pixel_spacing_mm
        (between rows, between columns) at the detector, mm; None where unknown.
    already_subtracted
        The stored frames are differences already.
    logarithmic
        The stored values are proportional to the logarithm of the intensity.
    window
        (low, high) stored values between which the native frames show well.
    flags
        What a reader should know, in words.
    """

    frames: NDArray[np.uint8] | NDArray[np.uint16]
    frame_start_ms: list[float]
    mask_frames: list[int]
    mask_shift_px: tuple[float, float]
    primary_deg: list[float] | None
    secondary_deg: list[float] | None
    sid_mm: float | None
    sod_mm: float | None
    imager_pixel_spacing_mm: tuple[float, float] | None
    already_subtracted: bool
    logarithmic: bool
    window: tuple[float, float]
    flags: list[str]


def read_xa_run(run: XARunFile) -> AngiographyRun:
    """Decode an angiography run.

    Raises
    ------
    ImagingError
        If the pixel data cannot be decoded or is not a grey-scale run.
    """
    dataset, stored = read_pixels(run.path, run.name)
    if stored.ndim != 3:
        raise ImagingError(f"{run.name}: not a grey-scale run of several frames; export it again")
    flags: list[str] = []
    frames = _as_unsigned(without_overlay_bits(stored, dataset), dataset, flags)
    count = len(frames)
    already_subtracted = _is_already_subtracted(dataset)
    mask_frames, mask_shift = _mask(dataset, count, already_subtracted, flags)
    primary = _angles(dataset, "Primary", count)
    secondary = _angles(dataset, "Secondary", count)
    if primary is None or secondary is None:
        flags.append("C-arm angles are not recorded")
    spacing = floats(dataset, "ImagerPixelSpacing")
    return AngiographyRun(
        frames=frames,
        frame_start_ms=_frame_starts(dataset, count, flags),
        mask_frames=mask_frames,
        mask_shift_px=mask_shift,
        primary_deg=primary,
        secondary_deg=secondary,
        sid_mm=positive_or_none(dataset, "DistanceSourceToDetector"),
        sod_mm=positive_or_none(dataset, "DistanceSourceToPatient"),
        imager_pixel_spacing_mm=(
            (spacing[0], spacing[1]) if len(spacing) == 2 and min(spacing) > 0 else None
        ),
        already_subtracted=already_subtracted,
        logarithmic=text(dataset, "PixelIntensityRelationship") == "LOG",
        window=_display_window(frames, dataset),
        flags=flags,
    )


def _as_unsigned(
    stored: NDArray[Any], dataset: Dataset, flags: list[str]
) -> NDArray[np.uint8] | NDArray[np.uint16]:
    if stored.dtype.itemsize > 2 or stored.dtype.kind not in "iu":
        raise ImagingError("angiography frames of more than 16 bits cannot be shown")
    is_byte = stored.dtype.itemsize == 1
    if stored.dtype.kind == "i":
        bits = integer(dataset, "BitsStored", stored.dtype.itemsize * 8)
        stored = stored.astype(np.int32) + 2 ** (bits - 1)
        flags.append("Signed pixel values moved to start at zero")
    if text(dataset, "PhotometricInterpretation") == "MONOCHROME1":
        highest = 2 ** integer(dataset, "BitsStored", stored.dtype.itemsize * 8) - 1
        stored = highest - stored
    return stored.astype(np.uint8) if is_byte else stored.astype(np.uint16)


def _is_already_subtracted(dataset: Dataset) -> bool:
    """Look for the makers' words: the standard has no attribute that says so."""
    words = set(text(dataset, "DerivationDescription").upper().split())
    return bool((image_type(dataset) | words) & _SUBTRACTED_WORDS)


def _mask(
    dataset: Dataset, count: int, already_subtracted: bool, flags: list[str]
) -> tuple[list[int], tuple[float, float]]:
    """Choose the mask frames (from 0) and their shift, after the mask module (PS3.3, C.7.6.10)."""
    no_shift = (0.0, 0.0)
    if already_subtracted:
        flags.append("Stored already subtracted: not subtracted again")
        return [], no_shift
    if text(dataset, "PixelIntensityRelationship") == "DISP":
        flags.append("Stored for display only (DISP): cannot be subtracted")
        return [], no_shift
    for item in dataset.get("MaskSubtractionSequence") or []:
        if text(item, "MaskOperation") != "AVG_SUB":
            continue
        numbers = [int(number) - 1 for number in floats(item, "MaskFrameNumbers")]
        frames = [number for number in numbers if 0 <= number < count]
        if frames:
            shift = floats(item, "MaskSubPixelShift")
            return frames, (shift[0], shift[1]) if len(shift) == 2 else no_shift
    flags.append("No mask named in the header: the first frame is taken")
    return [0], no_shift


def _angles(dataset: Dataset, which: str, count: int) -> list[float] | None:
    """Positioner angles of one axis; increments as in PS3.3, C.8.7.5.1.3."""
    first = float_or_none(dataset, f"Positioner{which}Angle")
    if first is None:
        return None
    increments = floats(dataset, f"Positioner{which}AngleIncrement")
    if text(dataset, "PositionerMotion") != "DYNAMIC" or not any(increments):
        return [first]
    if len(increments) == 1:
        return [first + increments[0] * frame for frame in range(count)]
    if len(increments) == count:
        return [first + increment for increment in increments]
    return [first]


def _frame_starts(dataset: Dataset, count: int, flags: list[str]) -> list[float]:
    """Start times (ms), from the element that the frame increment pointer names."""
    pointers = dataset.get("FrameIncrementPointer")
    pointed = list(pointers) if isinstance(pointers, list) else [pointers]
    vector = floats(dataset, "FrameTimeVector")
    frame_ms = positive_or_none(dataset, "FrameTime")
    vector_is_usable = len(vector) == count and min(vector) >= 0 and sum(vector) > 0
    prefers_vector = _FRAME_TIME_VECTOR in pointed or frame_ms is None
    if vector_is_usable and prefers_vector:
        return [round(float(start), 3) for start in np.cumsum([0.0, *vector[1:]])]
    if frame_ms is None:
        rate = positive_or_none(dataset, "CineRate") or positive_or_none(
            dataset, "RecommendedDisplayFrameRate"
        )
        frame_ms = 1000 / rate if rate else ASSUMED_FRAME_MS
        basis = "the display rate" if rate else "4 frames per second"
        flags.append(f"Frame times are not recorded: {basis} assumed")
    return [round(frame_ms * frame, 3) for frame in range(count)]


def _display_window(frames: NDArray[Any], dataset: Dataset) -> tuple[float, float]:
    """Robust range of the image inside the shutter and clear of the collimated border."""
    _, rows, columns = frames.shape
    top, bottom = int(rows * _BORDER_SHARE), rows - int(rows * _BORDER_SHARE)
    left, right = int(columns * _BORDER_SHARE), columns - int(columns * _BORDER_SHARE)
    top = max(top, integer(dataset, "ShutterUpperHorizontalEdge", 0))
    bottom = min(bottom, integer(dataset, "ShutterLowerHorizontalEdge", rows))
    left = max(left, integer(dataset, "ShutterLeftVerticalEdge", 0))
    right = min(right, integer(dataset, "ShutterRightVerticalEdge", columns))
    inner = frames[:, top:bottom, left:right]
    values = (inner if inner.size else frames).ravel()
    low, high = np.percentile(values[:: max(1, values.size // _WINDOW_SAMPLES)], WINDOW_PERCENTILES)
    return float(low), float(max(high, low + 1))
