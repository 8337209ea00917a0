"""Turn files into cases: scan, de-identify, understand, store, and say what happened to each.

The same service stands behind the browser's upload, ``manage.py ingest`` and the demo.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from reader_study.cohorts.case_matching import match_cases
from reader_study.cohorts.identities import seal
from reader_study.cohorts.incoming import Incoming, Patient, patients_in
from reader_study.cohorts.manifest import ManifestRow, stored_rows
from reader_study.cohorts.models import Case, MessageLevel, Series, Upload
from reader_study.cohorts.patient_cases import case_of_patient, complete_occlusion
from reader_study.cohorts.phases import propose_phases_of
from reader_study.cohorts.refusals import PatientRefusedError
from reader_study.cohorts.series_intake import take_in
from reader_study.cohorts.series_store import StoredDicom, keep_dicom, staging_folder
from reader_study.cohorts.study_keys import keyed_digest, pseudonym
from reader_study.cohorts.upload_messages import report, say
from reader_study.imaging.errors import ImagingError
from reader_study.imaging.remarks import some_names
from reader_study.imaging.supervised import SupervisedReader

NOTHING_FOUND = (
    "no CT or angiography series was found; send a zip or a folder of DICOM files as the "
    "scanner or PACS exports them"
)
INGESTED_BEFORE = "was ingested before; nothing changed."


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
        SupervisedReader() as deidentifier,
    ):
        deidentifier.start()  # it gets ready while the other one scans
        found = reader.scan(paths, Path(work_directory), names=sent_names or {})
        report(upload, MessageLevel.ERROR, found.refused)
        report(upload, MessageLevel.INFO, found.left_out)
        rows = stored_rows(upload.manifest)
        patients = {
            keyed_digest(upload.study, patient.identifier): patient
            for patient in patients_in(found, rows)
            if patient.is_of_use
        }
        if not patients:
            say(upload, MessageLevel.ERROR, upload.filename, NOTHING_FOUND)
        matching = match_cases(rows, {key: patient.names for key, patient in patients.items()})
        for warning in matching.warnings:
            say(upload, MessageLevel.WARNING, warning.name, warning.text)
        for refused in matching.refused.values():
            say(upload, MessageLevel.ERROR, refused.name, refused.text)
        for number, (key, patient) in enumerate(patients.items(), start=1):
            if key not in matching.refused:
                row = matching.rows.get(key)
                _ingest_patient(upload, key, patient, row, reader, deidentifier)
            progress(number / len(patients))


def _ingest_patient(
    upload: Upload,
    patient_key: str,
    patient: Patient,
    row: ManifestRow | None,
    reader: SupervisedReader,
    deidentifier: SupervisedReader,
) -> None:
    try:
        case = _case_for(upload, patient_key, row)
    except PatientRefusedError as refusal:
        say(upload, MessageLevel.ERROR, some_names(patient.names), str(refusal))
        return
    seal(case=case, patient_id=patient.patient_id)
    if case.assignments.exists():
        say(
            upload,
            MessageLevel.WARNING,
            case.code,
            "left out: the case is on the raters' lists already, and what they are shown of it "
            "stays as it is.",
        )
        return
    for incoming, stored in _deidentified(upload, case, patient, deidentifier):
        try:
            take_in(upload, case, incoming, stored.result(), reader)
        except ImagingError as error:
            say(upload, MessageLevel.ERROR, incoming.name, f"not stored: {error}.")
    _link_planes(case, patient)
    propose_phases_of(case)


def _deidentified(
    upload: Upload, case: Case, patient: Patient, deidentifier: SupervisedReader
) -> Iterator[tuple[Incoming, Future[StoredDicom]]]:
    """Yield the patient's new series, the next being de-identified while one is worked on."""
    known = set(case.series.values_list("series_key", flat=True))
    new: list[Incoming] = []
    for incoming in patient.in_order():
        if incoming.key(case.study) in known:
            say(upload, MessageLevel.INFO, incoming.name, INGESTED_BEFORE)
        else:
            new.append(incoming)
    stand_ins = pseudonym(case)

    def store(incoming: Incoming) -> StoredDicom:
        with staging_folder() as folder:
            staged = folder / "dicom.zip"
            written = deidentifier.deidentify_series(incoming.files, staged, stand_ins)
            return keep_dicom(staged, written)

    pool = ThreadPoolExecutor(max_workers=1)
    try:
        results = [pool.submit(store, incoming) for incoming in new]
        yield from zip(new, results, strict=True)
    finally:
        pool.shutdown(cancel_futures=True)


def _link_planes(case: Case, patient: Patient) -> None:
    """Make the two runs of a biplane system each other's partner."""
    key_of = {run.sop_instance_uid: Incoming.of(run).key(case.study) for run in patient.xa_runs}
    rows = {series.series_key: series for series in case.series.all()}
    for run in patient.xa_runs:
        series = rows.get(key_of[run.sop_instance_uid])
        partner = rows.get(key_of.get(run.partner_uid, ""))
        if series is not None and partner is not None:
            Series.objects.filter(pk=series.pk).update(biplane_partner=partner)


def _case_for(upload: Upload, patient_key: str, row: ManifestRow | None) -> Case:
    case = case_of_patient(upload=upload, patient_key=patient_key, row=row)
    difference = complete_occlusion(case=case, row=row, upload=upload) if row else ""
    if difference:
        say(upload, MessageLevel.WARNING, case.code, difference)
    return case
