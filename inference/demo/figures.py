"""Figures of what was found beyond the occlusion. Each says on itself that it shows phantoms."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from inference.demo.occlusion import CONTRAST_SHOWS_HU, OccludedCase, OccludedScans
from inference.phantom.ct import Phantom
from inference.phantom.cta import PhantomCTA
from inference.phantom.labels import labels_beyond_m1

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PHANTOMS_ONLY = (
    "Computer-made phantoms and a demo model trained on phantoms. Says nothing about patients. "
    "Not for clinical use."
)
_COLUMNS = (
    ("centre_line_recall_other_side", "Model on NCCT,\nother side"),
    ("centre_line_recall_beyond_occlusion", "Model on NCCT,\nbeyond the occlusion"),
    ("cta_centre_line_recall_other_side", "CT angiography,\nother side"),
    ("cta_centre_line_recall_beyond_occlusion", "CT angiography,\nbeyond the occlusion"),
)
_DOTS, _MEAN = "#3b6ea5", "#b2182b"
_FOUND, _MISSED, _ELSEWHERE = "#0072b2", "#e69f00", "#b8bec6"
_DPI = 150
_HALF_WIDTH_MM = 85.0
_HEIGHTS_MM = (-68.0, 88.0)


def draw_shares(cases: Sequence[OccludedCase], path: Path) -> None:
    """Draw the share of the centre line that each case's NCCT model and CTA show, both sides.

    Parameters
    ----------
    cases
        The occluded phantoms.
    path
        PNG file to write.
    """
    figure, axes = _figure((8.0, 4.8))
    for column, (share, _) in enumerate(_COLUMNS):
        values = [100 * getattr(case, share) for case in cases]
        beside = np.linspace(-0.16, 0.16, len(values)) if len(values) > 1 else np.zeros(1)
        axes.plot(column + beside, values, "o", color=_DOTS, markersize=5)
        mean = float(np.mean(values))
        axes.plot([column - 0.28, column + 0.28], [mean, mean], color=_MEAN, linewidth=2)
        axes.text(column + 0.31, mean, f"{mean:.0f} %", color=_MEAN, va="center")
    axes.set_xticks(range(len(_COLUMNS)), [label for _, label in _COLUMNS])
    axes.set_xlim(-0.5, len(_COLUMNS) - 0.2)
    axes.set_ylim(-3, 103)
    axes.set_ylabel("Centre line of M2, M3 and branches found, %")
    axes.set_title(f"{len(cases)} phantoms with one M1 occluded (dots; line: mean)", fontsize=11)
    axes.spines[["top", "right"]].set_visible(False)
    _save(figure, path)


def draw_trees(scans: OccludedScans, path: Path) -> None:
    """Draw the arteries of one phantom from in front: what its CTA shows, what the model found.

    Where arteries lie behind each other, a pixel shows what holds for most of them.

    Parameters
    ----------
    scans
        The occluded phantom, its CTA and the mask.
    path
        PNG file to write.
    """
    phantom, cta = scans.phantom, scans.cta
    assert phantom.occluded_side is not None  # noqa: S101 - OccludedScans are of occluded phantoms
    beyond = sorted(labels_beyond_m1(phantom.occluded_side))
    figure, both = _figure((10.0, 5.2), columns=2)
    panels: tuple[tuple[str, Phantom | PhantomCTA, NDArray[np.bool_]], ...] = (
        ("CT angiography: what shows contrast", cta, cta.hu > CONTRAST_SHOWS_HU),
        ("Model on non-contrast CT: what it found", phantom, scans.mask > 0),
    )
    for axes, (title, scan, found) in zip(both, panels, strict=True):
        truth, far = scan.labels > 0, np.isin(scan.labels, beyond)
        picture = np.ones((*truth.shape[::2], 3))
        seen, unseen = (far & found).sum(axis=1), (far & ~found).sum(axis=1)
        layers = (
            (truth.any(axis=1), _ELSEWHERE),
            (unseen > seen, _MISSED),
            ((seen > 0) & (seen >= unseen), _FOUND),
        )
        for shown, colour in layers:
            picture[shown] = _rgb(colour)
        _show_from_in_front(axes, picture, scan)
        axes.set_title(title, fontsize=11)
    for colour, label in (
        (_FOUND, "beyond the occlusion, found"),
        (_MISSED, "beyond the occlusion, missed"),
        (_ELSEWHERE, "all other arteries (truth)"),
    ):
        both[0].plot([], [], "s", color=colour, label=label)
    figure.legend(loc="lower center", ncols=3, frameon=False, bbox_to_anchor=(0.5, 0.05))
    _save(figure, path)


def _figure(size: tuple[float, float], columns: int = 1) -> Any:
    from matplotlib.figure import Figure

    figure = Figure(figsize=size)
    return figure, figure.subplots(1, columns)


def _show_from_in_front(
    axes: "Axes", picture: NDArray[np.float64], scan: Phantom | PhantomCTA
) -> None:
    """Show [z, x, 3] in LPS mm with the head up; the patient's left is on the right."""
    (slices, columns), (x, _, z) = picture.shape[:2], scan.origin_lps_mm
    dz, _, dx = scan.spacing_zyx_mm
    sides = (x - dx / 2, x + (columns - 0.5) * dx, z - dz / 2, z + (slices - 0.5) * dz)
    axes.imshow(picture, origin="lower", extent=sides, interpolation="none")
    axes.set_xlim(-_HALF_WIDTH_MM, _HALF_WIDTH_MM)
    axes.set_ylim(*_HEIGHTS_MM)
    axes.set_axis_off()


def _rgb(colour: str) -> tuple[float, float, float]:
    from matplotlib.colors import to_rgb

    return to_rgb(colour)


def _save(figure: Any, path: Path) -> None:
    figure.text(0.5, 0.015, PHANTOMS_ONLY, ha="center", fontsize=8, color="#555555")
    figure.tight_layout(rect=(0, 0.05, 1, 1))
    figure.savefig(path, dpi=_DPI)
