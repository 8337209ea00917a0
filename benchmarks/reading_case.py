"""The case that the reading room is timed with: a thin-slice head CT and two DSA runs."""

from inference.phantom.ct import Phantom, make_phantom
from inference.phantom.dsa import AngiographyRun as SimulatedRun
from inference.phantom.dsa import injected_side, project_dsa
from inference.phantom.labels import ARTERY_LABELS
from reader_study.imaging.ct_volume import CTVolume
from reader_study.imaging.media_pack import MediaPack, build_media_pack
from reader_study.imaging.xa_run import AngiographyRun

SEED = 7
SHAPE_ZYX, SPACING_ZYX_MM = (160, 512, 512), (0.9, 0.45, 0.45)
RUN_PIXELS, RUN_FRAMES = 1024, 20


def phantom_pack(
    shape_zyx: tuple[int, int, int] = SHAPE_ZYX,
    run_pixels: int = RUN_PIXELS,
    run_frames: int = RUN_FRAMES,
) -> MediaPack:
    """Return what the server keeps of a phantom patient, noise and all."""
    phantom = make_phantom(SEED, shape_zyx=shape_zyx, spacing_zyx_mm=SPACING_ZYX_MM)
    lateral_deg = 90.0 if injected_side(phantom) == "left" else -90.0
    runs = [
        _run(project_dsa(phantom, *angles, size=run_pixels, frame_count=run_frames))
        for angles in ((0.0, 18.0), (lateral_deg, 0.0))
    ]
    return build_media_pack(_volume(phantom), phantom.labels, ARTERY_LABELS, runs)


def _volume(phantom: Phantom) -> CTVolume:
    return CTVolume(phantom.hu, phantom.spacing_zyx_mm, phantom.origin_lps_mm, ())


def _run(run: SimulatedRun) -> AngiographyRun:
    arm = run.arm
    return AngiographyRun(
        frames=run.frames,
        frame_start_ms=[number * run.frame_time_ms for number in range(len(run.frames))],
        mask_frames=[0],
        mask_shift_px=(0.0, 0.0),
        primary_deg=[arm.primary_deg],
        secondary_deg=[arm.secondary_deg],
        sid_mm=arm.sid_mm,
        sod_mm=arm.sod_mm,
        imager_pixel_spacing_mm=(arm.pixel_spacing_mm, arm.pixel_spacing_mm),
        already_subtracted=False,
        logarithmic=False,
        window=(float(run.frames.min()), float(run.frames.max())),
        gates=(),
    )
