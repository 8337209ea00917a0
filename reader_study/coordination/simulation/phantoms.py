"""A few tiny phantom patients, packed for the reading room once and shared by all cases.

The predicted tree is the phantom's true one with whole branches left out, more of them the worse
the simulated case: so the reading room shows something that the simulated grades fit.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from numpy.typing import NDArray

from inference.phantom import ARTERY_LABELS, Phantom, make_phantom, project_dsa
from reader_study.imaging.ct_volume import CTVolume
from reader_study.imaging.media_pack import MediaPack, build_media_pack
from reader_study.imaging.series import SHARED_ISOCENTRE_LPS_MM
from reader_study.imaging.xa_run import WINDOW_PERCENTILES, AngiographyRun

PHANTOM_SEEDS = (7, 12)
SHAPE_ZYX = (64, 80, 80)
SPACING_ZYX_MM = (2.2, 2.6, 2.6)
CRANIAL_DEG = 17.0
DSA_PIXELS, DSA_FRAMES, DSA_FRAME_MS = 256, 6, 700.0
RUN_COUNT = 2
CUBIC_MM_PER_ML = 1000.0

PREDICTED_LABELS = {"artery": 1}
LEFT_OUT: tuple[tuple[str, ...], ...] = (
    ("M1", "M2", "M3", "A2"),
    ("M3",),
    (),
)
"""Segments that the prediction lacks on the side of the clot, worst first."""


@dataclass(frozen=True)
class PhantomPack:
    """What a case row and its jobs need to know of its images."""

    folder: str
    manifest: dict[str, Any]
    artery_volume_ml: float


@dataclass(frozen=True)
class _BuiltPack:
    media: MediaPack
    artery_volume_ml: float


def phantom_packs() -> list[list[PhantomPack]]:
    """Store the packs, unless they are there; return them by phantom, worst prediction first."""
    return [[_stored(built) for built in of_phantom] for of_phantom in _built_packs()]


@cache
def _built_packs() -> list[list[_BuiltPack]]:
    """Build the packs, which takes seconds, once a process."""
    return [_packs_of(seed) for seed in PHANTOM_SEEDS]


def _packs_of(seed: int) -> list[_BuiltPack]:
    phantom = make_phantom(seed, shape_zyx=SHAPE_ZYX, spacing_zyx_mm=SPACING_ZYX_MM)
    volume = CTVolume(phantom.hu, phantom.spacing_zyx_mm, phantom.origin_lps_mm, ())
    lateral = 90.0 if phantom.occluded_side == "left" else -90.0
    runs = [_run(phantom, 0.0, CRANIAL_DEG), _run(phantom, lateral, 0.0)]
    voxel_ml = float(np.prod(volume.spacing_zyx_mm)) / CUBIC_MM_PER_ML
    packs = []
    for left_out in LEFT_OUT:
        mask = _prediction(phantom, left_out)
        media = build_media_pack(
            volume, mask, PREDICTED_LABELS, runs, isocentre_lps_mm=SHARED_ISOCENTRE_LPS_MM
        )
        packs.append(_BuiltPack(media, round(float(np.count_nonzero(mask)) * voxel_ml, 2)))
    return packs


def _prediction(phantom: Phantom, left_out: tuple[str, ...]) -> NDArray[np.uint8]:
    side = "L" if phantom.occluded_side == "left" else "R"
    absent = [ARTERY_LABELS[f"{side}-{segment}"] for segment in left_out]
    seen = (phantom.labels > 0) & ~np.isin(phantom.labels, absent)
    return seen.astype(np.uint8) * np.uint8(PREDICTED_LABELS["artery"])


def _run(phantom: Phantom, primary_deg: float, secondary_deg: float) -> AngiographyRun:
    run = project_dsa(
        phantom,
        primary_deg,
        secondary_deg,
        size=DSA_PIXELS,
        frame_count=DSA_FRAMES,
        frame_time_ms=DSA_FRAME_MS,
    )
    low, high = np.percentile(run.frames, WINDOW_PERCENTILES)
    return AngiographyRun(
        frames=run.frames,
        frame_start_ms=[frame * run.frame_time_ms for frame in range(DSA_FRAMES)],
        mask_frames=[0],
        mask_shift_px=(0.0, 0.0),
        primary_deg=[primary_deg],
        secondary_deg=[secondary_deg],
        sid_mm=run.arm.sid_mm,
        sod_mm=run.arm.sod_mm,
        imager_pixel_spacing_mm=(run.arm.pixel_spacing_mm, run.arm.pixel_spacing_mm),
        already_subtracted=False,
        logarithmic=False,
        window=(float(low), float(high)),
        gates=(),
    )


def _stored(built: _BuiltPack) -> PhantomPack:
    """Store a pack under the hash of its content, where a pack made before is found again."""
    digest = hashlib.sha256(json.dumps(built.media.manifest, sort_keys=True).encode())
    for name in sorted(built.media.files):
        digest.update(built.media.files[name])
    folder = f"packs/simulated-{digest.hexdigest()[:32]}"
    for name, content in built.media.files.items():
        if not default_storage.exists(f"{folder}/{name}"):
            default_storage.save(f"{folder}/{name}", ContentFile(content))
    return PhantomPack(folder, built.media.manifest, built.artery_volume_ml)
