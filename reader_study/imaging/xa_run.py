"""Read an angiography run: frames, their times, the mask for subtraction and the C-arm."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from .begin import Begin, read_all
from .enhanced import classic_run, is_enhanced
from .errors import ImagingError
from .gates import Gate, Verdict, corrections_in, flags_in
from .header_values import float_or_none, floats, integer, positive_or_none, text, uid
from .pixels import read_pixels, without_overlay_bits
from .series import XARunFile, projection_in_words
from .xa_subtraction import subtraction_of
from .xa_timing import frame_timing

FEW_FRAMES = 4
WINDOW_PERCENTILES = (0.5, 99.5)
_BORDER_SHARE = 0.1
_WINDOW_SAMPLES = 500_000


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
    gates
        Every check of the run and how it ended.
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
    gates: tuple[Gate, ...]

    @property
    def corrections(self) -> list[str]:
        """What was corrected, in words."""
        return corrections_in(self.gates)

    @property
    def flags(self) -> list[str]:
        """What a reader should know, in words."""
        return flags_in(self.gates)


def read_xa_run(run: XARunFile, begin: Begin = read_all) -> AngiographyRun:
    """Decode an angiography run.

    Parameters
    ----------
    begin
        Called with the name of the file before it is read.

    Raises
    ------
    ImagingError
        If the pixel data cannot be decoded or is not a grey-scale run.
    """
    begin(run.name)
    whole, stored = read_pixels(run.path, run.name)
    if stored.ndim != 3:
        raise ImagingError(f"{run.name}: not a grey-scale run of several frames; export it again")
    del whole.PixelData
    dataset = classic_run(whole) if is_enhanced(uid(whole, "SOPClassUID")) else whole
    frames, grey_scale = _as_unsigned(without_overlay_bits(stored, dataset), dataset)
    count = len(frames)
    timing = frame_timing(dataset, count)
    subtraction = subtraction_of(dataset, count)
    primary = _angles(dataset, "Primary", count)
    secondary = _angles(dataset, "Secondary", count)
    spacing = floats(dataset, "ImagerPixelSpacing")
    spacing_mm = (spacing[0], spacing[1]) if len(spacing) == 2 and min(spacing) > 0 else None
    return AngiographyRun(
        frames=frames,
        frame_start_ms=timing.starts_ms,
        mask_frames=subtraction.mask_frames,
        mask_shift_px=subtraction.mask_shift_px,
        primary_deg=primary,
        secondary_deg=secondary,
        sid_mm=positive_or_none(dataset, "DistanceSourceToDetector"),
        sod_mm=positive_or_none(dataset, "DistanceSourceToPatient"),
        imager_pixel_spacing_mm=spacing_mm,
        already_subtracted=subtraction.already_subtracted,
        logarithmic=subtraction.logarithmic,
        window=_display_window(frames, dataset),
        gates=(
            _frame_count(frames),
            timing.gate,
            *subtraction.gates,
            _projection(primary, secondary),
            _pixel_spacing(spacing_mm),
            *_plane(run),
            *grey_scale,
        ),
    )


def _frame_count(frames: NDArray[Any]) -> Gate:
    count, rows, columns = frames.shape
    words = f"{count} frames of {rows} × {columns}"
    if count < FEW_FRAMES:
        return Gate("frames", Verdict.FLAGGED, f"Only {words}: the run may be cut short")
    return Gate("frames", Verdict.PASS, words)


def _projection(primary: list[float] | None, secondary: list[float] | None) -> Gate:
    if primary is None or secondary is None:
        return Gate("C-arm angles", Verdict.FLAGGED, "C-arm angles are not recorded")
    words = projection_in_words(primary[0], secondary[0])
    moving = " at first, then moving" if max(len(primary), len(secondary)) > 1 else ""
    return Gate("C-arm angles", Verdict.PASS, f"{words}{moving}")


def _pixel_spacing(spacing_mm: tuple[float, float] | None) -> Gate:
    if spacing_mm is None:
        sentence = "Pixel spacing is not recorded: nothing can be measured in mm"
        return Gate("pixel spacing", Verdict.FLAGGED, sentence)
    sentence = f"{spacing_mm[0]:.3f} × {spacing_mm[1]:.3f} mm at the detector"
    return Gate("pixel spacing", Verdict.PASS, sentence)


def _plane(run: XARunFile) -> list[Gate]:
    if run.plane is None:
        return []
    if run.partner_uid:
        sentence = f"Plane {run.plane} of a biplane system; the run of the other plane is here too"
        return [Gate("biplane", Verdict.PASS, sentence)]
    sentence = f"Plane {run.plane} of a biplane system; the run of the other plane is not here"
    return [Gate("biplane", Verdict.FLAGGED, sentence)]


def _as_unsigned(
    stored: NDArray[Any], dataset: Dataset
) -> tuple[NDArray[np.uint8] | NDArray[np.uint16], list[Gate]]:
    if stored.dtype.itemsize > 2 or stored.dtype.kind not in "iu":
        raise ImagingError("angiography frames of more than 16 bits cannot be shown")
    is_byte = stored.dtype.itemsize == 1
    bits = integer(dataset, "BitsStored", stored.dtype.itemsize * 8)
    gates = []
    if stored.dtype.kind == "i":
        stored = stored.astype(np.int32) + 2 ** (bits - 1)
        sentence = "Signed pixel values moved to start at zero"
        gates.append(Gate("pixel values", Verdict.CORRECTED, sentence))
    if text(dataset, "PhotometricInterpretation") == "MONOCHROME1":
        stored = 2**bits - 1 - stored
        sentence = "Inverted grey scale (MONOCHROME1) turned"
        gates.append(Gate("grey scale", Verdict.CORRECTED, sentence))
    if is_byte:
        return stored.astype(np.uint8, copy=False), gates
    return stored.astype(np.uint16, copy=False), gates


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
