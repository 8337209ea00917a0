"""How an angiography run is to be subtracted, if at all."""

from dataclasses import dataclass

from pydicom.dataset import Dataset

from .gates import Gate, Verdict
from .header_values import floats, image_type, text

_SUBTRACTED_WORDS = {"SUBTRACTED", "SUBTRACTION", "SUB", "DSA"}
_NOT_NEEDED = Gate("mask", Verdict.PASS, "No mask is needed")


@dataclass(frozen=True)
class Subtraction:
    """What to subtract, and how that was known.

    Attributes
    ----------
    mask_frames
        Indices (from 0) of the frames to average as the mask; empty where the run must not be
        subtracted.
    mask_shift_px
        (down, right): shift of the mask that the header asks for, pixels.
    """

    mask_frames: list[int]
    mask_shift_px: tuple[float, float]
    already_subtracted: bool
    logarithmic: bool
    gates: tuple[Gate, ...]


def subtraction_of(dataset: Dataset, count: int) -> Subtraction:
    """Choose the mask frames and their shift, after the mask module (PS3.3, C.7.6.10).

    Parameters
    ----------
    count
        Number of frames that were decoded.
    """
    relationship = text(dataset, "PixelIntensityRelationship").upper()
    already = _is_already_subtracted(dataset)
    mask_frames: list[int] = []
    shift = (0.0, 0.0)
    mask_gate = _NOT_NEEDED
    if not already and relationship != "DISP":
        mask_frames, shift, mask_gate = _mask(dataset, count)
    return Subtraction(
        mask_frames,
        shift,
        already,
        logarithmic=relationship == "LOG",
        gates=(mask_gate, _intensity(relationship, already), _subtracted(already)),
    )


def _is_already_subtracted(dataset: Dataset) -> bool:
    """Look for the makers' words: the standard has no attribute that says so."""
    words = set(text(dataset, "DerivationDescription").upper().split())
    return bool((image_type(dataset) | words) & _SUBTRACTED_WORDS)


def _subtracted(already: bool) -> Gate:
    if already:
        sentence = "Stored already subtracted: not subtracted again"
        return Gate("already subtracted", Verdict.FLAGGED, sentence)
    return Gate("already subtracted", Verdict.PASS, "Stored as acquired, not subtracted")


def _intensity(relationship: str, already: bool) -> Gate:
    if relationship == "DISP" and not already:
        sentence = "Stored for display only (DISP): cannot be subtracted"
        return Gate("log or linear", Verdict.FLAGGED, sentence)
    words = {"LOG": "Stored as logarithms of the intensity", "LIN": "Stored linear in intensity"}
    if relationship in words or already:
        return Gate("log or linear", Verdict.PASS, words.get(relationship, "Of no consequence"))
    sentence = "The header does not say whether values are linear or logarithms: linear assumed"
    return Gate("log or linear", Verdict.FLAGGED, sentence)


def _mask(dataset: Dataset, count: int) -> tuple[list[int], tuple[float, float], Gate]:
    for item in dataset.get("MaskSubtractionSequence") or []:
        if text(item, "MaskOperation") != "AVG_SUB":
            continue
        numbers = [int(number) - 1 for number in floats(item, "MaskFrameNumbers")]
        frames = [number for number in numbers if 0 <= number < count]
        if frames:
            # Enhanced objects keep the shift with the frames, not with the mask.
            shift = floats(item, "MaskSubPixelShift") or floats(dataset, "MaskSubPixelShift")
            named = ", ".join(str(frame + 1) for frame in frames)
            gate = Gate("mask", Verdict.PASS, f"The header names frame {named}")
            return frames, (shift[0], shift[1]) if len(shift) == 2 else (0.0, 0.0), gate
    sentence = "No mask named in the header: the first frame is taken"
    return [0], (0.0, 0.0), Gate("mask", Verdict.FLAGGED, sentence)
