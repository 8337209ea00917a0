"""Images of a few voxels: enough for a room that draws everything it draws."""

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from reader_study.imaging.ct_volume import CTVolume
from reader_study.imaging.media_pack import build_media_pack
from reader_study.imaging.xa_run import AngiographyRun
from reader_study.segmentation.models import MediaPack


def give_every_case_tiny_images() -> None:
    """Put one CT, one artery and one run of three frames behind every case that is ready."""
    mask = np.zeros((8, 16, 16), np.uint8)
    mask[2:6, 6:10, 6:10] = 1
    volume = CTVolume(np.zeros(mask.shape, np.int16), (4.0, 10.0, 10.0), (-75.0, -75.0, -14.0), ())
    run = AngiographyRun(
        frames=np.full((3, 16, 16), 1000, np.uint16),
        frame_start_ms=[0.0, 250.0, 500.0],
        mask_frames=[0],
        mask_shift_px=(0.0, 0.0),
        primary_deg=[0.0],
        secondary_deg=[0.0],
        sid_mm=1100.0,
        sod_mm=750.0,
        imager_pixel_spacing_mm=(20.0, 20.0),
        already_subtracted=False,
        logarithmic=False,
        window=(0.0, 2000.0),
        gates=(),
    )
    pack = build_media_pack(volume, mask, {"artery": 1}, [run])
    for name, content in pack.files.items():
        default_storage.save(f"packs/tiny/{name}", ContentFile(content))
    MediaPack.objects.update(folder="packs/tiny", manifest=pack.manifest)
