"""How far straightening a tilted or unevenly spaced CT changes it, on phantoms with known values.

``python -m benchmarks.straightening`` prints a Markdown table. Each phantom is sampled at the
slices' true positions, straightened as an upload is, and compared with the phantom's own values at
the voxels of the result.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from reader_study.imaging.ct_volume import straighten
from reader_study.imaging.resampling import Grid
from reader_study.imaging.slice_stack import SliceStack

Floats = NDArray[np.float64]
Field = Callable[[Floats, Floats, Floats], Floats]

SIZE = 200
PIXEL_MM = 0.9
HEIGHT_MM = 100.0
VESSEL_HU, VESSEL_SIGMA_MM, BRAIN_HU = 25.0, 1.5, 35.0
COVERED_HU = -500
MARGIN_MM = 10.0
GE_STEPS_MM = [4.22] * 11 + [1.14] + [7.38] * 8  # as in a real tilted head CT
TILTS_DEG = (0.0, 5.0, 18.5, 25.0)
STEPS_MM: dict[str, Sequence[float]] = {
    "1 mm": [1.0] * 100,
    "2.5 mm": [2.5] * 40,
    "5 mm": [5.0] * 20,
    "uneven, 1.14 to 7.38 mm": GE_STEPS_MM,
}


def soft_tissue(x: Floats, y: Floats, z: Floats) -> Floats:
    """Waves of ±60 HU, 63 to 75 mm long: no edges, interpolation error alone."""
    return np.asarray(40 + 30 * (np.sin(x / 12) + np.cos(y / 10 + 0.5) * np.sin(z / 11)))


def across(x: Floats, y: Floats, z: Floats) -> Floats:
    """An artery from left to right, 3.5 mm wide at half its height, as M1 in plain CT."""
    return _vessel((y - 3.3) ** 2 + (z - 1.7) ** 2 + 0 * x)


def upwards(x: Floats, y: Floats, z: Floats) -> Floats:
    """The same artery from feet to head, as the basilar artery."""
    return _vessel((x - 2.1) ** 2 + (y - 3.3) ** 2 + 0 * z)


def _vessel(square_distance: Floats) -> Floats:
    return BRAIN_HU + VESSEL_HU * np.exp(-square_distance / (2 * VESSEL_SIGMA_MM**2))


def stack_of(field: Field, steps_mm: Sequence[float], tilt_deg: float) -> SliceStack:
    """Sample a phantom as a scanner does whose table moves along z, whatever its gantry's tilt."""
    tilt = np.radians(tilt_deg)
    row, column = np.array([1.0, 0, 0]), np.array([0, np.cos(tilt), -np.sin(tilt)])
    heights = np.concatenate([[0.0], np.cumsum(steps_mm)])
    heights -= heights.mean()
    along = (np.arange(SIZE) - (SIZE - 1) / 2) * PIXEL_MM
    in_plane = along[None, :, None] * row + along[:, None, None] * column
    slices = [field(*np.moveaxis(in_plane + np.array([0, 0, h]), -1, 0)) for h in heights]
    corner = in_plane[0, 0]
    return SliceStack(
        hu=np.rint(np.stack(slices)).astype(np.int16),
        origins=corner + np.stack([np.array([0, 0, h]) for h in heights]),
        row_direction=row,
        column_direction=column,
        spacing_yx_mm=(PIXEL_MM, PIXEL_MM),
        gates=(),
    )


def error_of(field: Field, steps_mm: Sequence[float], tilt_deg: float) -> tuple[float, float]:
    """Return the root mean square and the 99.9th percentile of the error, HU."""
    hu, grid = straighten(stack_of(field, steps_mm, tilt_deg))
    x, y, z = _axes(grid)
    error = np.abs(hu - field(x, y, z))[hu > COVERED_HU]
    return float(np.sqrt((error**2).mean())), float(np.percentile(error, 99.9))


def vessel_kept(field: Field, steps_mm: Sequence[float], tilt_deg: float) -> tuple[float, float]:
    """Return the share of an artery's contrast that is left, and how far its centre moved (mm).

    The contrast is the mean of the artery's core, against that of the phantom at the same voxels;
    the centre is that of the contrast's mass.
    """
    hu, grid = straighten(stack_of(field, steps_mm, tilt_deg))
    x, y, z = _axes(grid)
    near = (np.abs(x) < HEIGHT_MM / 4) & (np.abs(y) < MARGIN_MM) & (np.abs(z) < HEIGHT_MM / 4)
    covered = (hu > COVERED_HU) & near
    truth: Floats = (field(x, y, z) - BRAIN_HU) * covered
    found: Floats = (hu.astype(np.float64) - BRAIN_HU) * covered
    true_centre, centre = _centre(truth, (x, y, z)), _centre(found, (x, y, z))
    core = covered & (truth > 0.8 * VESSEL_HU)
    kept = float(found[core].mean() / truth[core].mean()) if core.any() else float("nan")
    return kept, float(np.linalg.norm(centre - true_centre))


def _axes(grid: Grid) -> tuple[Floats, Floats, Floats]:
    return (
        grid.axis(0)[None, None, :],
        grid.axis(1)[None, :, None],
        grid.axis(2)[:, None, None],
    )


def _centre(weight: Floats, axes: tuple[Floats, Floats, Floats]) -> Floats:
    clear = np.clip(weight - 2.0, 0, None)  # rounding to whole HU is no contrast
    return np.array([(clear * axis).sum() / clear.sum() for axis in axes])


def _percent(share: float) -> str:
    return "no slice meets it" if np.isnan(share) else f"{share:.0%}"


def main() -> None:
    """Measure and print."""
    print(
        "| slices | tilt | soft tissue, RMS | 99.9 % below | artery across, contrast kept | "
        "moved | artery upwards, contrast kept | moved | sheared without correction |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for name, steps_mm in STEPS_MM.items():
        for tilt_deg in TILTS_DEG:
            rms, most = error_of(soft_tissue, steps_mm, tilt_deg)
            kept_a, moved_a = vessel_kept(across, steps_mm, tilt_deg)
            kept_u, moved_u = vessel_kept(upwards, steps_mm, tilt_deg)
            ignored = HEIGHT_MM / 2 * np.sin(np.radians(tilt_deg))
            print(
                f"| {name} | {tilt_deg:g}° | {rms:.2f} HU | {most:.1f} HU | "
                f"{_percent(kept_a)} | {moved_a:.2f} mm | {_percent(kept_u)} | "
                f"{moved_u:.2f} mm | {ignored:.1f} mm |"
            )


if __name__ == "__main__":
    main()
