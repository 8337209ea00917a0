"""Take one series of an upload in: its de-identified files, what is built of them, its row."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.core.files.storage import default_storage
from django.db import transaction

from reader_study.cohorts.arrays import save_ct_volume, save_xa_run
from reader_study.cohorts.intake.incoming import Incoming
from reader_study.cohorts.models import (
    Case,
    MessageLevel,
    Review,
    Series,
    SeriesKind,
    Upload,
)
from reader_study.cohorts.series.pictures import TextAndPictures, search_and_picture
from reader_study.cohorts.series.rules import next_position
from reader_study.cohorts.series.store import StoredDicom, save_preview
from reader_study.cohorts.study_keys import keyed_digest, pseudonym
from reader_study.cohorts.uploads.messages import say
from reader_study.imaging.ct_volume import CTVolume
from reader_study.imaging.errors import ImagingError
from reader_study.imaging.gates import Gate, Verdict
from reader_study.imaging.inspection import (
    Geometry,
    gate_of_other,
    gates_of_refusal,
    run_geometry,
)
from reader_study.imaging.plain_data import to_plain
from reader_study.imaging.previews import preview_of_frames
from reader_study.imaging.series import CTSeries, XARunFile
from reader_study.imaging.supervised import SupervisedReader
from reader_study.imaging.xa_run import AngiographyRun
from reader_study.jobs.services import require_held, undone_if_lost

_ANOTHER_IS_USED = Gate(
    "choice",
    Verdict.PASS,
    "Stored, not used: another non-contrast CT of the case is; this one is checked once it is "
    "chosen",
)


@dataclass(frozen=True)
class Built:
    """What was made of a series' pixels.

    Attributes
    ----------
    stored_name
        Of its volume or run; None where there is none.
    images
        The volume or run, of which pictures are to be made.
    preview_name
        Of pictures that were made already; empty where there are none.
    """

    gates: tuple[Gate, ...]
    geometry: Geometry | None
    stored_name: str | None = None
    images: CTVolume | AngiographyRun | None = None
    preview_name: str = ""


def build(case: Case, incoming: Incoming, reader: SupervisedReader) -> Built:
    """Build what the study proposes to use of a series, and store it."""
    found = incoming.found
    array_name = f"cases/{case.id}/{incoming.key(case.study)[:16]}.npz"
    try:
        if isinstance(found, CTSeries) and not _has_volume(case):
            return _built_volume(found, incoming, array_name, reader)
        if isinstance(found, XARunFile):
            return _built_run(found, array_name, reader)
        gates = [_ANOTHER_IS_USED if isinstance(found, CTSeries) else gate_of_other(found)]
    except ImagingError as error:
        gates = [_without_names(gate, incoming) for gate in gates_of_refusal(error)]
    preview_name = _saved_pictures_of_files(incoming, reader)
    return Built(tuple(gates), incoming.geometry, preview_name=preview_name)


def examine(built: Built) -> TextAndPictures:
    """Search a series for text and make its pictures; the database is not asked."""
    if built.images is None:
        return TextAndPictures([], built.preview_name)
    return search_and_picture(built.images)


def add_series(
    upload: Upload,
    case: Case,
    incoming: Incoming,
    stored: StoredDicom,
    built: Built,
    examined: TextAndPictures,
) -> None:
    """Give a series its row.

    Parameters
    ----------
    stored
        Its de-identified files.
    """
    frame_uid = incoming.frame_of_reference_uid
    series = Series(
        case=case,
        kind=incoming.kind,
        series_key=incoming.key(case.study),
        stored_name=built.stored_name,
        description=incoming.description,
        geometry=to_plain(built.geometry),
        gates=to_plain(built.gates),
        acquired_at=_moved(case, incoming.acquired_at),
        frame_key=keyed_digest(case.study, frame_uid) if frame_uid else "",
        text_boxes=examined.text_boxes,
        instance_count=len(incoming.files),
        dicom_name=stored.name,
        dicom_sha256=stored.sha256,
        dicom_bytes=stored.size_bytes,
        preview_name=examined.preview_name,
    )
    with undone_if_lost(lambda: _delete_arrays(series)):
        if not _add(upload, series, incoming):
            _delete_arrays(series)


def _delete_arrays(series: Series) -> None:
    """Delete the volume or run of a series that has no row."""
    if series.stored_name is not None:
        default_storage.delete(series.stored_name)


def _has_volume(case: Case) -> bool:
    return case.series.filter(kind=SeriesKind.NCCT, stored_name__isnull=False).exists()


def _built_volume(
    found: CTSeries, incoming: Incoming, array_name: str, reader: SupervisedReader
) -> Built:
    volume = reader.build_ct_volume(found)
    return Built(volume.gates, incoming.geometry, save_ct_volume(array_name, volume), images=volume)


def _built_run(found: XARunFile, array_name: str, reader: SupervisedReader) -> Built:
    run = reader.read_xa_run(found)
    return Built(
        run.gates,
        run_geometry(found, run),
        save_xa_run(array_name, run),
        images=run,
    )


def _without_names(gate: Gate, incoming: Incoming) -> Gate:
    """A gate stays with the series; the sender's name for a file does not."""
    for _, name in incoming.files:
        gate = replace(gate, sentence=gate.sentence.replace(f"{name}: ", ""))
    return gate


