"""Carry out a decision for which a series' images have to be made anew first.

Each step can be begun again: a build whose worker died goes on where the rows say it was.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q

from reader_study.cohorts.models import BuildPurpose, Series, SeriesBuild, SeriesKind
from reader_study.cohorts.refusals import CaseChangeRefusedError
from reader_study.cohorts.series.blackouts import covers
from reader_study.cohorts.series.deciding import held, label, note
from reader_study.cohorts.series.images import MadeImages, make_images
from reader_study.cohorts.series.overruling import mark_overruled
from reader_study.cohorts.series.reviews import mark_released
from reader_study.cohorts.series.store import DamagedBlobError
from reader_study.imaging.errors import ImagingError
from reader_study.jobs.database_restarts import storing_result
from reader_study.jobs.runner import JobFailedError, does
from reader_study.jobs.services import (
    finish,
    progress_reporter,
    store_while_held,
    undone_if_lost,
)


@does(SeriesBuild)
def build_series(build: SeriesBuild) -> None:
    """Make a series' images, destroy what was painted over, and carry the decision out."""
    try:
        if not _is_made(build, build.series):
            made = _make(build)
            with (
                undone_if_lost(lambda: default_storage.delete(made.arrays_name)),
                storing_result(),
            ):
                _replace_images(build, made)
        _destroy_former_files(build)
        _carry_out(build)
    except CaseChangeRefusedError as error:
        raise JobFailedError(str(error)) from error


def _is_made(build: SeriesBuild, series: Series) -> bool:
    if build.purpose == BuildPurpose.RELEASE:
        return all(blackout in series.blackouts for blackout in build.blackouts)
    return series.stored_name is not None


def _make(build: SeriesBuild) -> MadeImages:
    series = build.series
    if build.token is None:
        raise ValueError("a build is made by the worker that claimed it")
    with TemporaryDirectory(prefix="reader-study-build-") as folder:
        try:
            return make_images(
                series,
                SeriesKind(build.kind),
                build.blackouts,
                token=build.token,
                folder=Path(folder),
                progress=progress_reporter(build),
            )
        except (ImagingError, DamagedBlobError) as error:
            raise JobFailedError(
                f"{label(series)} stays as it was: {str(error).rstrip('.')}."
            ) from error


def _replace_images(build: SeriesBuild, made: MadeImages) -> None:
    series = held(build.series)
    former = [series.stored_name, series.preview_name]
    series.stored_name, series.preview_name = made.arrays_name, made.preview_name
    series.gates, series.geometry = made.gates, made.geometry
    if made.dicom is not None:
        former.append(series.dicom_name)
        series.dicom_name, series.dicom_sha256 = made.dicom.name, made.dicom.sha256
        series.dicom_bytes = made.dicom.size_bytes
        series.blackouts = [*series.blackouts, *build.blackouts]
    series.text_boxes = [
        box
        for box in made.text_boxes
        if not any(covers(blackout, box) for blackout in series.blackouts)
    ]
    series.save()
    store_while_held(build, former_files=[*build.former_files, *filter(None, former)])
    note(
        series,
        action="series images made anew",
        actor=build.asked_by,
        blackouts=build.blackouts,
        dicom_sha256=series.dicom_sha256,
    )


def _destroy_former_files(build: SeriesBuild) -> None:
    for name in build.former_files:
        if not _is_in_use(name):
            default_storage.delete(name)


def _is_in_use(name: str) -> bool:
    """Files are named by their content: another series may have come to hold the same."""
    names = Q(stored_name=name) | Q(preview_name=name) | Q(dicom_name=name)
    return Series.objects.filter(names).exists()


@transaction.atomic
def _carry_out(build: SeriesBuild) -> None:
    series = held(build.series)
    if build.former_files:
        note(
            series,
            action="former images of a series destroyed",
            actor=build.asked_by,
            files=len(build.former_files),
        )
    if build.purpose == BuildPurpose.RELEASE:
        mark_released(series, phase=build.phase, reason=build.why, actor=build.asked_by)
    else:
        mark_overruled(series, kind=SeriesKind(build.kind), reason=build.why, actor=build.asked_by)
    finish(build, former_files=[])
