"""Make and store what the reading room shows of one segmented case."""

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from reader_study.cohorts.arrays import load_arrays, load_ct_volume, load_xa_run, stored_array
from reader_study.cohorts.models import Series, SeriesKind
from reader_study.imaging.media_pack import build_media_pack
from reader_study.imaging.series import shared_isocentre
from reader_study.jobs.services import finish
from reader_study.segmentation.models import MediaPack


def prepare_media(pack: MediaPack) -> None:
    """Build the arrays of a case's volume, mask, artery tree and angiography runs."""
    segmentation = pack.segmentation
    series = Series.objects.filter(case=segmentation.case, used=True)
    ncct = series.get(kind=SeriesKind.NCCT)
    angiography = list(series.filter(kind=SeriesKind.DSA).order_by("position"))
    mask: np.ndarray = load_arrays(segmentation.mask_name)["mask"]
    media = build_media_pack(
        load_ct_volume(stored_array(ncct)),
        mask,
        segmentation.model.labels,
        [load_xa_run(stored_array(run)) for run in angiography],
        isocentre_lps_mm=shared_isocentre(ncct.frame_key, [run.frame_key for run in angiography]),
    )
    folder = f"packs/{pack.token}"
    for name, content in media.files.items():
        default_storage.save(f"{folder}/{name}", ContentFile(content))
    finish(pack, folder=folder, manifest=media.manifest)