def _saved_pictures_of_files(incoming: Incoming, reader: SupervisedReader) -> str:
    try:
        pictures = reader.pictures_of_files(incoming.files)
    except ImagingError:
        return ""  # the series is shown without a picture
    preview = preview_of_frames(pictures, range(len(pictures)))
    return save_preview(preview.pictures, preview.thumbnail)


def _moved(case: Case, acquired_at: datetime | None) -> datetime | None:
    if acquired_at is None:
        return None
    try:
        return (acquired_at - timedelta(days=pseudonym(case).days_earlier)).replace(tzinfo=UTC)
    except OverflowError:
        return None


@transaction.atomic
def _add(upload: Upload, series: Series, incoming: Incoming) -> bool:
    """Give the series its row and its place; two uploads of one patient come one by one.

    Returns whether it has one: another upload of the same files may have been faster.
    """
    case = Case.objects.select_for_update().get(pk=series.case_id)
    require_held(upload)
    if case.series.filter(series_key=series.series_key).exists():
        return False
    series.position = next_position(case, SeriesKind(series.kind))
    series.review = Review.WAITING
    if series.kind == SeriesKind.NCCT and not series.text_boxes:
        series.review = Review.NOT_NEEDED
        others = case.series.filter(kind=SeriesKind.NCCT, used=True)
        series.used = series.stored_name is not None and not others.exists()
    series.save(force_insert=True)
    upload.instances_accepted += series.instance_count
    upload.save(update_fields=["instances_accepted"])
    _say_what_became_of(upload, series, incoming)
    return True


def _say_what_became_of(upload: Upload, series: Series, incoming: Incoming) -> None:
    if series.kind == SeriesKind.OTHER:
        return  # the scan said of each file why it is not read
    label = f"{series.case.code}, {series.kind}"
    if series.kind == SeriesKind.DSA:
        label = f"{label} run {series.position}"
    elif series.position > 1:
        label = f"{label} series {series.position}"
    refusals = [gate for gate in series.gates if gate["verdict"] == Verdict.REFUSED]
    for gate in refusals:
        say(upload, MessageLevel.ERROR, incoming.name, f"{gate['sentence']}.")
    if refusals:
        return
    if series.stored_name is None:
        say(upload, MessageLevel.INFO, label, f"{_ANOTHER_IS_USED.sentence}.")
        return
    say(upload, MessageLevel.INFO, label, f"accepted: {series.description}.")
    for sentence in (*series.corrections, *series.flags):
        say(upload, MessageLevel.WARNING, label, f"{sentence}.")
