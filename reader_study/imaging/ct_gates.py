"""Check a CT series: is it a whole head, where do its slices lie, and what follows from that."""

import numpy as np

from .gates import Gate, SeriesRefusedError, Verdict
from .series import CTSeries
from .slice_stack import DUPLICATES, SliceStack

MIN_SLICES = 3
MAX_GAP_MM = 25.0
THICK_SLICE_MM = 1.5
NOTABLE_ANGLE_DEG = 0.1
TILT_CONTRADICTION_DEG = 1.0
EVEN_STEPS_TOLERANCE = 0.02
_ORDER = (
    "slices", DUPLICATES, "contrast agent", "orientation", "gantry tilt", "tilt in the header",
    "slice spacing", "gaps", "slice thickness", "field of view", "padding", "Hounsfield units",
    "grey scale",
)  # fmt: skip
HEAD_WIDTH_MM = (150.0, 350.0)
HEAD_HEIGHT_MM = (90.0, 320.0)


def refuse_unusable(stack: SliceStack) -> None:
    """Refuse what no resampling can turn into a volume.

    Raises
    ------
    SeriesRefusedError
        If too few slice positions are left, or a gap is too wide to bridge.
    """
    count = len(stack.hu)
    if count < MIN_SLICES:
        sentence = (
            f"only {count} different slice positions; a volume needs at least "
            f"{MIN_SLICES}: export the whole series"
        )
        raise SeriesRefusedError([*stack.gates, Gate("slices", Verdict.REFUSED, sentence)])
    widest = float(stack.steps_mm.max())
    if widest > MAX_GAP_MM:
        sentence = (
            f"a gap of {widest:.0f} mm between slices, too wide to bridge; export the whole series"
        )
        raise SeriesRefusedError([*stack.gates, Gate("gaps", Verdict.REFUSED, sentence)])


def gates_of(
    stack: SliceStack, series: CTSeries, step_mm: float, *, resampled: bool
) -> tuple[Gate, ...]:
    """Say how every check of a usable stack ended.

    Parameters
    ----------
    step_mm
        Distance of the volume's slices.
    resampled
        Whether the volume was interpolated; otherwise the slices are stacked as they are.
    """
    found = (
        *stack.gates,
        Gate("slices", Verdict.PASS, f"{len(stack.hu)} slices"),
        _contrast(series),
        _orientation(stack, resampled),
        *_tilt(stack, series, resampled),
        _steps(stack, step_mm, resampled),
        _thickness(stack, series),
        _gaps(stack),
        _field_of_view(stack),
        Gate("padding", Verdict.PASS, "No padding value"),
        Gate("Hounsfield units", Verdict.PASS, "Every slice has its rescale"),
    )
    # What the slices themselves had to say comes before what passes by default.
    by_name: dict[str, Gate] = {}
    for gate in found:
        by_name.setdefault(gate.name, gate)
    return tuple(by_name[name] for name in _ORDER if name in by_name)


def _contrast(series: CTSeries) -> Gate:
    if series.mentions_contrast:
        sentence = "The description names scans with and without contrast agent: look which it is"
        return Gate("contrast agent", Verdict.FLAGGED, sentence)
    return Gate("contrast agent", Verdict.PASS, "The header names no contrast agent")


def _orientation(stack: SliceStack, resampled: bool) -> Gate:
    angle = stack.inclination_deg
    only_tilted = stack.shear_deg > NOTABLE_ANGLE_DEG
    if angle > NOTABLE_ANGLE_DEG and resampled and not only_tilted:
        sentence = f"Slices inclined by {angle:.1f}° turned upright by resampling"
        return Gate("orientation", Verdict.CORRECTED, sentence)
    return Gate("orientation", Verdict.PASS, "Axial slices")


def _tilt(stack: SliceStack, series: CTSeries, resampled: bool) -> list[Gate]:
    """Compare the geometry, which is followed, with what the header calls the gantry's tilt."""
    tilt = stack.shear_deg
    gates = [Gate("gantry tilt", Verdict.PASS, "No gantry tilt")]
    if tilt > NOTABLE_ANGLE_DEG and resampled:
        sentence = f"Gantry tilt of {tilt:.1f}° corrected by resampling"
        gates = [Gate("gantry tilt", Verdict.CORRECTED, sentence)]
    named = series.nominal_tilt_deg
    if named is not None and abs(abs(named) - tilt) > TILT_CONTRADICTION_DEG:
        sentence = (
            f"The header names a gantry tilt of {named:.1f}°, the slices lie as after one of "
            f"{tilt:.1f}°: their positions are followed"
        )
        gates.append(Gate("tilt in the header", Verdict.FLAGGED, sentence))
    return gates


def _steps(stack: SliceStack, step_mm: float, resampled: bool) -> Gate:
    steps = stack.steps_without_gaps_mm
    low, high = float(steps.min()), float(steps.max())
    if not resampled:
        return Gate("slice spacing", Verdict.PASS, f"Slices {step_mm:.2f} mm apart")
    if high - low > EVEN_STEPS_TOLERANCE * high:
        sentence = f"Slice spacing uneven ({low:.2f}–{high:.2f} mm): resampled to {step_mm:.2f} mm"
        return Gate("slice spacing", Verdict.CORRECTED, sentence)
    if abs(step_mm - high) > EVEN_STEPS_TOLERANCE * high:
        sentence = f"Slices {high:.2f} mm apart resampled to {step_mm:.2f} mm"
        return Gate("slice spacing", Verdict.CORRECTED, sentence)
    return Gate("slice spacing", Verdict.PASS, f"Slices {high:.2f} mm apart")


def _thickness(stack: SliceStack, series: CTSeries) -> Gate:
    thickness = max(
        [s.thickness_mm or 0.0 for s in series.slices] + [float(np.median(stack.steps_mm))]
    )
    if thickness > THICK_SLICE_MM:
        sentence = f"Slices thicker than {THICK_SLICE_MM} mm (up to {thickness:.1f} mm)"
        return Gate("slice thickness", Verdict.FLAGGED, sentence)
    return Gate("slice thickness", Verdict.PASS, f"Slices up to {thickness:.2f} mm thick")


def _gaps(stack: SliceStack) -> Gate:
    gaps = stack.missing_slices
    if gaps:
        widths = ", ".join(f"{gap:.1f} mm" for gap in gaps)
        sentence = f"Slices missing: {len(gaps)} gap(s) of {widths} bridged by interpolation"
        return Gate("gaps", Verdict.FLAGGED, sentence)
    return Gate("gaps", Verdict.PASS, "No slice is missing")


def _field_of_view(stack: SliceStack) -> Gate:
    _, rows, columns = stack.hu.shape
    deep, wide = rows * stack.spacing_yx_mm[0], columns * stack.spacing_yx_mm[1]
    low, high = float(stack.heights_mm[0]), float(stack.heights_mm[-1])
    tall = high - low + float(np.median(stack.steps_mm))
    extent = f"{wide:.0f} × {deep:.0f} × {tall:.0f} mm"
    verdict, words = Verdict.PASS, f"Covers {extent}"
    if min(wide, deep) < HEAD_WIDTH_MM[0] or tall < HEAD_HEIGHT_MM[0]:
        verdict, words = Verdict.FLAGGED, f"Covers only {extent}: part of the head may be missing"
    elif max(wide, deep) > HEAD_WIDTH_MM[1] or tall > HEAD_HEIGHT_MM[1]:
        verdict, words = Verdict.FLAGGED, f"Covers {extent}: more than a head"
    return Gate("field of view", verdict, words)
