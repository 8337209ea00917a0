"""The case of a patient: found again, or made with what the list of cases says of it."""

from django.db import transaction

from reader_study.audit.services import record
from reader_study.cohorts.case_changes import set_occlusion
from reader_study.cohorts.manifests.manifest import ManifestRow, stored_rows
from reader_study.cohorts.models import Case, PatientDeletion, Upload
from reader_study.cohorts.refusals import PatientRefusedError
from reader_study.cohorts.study_keys import former_digest, keyed_digest
from reader_study.jobs.services import require_held
from reader_study.studies.models import Study


@transaction.atomic
def case_of_patient(*, upload: Upload, patient_key: str, row: ManifestRow | None) -> Case:
    """Return the patient's case, made now if this is the first that is heard of the patient.

    Parameters
    ----------
    row
        What the list of cases says of the patient; without it a new case gets the next free code
        and the site of the upload.

    Raises
    ------
    PatientRefusedError
        The row's code is another patient's, the patient's case has another code or site, or the
        patient's data were deleted on request.
    """
    study = Study.objects.select_for_update().get(pk=upload.study_id)
    require_held(upload)
    known = Case.objects.filter(study=study, patient_key=patient_key).first()
    if row is not None:
        _refuse_contradiction(study, known, row)
    if known is not None:
        _refuse_deleted(known)
        return known
    case = Case.objects.create(
        study=study,
        site=study.sites.get(code=row.site) if row else upload.site,
        code=row.case_code if row else _free_code(study, upload),
        patient_key=patient_key,
        occlusion_side=row.side if row else "",
        occlusion_segment=row.segment if row else "",
    )
    upload.cases_added += 1
    upload.save(update_fields=["cases_added"])
    record(
        action="case added",
        actor=upload.uploaded_by,
        study_id=study.id,
        subject=case.code,
        upload=str(upload.id),
        site=case.site.code,
        occlusion_side=case.occlusion_side,
        occlusion_segment=case.occlusion_segment,
    )
    return case


@transaction.atomic
def patient_key(*, study: Study, identifier: str) -> str:
    """Return the key of a patient; a case that an earlier release made of the patient gets it."""
    key = keyed_digest(study, identifier)
    cases = Case.objects.filter(study=study)
    if not cases.filter(patient_key=key).exists():
        cases.filter(patient_key=former_digest(study, identifier)).update(patient_key=key)
    return key


def _refuse_contradiction(study: Study, known: Case | None, row: ManifestRow) -> None:
    if known is None:
        if Case.objects.filter(study=study, code__iexact=row.case_code).exists():
            raise PatientRefusedError(
                f"not taken in: {row.case_code} (line {row.line}) is the case of another patient "
                "already. Give this patient another code in the list, and send the files again."
            )
    elif known.code != row.case_code:
        raise PatientRefusedError(
            f"not taken in: the patient is case {known.code} already, but line {row.line} says "
            f"{row.case_code}. Write {known.code} in the list, or correct the patient's number in "
            "the files, and send them again."
        )
    elif known.site.code != row.site:
        raise PatientRefusedError(
            f"not taken in: {known.code} is a case of the site {known.site.code}, but line "
            f"{row.line} says {row.site}. Correct the list, and send the files again."
        )


def _refuse_deleted(known: Case) -> None:
    if PatientDeletion.objects.filter(case=known).exists():
        raise PatientRefusedError(
            f"not taken in: the data of {known.code} were deleted on request, and nothing of this "
            "patient is kept any more."
        )


def _free_code(study: Study, upload: Upload) -> str:
    """Return the next code of the kind C001 that neither a case nor a row of the list has."""
    codes = Case.objects.filter(study=study).values_list("code", flat=True)
    taken = {code.casefold() for code in codes}
    number = len(taken) + 1
    taken |= {row.case_code.casefold() for row in stored_rows(upload.manifest)}
    while f"c{number:03d}" in taken:
        number += 1
    return f"C{number:03d}"


def complete_occlusion(*, case: Case, row: ManifestRow, upload: Upload) -> str:
    """Give a case the side and segment of a row where it had none.

    Returns
    -------
    str
        What the row says otherwise than the case does; empty where they agree.
    """
    stored = (case.occlusion_side, case.occlusion_segment)
    side = case.occlusion_side or row.side
    segment = case.occlusion_segment or row.segment
    if (side, segment) != stored and not case.study.is_locked:
        set_occlusion(case=case, side=side, segment=segment, actor=upload.uploaded_by)
    otherwise = [said for said in (row.side, row.segment) if said not in ("", side, segment)]
    if not otherwise:
        return ""
    return (
        f"line {row.line} says {' '.join(otherwise)}, but the case has "
        f"{' '.join(filter(None, (side, segment)))}; the case stays as it is. Change it on the "
        "page of the cases if the list is right."
    )
