"""Pack what a browser needs to show a case: arrays and a manifest, with no source header."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .ct_volume import CTVolume
from .errors import ImagingError
from .packed_pixels import pack_images, pack_labels
from .surface import extract_surface, label_colour, surface_glb
from .xa_run import AngiographyRun

CLIP_HU = (-200, 1000)


@dataclass(frozen=True)
class MediaPack:
    """A case as the browser gets it.

    Attributes
    ----------
    manifest
        JSON-serialisable description of the files.
    files
        Content by file name. Identical input gives identical bytes.
    """

    manifest: dict[str, Any]
    files: dict[str, bytes]


def build_media_pack(
    volume: CTVolume,
    mask: NDArray[np.uint8] | None,
    mask_labels: Mapping[str, int],
    runs: Sequence[AngiographyRun],
    *,
    isocentre_lps_mm: tuple[float, float, float] | None = None,
    partner_of: Mapping[int, int] | None = None,
) -> MediaPack:
    """Pack a volume, its artery mask and the angiography runs.

    Parameters
    ----------
    mask
        Labels [z, y, x] on the volume's grid, or None before segmentation.
    mask_labels
        Label value by name, e.g. ``{"artery": 1}``; a "background" of 0 is allowed.
    isocentre_lps_mm
        The C-arm's isocentre in the CT, LPS mm. None, as for clinical data, takes the centre of
        the mask's bounding box, or of the volume where there is no mask.
    partner_of
        For runs of a biplane system, by index from 0: the run of the other plane.

    Raises
    ------
    ImagingError
        If the mask does not have the shape of the volume.
    """
    if mask is not None and mask.shape != volume.hu.shape:
        raise ImagingError(
            f"the mask has shape {mask.shape}, the volume {volume.hu.shape}; segment it again"
        )
    files: dict[str, bytes] = {}
    order = slices_from_the_middle(len(volume.hu))
    clipped = np.clip(volume.hu, *CLIP_HU).astype(np.int16)
    files["volume.bin"] = pack_images(clipped[order])
    manifest: dict[str, Any] = {
        "volume": {
            "file": "volume.bin",
            "shape": list(volume.hu.shape),
            "spacing": list(volume.spacing_zyx_mm),
            "origin": list(volume.origin_lps_mm),
            "clip": list(CLIP_HU),
            "sliceOrder": order,
        },
        "labels": None,
        "tree": None,
        "runs": [],
        "corrections": list(volume.corrections),
    }
    if mask is not None:
        files["labels.bin"] = pack_labels(mask)
        names = {str(value): name for name, value in mask_labels.items() if value > 0}
        colours = {value: label_colour(int(value)) for value in names}
        manifest["labels"] = {"file": "labels.bin", "names": names, "colours": colours}
        surface = extract_surface(mask, volume.spacing_zyx_mm, volume.origin_lps_mm)
        if surface is not None:
            files["tree.glb"] = surface_glb(surface)
            manifest["tree"] = {"file": "tree.glb"}
    isocentre = isocentre_lps_mm
    if isocentre is None:
        isocentre = _assumed_isocentre(volume, mask)
    for number, run in enumerate(runs, start=1):
        file = f"run{number}.bin"
        files[file] = pack_images(run.frames)
        entry = _run_entry(f"Run {number}", file, run, isocentre)
        entry["isocentreKnown"] = isocentre_lps_mm is not None
        entry["partner"] = (partner_of or {}).get(number - 1)
        manifest["runs"].append(entry)
    return MediaPack(manifest, files)


def slices_from_the_middle(count: int) -> list[int]:
    """Order slices so that the middle one comes first and both ends come last."""
    middle = count // 2
    return sorted(range(count), key=lambda index: (abs(index - middle), index < middle))


def _run_entry(
    name: str, file: str, run: AngiographyRun, isocentre: tuple[float, float, float]
) -> dict[str, Any]:
    _, rows, columns = run.frames.shape
    spacing = run.imager_pixel_spacing_mm
    return {
        "name": name,
        # The file of each frame; frames of one file stand in it in this order.
        "frames": [file] * len(run.frames),
        "rows": rows,
        "columns": columns,
        "bits": run.frames.dtype.itemsize * 8,
        "frameStartsMs": run.frame_start_ms,
        "maskFrames": run.mask_frames,
        "maskShift": list(run.mask_shift_px),
        "alreadySubtracted": run.already_subtracted,
        "logarithmic": run.logarithmic,
        "window": list(run.window),
        "primaryDeg": run.primary_deg,
        "secondaryDeg": run.secondary_deg,
        "sidMm": run.sid_mm,
        "sodMm": run.sod_mm,
        "detectorSpacingMm": None if spacing is None else list(spacing),
        "isocentre": list(isocentre),
    }


def _assumed_isocentre(
    volume: CTVolume, mask: NDArray[np.uint8] | None
) -> tuple[float, float, float]:
    """Centre of the artery tree's bounding box, or of the volume, LPS mm."""
    low_high = []
    for axis in range(3):
        others = tuple(other for other in range(3) if other != axis)
        used = np.flatnonzero(mask.any(axis=others)) if mask is not None else np.empty(0, int)
        ends = (used[0], used[-1]) if len(used) else (0, volume.hu.shape[axis] - 1)
        low_high.append(ends)
    centre_zyx = [
        (low + high) / 2 * step
        for (low, high), step in zip(low_high, volume.spacing_zyx_mm, strict=True)
    ]
    x, y, z = np.array(volume.origin_lps_mm) + centre_zyx[::-1]
    return float(x), float(y), float(z)
