"""Make and store what the reading room shows of one segmented case."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from reader_study.cohorts.arrays import load_arrays, load_ct_volume, load_xa_run, stored_array
from reader_study.cohorts.models import Series, SeriesKind
from reader_study.files.durable_storage import LEFTOVER_SECONDS
from reader_study.imaging.media_pack import build_media_pack
from reader_study.imaging.series import shared_isocentre
from reader_study.jobs.database_restarts import storing_result
from reader_study.jobs.runner import JobFailedError, does
from reader_study.jobs.services import finish, progress_reporter, undone_if_lost
from reader_study.segmentation.models import MediaPack, PackSource

SHARE_BUILT = 0.5


@does(MediaPack)
def prepare_media(pack: MediaPack) -> None:
    """Build the arrays of a case's volume, mask, artery tree and released angiography runs."""
    progress = progress_reporter(pack)
    segmentation = pack.segmentation
    series = Series.objects.filter(case=segmentation.case, used=True)
    ncct = series.filter(kind=SeriesKind.NCCT, stored_name=segmentation.volume_name).first()
    if ncct is None:
        raise JobFailedError("Another CT was chosen meanwhile: the case is segmented anew.")
    angiography = list(series.filter(kind=SeriesKind.DSA).order_by("position"))
    index_of = {run.pk: index for index, run in enumerate(angiography)}
    mask: np.ndarray = load_arrays(segmentation.mask_name)["mask"]
    media = build_media_pack(
        load_ct_volume(stored_array(ncct)),
        mask,
        segmentation.model.labels,
        [load_xa_run(stored_array(run)) for run in angiography],
        isocentre_lps_mm=shared_isocentre(ncct.frame_key, [run.frame_key for run in angiography]),
        partner_of={
            index_of[run.pk]: index_of[run.biplane_partner_id]
            for run in angiography
            if run.biplane_partner_id in index_of
        },
    )
    former_folder, folder = pack.folder, f"packs/{pack.token}"
    with undone_if_lost(lambda: _destroy(folder)):
        for number, (name, content) in enumerate(media.files.items()):
            progress(SHARE_BUILT + (1 - SHARE_BUILT) * number / len(media.files))
            default_storage.save(f"{folder}/{name}", ContentFile(content))
        with storing_result():
            finish(pack, folder=folder, manifest=media.manifest)
            store_sources(pack, [stored_array(one) for one in (ncct, *angiography)])
            if former_folder:
                transaction.on_commit(lambda: _destroy(former_folder), robust=True)


def store_sources(pack: MediaPack, stored_names: Sequence[str]) -> None:
    """Remember of which stored volume and runs a pack was made."""
    pack.sources.all().delete()
    PackSource.objects.bulk_create(
        PackSource(pack=pack, stored_name=stored_name) for stored_name in stored_names
    )


def _destroy(folder: str) -> None:
    """Delete a pack that nobody is shown: a run in it may have been taken back or painted over."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for inner in folders:
        _destroy(f"{folder}/{inner}")
    for file in files:
        default_storage.delete(f"{folder}/{file}")
    default_storage.delete(folder)


def packs_of_nobody() -> list[str]:
    """Return the folders of packs that no row names: their workers are at it, or were killed."""
    try:
        folders, _ = default_storage.listdir("packs")
    except FileNotFoundError:
        return []
    known = set(MediaPack.objects.values_list("folder", flat=True))
    return [folder for name in folders if (folder := f"packs/{name}") not in known]


def sweep_packs() -> None:
    """Delete packs of killed workers, a day later."""
    long_ago = timezone.now() - timedelta(seconds=LEFTOVER_SECONDS)
    for folder in packs_of_nobody():
        if default_storage.get_modified_time(folder) < long_ago:
            _destroy(folder)
