"""What a GPU worker does with a case: NCCT in, artery mask and provenance out."""

import time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from inference.errors import InferenceError
from reader_study.cohorts.arrays import load_ct_volume, save_arrays, stored_array
from reader_study.cohorts.models import Case, SeriesKind
from reader_study.imaging.ct_volume import CTVolume
from reader_study.jobs.database_restarts import storing_result
from reader_study.jobs.runner import JobFailedError, does
from reader_study.jobs.services import (
    finish,
    progress_reporter,
    store_while_held,
    undone_if_lost,
)
from reader_study.segmentation.models import PackSource, SegmentationJob, VesselModel
from reader_study.segmentation.selectors import segmentations_that_may_be_packed
from reader_study.segmentation.services import queue_pack

if TYPE_CHECKING:
    from inference.prediction.model import SegmentationModel

CUBIC_MM_PER_ML = 1000.0


@lru_cache(maxsize=1)
def _warm_model(directory: str, sha256: str) -> "SegmentationModel":
    """Load a model once a process; the hash in the key lets a replaced folder load again."""
    # Torch takes seconds and gigabytes to import, which only the GPU worker should pay.
    from inference.prediction.model import load_model

    model = load_model(Path(directory), device=settings.INFERENCE_DEVICE)
    if model.sha256 != sha256:
        raise JobFailedError(
            f"The files in {directory} changed since the model was registered: "
            f"expected SHA-256 {sha256[:12]}…, found {model.sha256[:12]}…. "
            "Restore them, or register the changed model."
        )
    return model


@does(SegmentationJob)
def run_segmentation(job: SegmentationJob) -> None:
    """Segment the case's NCCT and store the mask; its media pack is due once no run waits.

    Raises
    ------
    JobFailedError
        If the volume cannot be read or segmented, the model does not load or memory runs out;
        the worker goes on with the next job.
    """
    try:
        _segment(job)
    except InferenceError as error:
        raise JobFailedError(str(error)) from error
    except MemoryError as error:
        raise JobFailedError(
            f"The worker's memory was not enough to segment {job.case.code}: "
            "run fewer workers on its machine or give it more memory, then try again."
        ) from error


def _segment(job: SegmentationJob) -> None:
    # Only the worker pays for scikit-image and SciPy.
    from inference.anatomy.hints import findings_or_problem

    choice: VesselModel = job.model
    volume_name = _volume_in_use(job.case)
    with transaction.atomic():
        store_while_held(job, volume_name=volume_name)
    volume = _stored_volume(job.case, volume_name)
    model = _warm_model(choice.directory, choice.sha256)
    prediction = model.predict(volume.hu, volume.spacing_zyx_mm, progress=progress_reporter(job))
    begin = time.perf_counter()
    measures = findings_or_problem(prediction.mask, volume.spacing_zyx_mm, choice.labels, volume.hu)
    prediction.provenance["seconds"]["measures"] = round(time.perf_counter() - begin, 2)
    voxel_ml = float(np.prod(volume.spacing_zyx_mm)) / CUBIC_MM_PER_ML
    mask_name = save_arrays(f"cases/{job.case_id}/mask-{job.token}.npz", mask=prediction.mask)
    with undone_if_lost(lambda: default_storage.delete(mask_name)), storing_result():
        # Whoever releases a run at this moment goes before or after this as a whole.
        Case.objects.select_for_update().get(pk=job.case_id)
        finish(
            job,
            mask_name=mask_name,
            provenance=prediction.provenance,
            measures=measures,
            artery_volume_ml=round(float(np.count_nonzero(prediction.mask)) * voxel_ml, 2),
        )
        # A pack with the former mask is shown to nobody, whatever else it was made of.
        PackSource.objects.filter(pack__segmentation=job).delete()
        if segmentations_that_may_be_packed().filter(pk=job.pk).exists():
            queue_pack(job)


def _stored_volume(case: Case, name: str) -> CTVolume:
    try:
        return load_ct_volume(name)
    # What a file that was cut short or written over raises depends on where.
    except (OSError, EOFError, ValueError, LookupError, TypeError, BadZipFile) as error:
        raise JobFailedError(
            f"The stored CT volume of {case.code} is damaged or gone ({error}): restore the file "
            f"{name} from a backup, or withdraw the case and upload it anew."
        ) from error


def _volume_in_use(case: Case) -> str:
    series = case.series.filter(kind=SeriesKind.NCCT, used=True).first()
    if series is None:
        raise JobFailedError(
            f"No non-contrast CT of {case.code} is in use: choose one on the case's page."
        )
    return stored_array(series)
