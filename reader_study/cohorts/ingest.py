"""Turn files into cases: scan, de-identify, understand, store, and say what happened to each.

The same service stands behind the browser's upload, ``manage.py ingest`` and the demo.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction

from reader_study.audit.services import record
from reader_study.cohorts.incoming import Incoming, Patient, patients_in
from reader_study.cohorts.models import Case, MessageLevel, Series, Upload
from reader_study.cohorts.phases import propose_phases_of
from reader_study.cohorts.series_intake import take_in
from reader_study.cohorts.series_store import StoredDicom, keep_dicom, staging_folder
from reader_study.cohorts.study_keys import keyed_digest, pseudonym
from reader_study.cohorts.upload_messages import report, say
from reader_study.imaging.errors import ImagingError
from reader_study.imaging.supervised import SupervisedReader
from reader_study.studies.models import Study

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
        patients = patients_in(found)
        if not any(patient.is_of_use for patient in patients):
            say(upload, MessageLevel.ERROR, upload.filename, NOTHING_FOUND)
        for number, patient in enumerate(patients, start=1):
            if patient.is_of_use:
                _ingest_patient(upload, patient, reader, deidentifier)
            progress(number / len(patients))


def _ingest_patient(
    upload: Upload, patient: Patient, reader: SupervisedReader, deidentifier: SupervisedReader
) -> None:
    case = _case_for(upload, patient)
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


@transaction.atomic
def _case_for(upload: Upload, patient: Patient) -> Case:
    """Return the patient's case, made now if this is the first that is heard of the patient."""
    study = Study.objects.select_for_update().get(pk=upload.study_id)
    patient_key = keyed_digest(study, patient.identifier)
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
