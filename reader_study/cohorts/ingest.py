"""Turn files into cases: scan, understand, correct, store, and say what happened to each.

The same service stands behind the browser's upload, ``manage.py ingest`` and the demo.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction

from reader_study.audit.services import record
from reader_study.cohorts.arrays import save_ct_volume, save_xa_run
from reader_study.cohorts.models import (
    Case,
    MessageLevel,
    Review,
    Series,
    SeriesKind,
    Upload,
    UploadMessage,
)
from reader_study.cohorts.study_keys import keyed_digest
from reader_study.imaging.errors import ImagingError
from reader_study.imaging.plain_data import to_plain
from reader_study.imaging.series import CTSeries, Refusal, Scan, XARunFile
from reader_study.imaging.supervised import SupervisedReader
from reader_study.studies.models import Study

NOTHING_FOUND = (
    "no CT or angiography series was found; send a zip or a folder of DICOM files as the "
    "scanner or PACS exports them"
)


@dataclass
class _Patient:
    """The series of one patient in an upload."""

    ct_series: list[CTSeries] = field(default_factory=list)
    xa_runs: list[XARunFile] = field(default_factory=list)


def ingest_paths(
    upload: Upload,
    paths: Sequence[Path],
    *,
    sent_names: Mapping[Path, str] | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> None:
    """Ingest files, folders and zips; what is unusable is named and the rest goes in.

    Parameters
    ----------
    sent_names
        The names under which people know ``paths``, where they lie under others.
    progress
        Called with the share done, 0 to 1.
    """
    upload.messages.all().delete()
    with (
        TemporaryDirectory(prefix="reader-study-scan-") as work_directory,
        SupervisedReader() as reader,
    ):
        found = reader.scan(paths, Path(work_directory), names=sent_names or {})
        _report(upload, MessageLevel.ERROR, found.refused)
        _report(upload, MessageLevel.INFO, found.left_out)
        patients = _by_patient(upload.study, found)
        if not patients:
            _say(upload, MessageLevel.ERROR, upload.filename, NOTHING_FOUND)
        for number, (patient_key, patient) in enumerate(patients.items(), start=1):
            _ingest_patient(upload, patient_key, patient, reader)
            progress(number / len(patients))


def _by_patient(study: Study, found: Scan) -> dict[str, _Patient]:
    patients: dict[str, _Patient] = defaultdict(_Patient)
    for series in found.ct_series:
        key = keyed_digest(study, series.patient_id or series.study_uid)
        patients[key].ct_series.append(series)
    for run in found.xa_runs:
        key = keyed_digest(study, run.patient_id or run.study_uid)
        patients[key].xa_runs.append(run)
    return dict(patients)


def _say(upload: Upload, level: MessageLevel, name: str, text: str) -> None:
    UploadMessage.objects.create(upload=upload, level=level, name=name[:500], text=text)


def _report(upload: Upload, level: MessageLevel, refusals: Sequence[Refusal]) -> None:
    UploadMessage.objects.bulk_create(
        UploadMessage(
            upload=upload, level=level, name=refusal.name[:500], text=f"{refusal.reason}."
        )
        for refusal in refusals
    )


def _finest_first(series: CTSeries) -> tuple[float, int]:
    thicknesses = [part.thickness_mm for part in series.slices if part.thickness_mm]
    return (min(thicknesses, default=float("inf")), -len(series.slices))


def _ingest_patient(
    upload: Upload, patient_key: str, patient: _Patient, reader: SupervisedReader
) -> None:
    case = _case_for(upload, patient_key)
    if case.assignments.exists():
        _say(
            upload,
            MessageLevel.WARNING,
            case.code,
            "left out: the case is on the raters' lists already, and what they are shown of it "
            "stays as it is.",
        )
        return
    for series in sorted(patient.ct_series, key=_finest_first):
        _ingest_ct(upload, case, series, reader)
    in_cine_order = sorted(
        patient.xa_runs, key=lambda run: (str(run.acquired_at or ""), run.plane or "", run.name)
    )
    for run in in_cine_order:
        _ingest_run(upload, case, run, reader)


@transaction.atomic
def _case_for(upload: Upload, patient_key: str) -> Case:
    """Return the patient's case, made now if this is the first that is heard of the patient."""
    study = Study.objects.select_for_update().get(pk=upload.study_id)
    known = Case.objects.filter(study=study, patient_key=patient_key).first()
    if known is not None:
        return known
    number = Case.objects.filter(study=study).count() + 1
    case = Case.objects.create(
        study=study, site=upload.site, code=f"C{number:03d}", patient_key=patient_key
    )
    upload.cases_added += 1
    upload.save(update_fields=["cases_added"])
    record(
        action="case added",
        actor=upload.uploaded_by,
        study_id=study.id,
        subject=case.code,
        upload=str(upload.id),
    )
    return case


