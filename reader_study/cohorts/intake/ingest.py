"""Turn files into cases: scan, de-identify, understand, store, and say what happened to each.

The same service stands behind the browser's upload, ``manage.py ingest`` and the demo.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction

from reader_study.cohorts.identities import seal
from reader_study.cohorts.intake.incoming import Incoming, Patient, patients_in
from reader_study.cohorts.intake.patient_cases import (
    case_of_patient,
    complete_occlusion,
    patient_key,
)
from reader_study.cohorts.intake.pipeline import AT_ONCE, take_in
from reader_study.cohorts.manifests.case_matching import match_cases
from reader_study.cohorts.manifests.manifest import ManifestRow, stored_rows
from reader_study.cohorts.models import Case, MessageLevel, Series, Upload
from reader_study.cohorts.refusals import PatientRefusedError
from reader_study.cohorts.series.phases import propose_phases_of
from reader_study.cohorts.uploads.messages import forget, report, say
from reader_study.imaging.remarks import some_names
from reader_study.imaging.series import Scan
from reader_study.imaging.shared_readers import SharedReaders
from reader_study.jobs.services import require_held

NOTHING_FOUND = (
    "no CT or angiography series was found; send a zip or a folder of DICOM files as the "
    "scanner or PACS exports them"
)
SCAN_SHARE = 0.2
"""Of the time of an ingest, as a rule."""
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
    forget(upload)
    with (
        TemporaryDirectory(prefix="reader-study-scan-") as work_directory,
        SharedReaders(AT_ONCE) as readers,
    ):
        readers.start()  # the others get ready while one scans
        with readers.lend() as reader:
            found = reader.scan(
                paths,
                Path(work_directory),
                names=sent_names or {},
                progress=lambda share: progress(SCAN_SHARE * share),
            )
        report(upload, MessageLevel.ERROR, found.refused)
        report(upload, MessageLevel.INFO, found.left_out)
        cases = _cases_to_fill(upload, found)
        new = [
            (case, incoming)
            for case, patient in cases
            for incoming in _new_series(upload, case, patient)
        ]
        take_in(
            upload,
            new,
            readers,
            progress=lambda share: progress(SCAN_SHARE + (1 - SCAN_SHARE) * share),
        )
    for case, patient in cases:
        with transaction.atomic():
            require_held(upload)
            _link_planes(case, patient)
            propose_phases_of(case)


def _cases_to_fill(upload: Upload, found: Scan) -> list[tuple[Case, Patient]]:
    """Return the cases of an upload's patients; those that must stay as they are, are named."""
    rows = stored_rows(upload.manifest)
    patients = {
        patient_key(study=upload.study, identifier=patient.identifier): patient
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
    cases = []
    for key, patient in patients.items():
        if key not in matching.refused:
            case = _case_to_fill(upload, key, patient, matching.rows.get(key))
            if case is not None:
                cases.append((case, patient))
    return cases


def _case_to_fill(
    upload: Upload, patient_key: str, patient: Patient, row: ManifestRow | None
) -> Case | None:
    """Return the patient's case; None where it must stay as it is."""
    try:
        case = case_of_patient(upload=upload, patient_key=patient_key, row=row)
    except PatientRefusedError as refusal:
        say(upload, MessageLevel.ERROR, some_names(patient.names), str(refusal))
        return None
    difference = complete_occlusion(case=case, row=row, upload=upload) if row else ""
    if difference:
        say(upload, MessageLevel.WARNING, case.code, difference)
    seal(case=case, patient_id=patient.patient_id)
    if not case.assignments.exists():
        return case
    say(
        upload,
        MessageLevel.WARNING,
        case.code,
        "left out: the case is on the raters' lists already, and what they are shown of it "
        "stays as it is.",
    )
    return None


def _new_series(upload: Upload, case: Case, patient: Patient) -> list[Incoming]:
    """Return what the case does not have yet."""
    known = set(case.series.values_list("series_key", flat=True))
    new = []
    for incoming in patient.in_order():
        if known & {incoming.key(case.study), incoming.former_key(case.study)}:
            say(upload, MessageLevel.INFO, incoming.name, INGESTED_BEFORE)
        else:
            new.append(incoming)
    return new


def _link_planes(case: Case, patient: Patient) -> None:
    """Make the two runs of a biplane system each other's partner."""
    key_of = {run.sop_instance_uid: Incoming.of(run).key(case.study) for run in patient.xa_runs}
    rows = {series.series_key: series for series in case.series.all()}
    for run in patient.xa_runs:
        series = rows.get(key_of[run.sop_instance_uid])
        partner = rows.get(key_of.get(run.partner_uid, ""))
        if series is not None and partner is not None:
            Series.objects.filter(pk=series.pk).update(biplane_partner=partner)
