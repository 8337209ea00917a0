"""A picture of a registration, for a person to judge at a glance."""

from pathlib import Path

import matplotlib as mpl
import numpy as np
import SimpleITK as sitk
from matplotlib.figure import Figure
from numpy.typing import NDArray

from inference.training.head import BONE_HU, centroid, head_mask, on_coarser_grid
from inference.training.quality import RegistrationQuality

_GRID_MM = 1.0
_TILE_MM = 20
_WINDOW_HU = (-30.0, 130.0)
_AIR_HU = -1024.0
_PLANES = ("axial", "coronal", "sagittal")


def draw_registration(
    ncct: sitk.Image,
    moved_cta: sitk.Image,
    title: str,
    quality: RegistrationQuality,
    path: Path,
) -> None:
    """Draw three planes through the middle of the head, each twice, as a PNG.

    Above, tiles alternate between NCCT and CTA: edges must run on from tile to tile. Below, the
    border of the CTA's bone lies on the NCCT.

    Parameters
    ----------
    ncct, moved_cta
        The NCCT and the registered CTA on its grid, HU.
    title
        What the picture shows.
    quality
        Its numbers, written below the title.
    path
        File to write.
    """
    grid = on_coarser_grid(ncct, _GRID_MM)
    plain = sitk.GetArrayFromImage(grid)
    contrast = sitk.GetArrayFromImage(
        sitk.Resample(moved_cta, grid, sitk.Transform(), sitk.sitkLinear, _AIR_HU)
    )
    x, y, z = grid.TransformPhysicalPointToIndex(centroid(head_mask(ncct)))
    doubts = quality.doubts()
    with mpl.rc_context({"font.size": 9, "axes.titlesize": 10}):
        figure = Figure(figsize=(10, 7.4), layout="constrained")
        axes = figure.subplots(2, 3)
        for column, (name, plane) in enumerate(
            zip(_PLANES, (np.s_[z], np.s_[:, y], np.s_[:, :, x]), strict=True)
        ):
            # Feet are below in the upright planes, as people look at them.
            origin = "upper" if name == "axial" else "lower"
            shown = {"cmap": "gray", "vmin": _WINDOW_HU[0], "vmax": _WINDOW_HU[1]}
            tiles = _checkerboard(plain[plane], contrast[plane])
            axes[0, column].imshow(tiles, origin=origin, **shown)
            axes[0, column].set_title(f"{name}: NCCT and CTA in turn")
            axes[1, column].imshow(plain[plane], origin=origin, **shown)
            axes[1, column].contour(contrast[plane], [BONE_HU], colors="#ff9f1c", linewidths=0.7)
            axes[1, column].set_title("NCCT with the CTA's bone")
        for axis in axes.flat:
            axis.set_axis_off()
        figure.suptitle(
            f"{title}\nboth directions differ by {quality.disagreement_mm:.2f} mm, bone Dice "
            f"{quality.bone_dice:.2f}, moved {quality.shift_mm:.1f} mm and "
            f"{quality.rotation_deg:.1f}°\n{'LOOK: ' + '; '.join(doubts) if doubts else ''}",
            color="#b00020" if doubts else "black",
            fontsize=10,
        )
        figure.savefig(path, dpi=90, metadata={"Software": None})


def _checkerboard(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    rows, columns = np.indices(one.shape)
    tile = round(_TILE_MM / _GRID_MM)
    return np.asarray(np.where((rows // tile + columns // tile) % 2 == 0, one, other))