def _ingest_ct(upload: Upload, case: Case, series: CTSeries, reader: SupervisedReader) -> None:
    name = _series_name(case, series)
    series_key = keyed_digest(case.study, series.series_uid)
    if Series.objects.filter(case=case, series_key=series_key).exists():
        _say(upload, MessageLevel.INFO, name, "was ingested before; nothing changed.")
        return
    if Series.objects.filter(case=case, kind=SeriesKind.NCCT).exists():
        _say(
            upload,
            MessageLevel.WARNING,
            name,
            "left out: the case has a non-contrast CT already; the one with the thinnest slices of "
            "the first upload is kept.",
        )
        return
    try:
        volume = reader.build_ct_volume(series)
    except ImagingError as error:
        _say(upload, MessageLevel.ERROR, name, f"{error}.")
        return
    stored_name = save_ct_volume(f"cases/{case.id}/ncct.npz", volume)
    _add_series(
        upload,
        Series(
            case=case,
            kind=SeriesKind.NCCT,
            series_key=series_key,
            position=1,
            stored_name=stored_name,
            description=series.geometry_in_words,
            gates=to_plain(volume.gates),
            review=Review.NOT_NEEDED,
            used=True,
            frame_key=_frame_key(case.study, series.frame_of_reference_uid),
            instance_count=len(series.slices),
        ),
    )


def _ingest_run(upload: Upload, case: Case, run: XARunFile, reader: SupervisedReader) -> None:
    # Biplane pairs may share a series; the instance tells the planes apart.
    series_key = keyed_digest(case.study, run.sop_instance_uid)
    if Series.objects.filter(case=case, series_key=series_key).exists():
        _say(upload, MessageLevel.INFO, run.name, "was ingested before; nothing changed.")
        return
    try:
        angiography = reader.read_xa_run(run)
    except ImagingError as error:
        _say(upload, MessageLevel.ERROR, run.name, f"{str(error).removeprefix(f'{run.name}: ')}.")
        return
    position = Series.objects.filter(case=case, kind=SeriesKind.DSA).count() + 1
    stored_name = save_xa_run(f"cases/{case.id}/run-{position}.npz", angiography)
    _add_series(
        upload,
        Series(
            case=case,
            kind=SeriesKind.DSA,
            series_key=series_key,
            position=position,
            stored_name=stored_name,
            description=run.geometry_in_words,
            gates=to_plain(angiography.gates),
            frame_key=_frame_key(case.study, run.frame_of_reference_uid),
            instance_count=1,
        ),
    )


def _frame_key(study: Study, frame_of_reference_uid: str) -> str:
    return keyed_digest(study, frame_of_reference_uid) if frame_of_reference_uid else ""


def _series_name(case: Case, series: CTSeries) -> str:
    first = series.source_names[0]
    return f"{case.code}, CT series of {len(series.slices)} files beginning with {first}"


@transaction.atomic
def _add_series(upload: Upload, series: Series) -> None:
    series.save(force_insert=True)
    upload.instances_accepted += series.instance_count
    upload.save(update_fields=["instances_accepted"])
    label = f"{series.case.code}, {series.kind}"
    if series.kind == SeriesKind.DSA:
        label = f"{label} run {series.position}"
    _say(upload, MessageLevel.INFO, label, f"accepted: {series.description}.")
    for correction in series.corrections:
        _say(upload, MessageLevel.WARNING, label, f"{correction}.")
    for flag in series.flags:
        _say(upload, MessageLevel.WARNING, label, f"{flag}.")
