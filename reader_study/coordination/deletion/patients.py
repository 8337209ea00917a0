"""Delete a patient's images, identity and comments; grades and the audit trail stay.

Rows first, in one transaction, then files: a process that dies in between leaves a deletion
whose files the reaper takes away.
"""

import uuid
from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.audit.services import record
from reader_study.cohorts.models import Case, PatientDeletion, SealedIdentity, Series, SeriesBuild
from reader_study.cohorts.refusals import CaseChangeRefusedError
from reader_study.coordination.deletion.ledger import note_deletion
from reader_study.jobs.models import JobState
from reader_study.reading.handing_over import clear_handed_over
from reader_study.reading.models import Reading, ReadingState
from reader_study.reading.written_readings import comment_sha256
from reader_study.segmentation.models import MediaPack, PackSource, SegmentationJob
from reader_study.studies.models import Study

DELETED = "The patient's data were deleted on request."


def delete_patient(*, case: Case, reason: str, actor: User | None) -> PatientDeletion:
    """Delete what is kept of a patient, but for grades under the case's code and the trail.

    Before the lock the case leaves the study; after it the locked result keeps its numbers. A
    patient who was deleted already stays so, and files that were left are taken away.

    Raises
    ------
    CaseChangeRefusedError
        There is no reason, or a worker has the case's images in hand.
    """
    with transaction.atomic():
        Study.objects.select_for_update().get(pk=case.study_id)
        case = Case.objects.select_for_update(of=("self",)).select_related("study").get(pk=case.pk)
        deletion = PatientDeletion.objects.filter(case=case).first()
        if deletion is None:
            if not reason.strip():
                raise CaseChangeRefusedError("Say why the patient's data are deleted.")
            _refuse_while_in_hand(case)
            deletion = _delete_rows(case, reason.strip(), actor)
        transaction.on_commit(lambda: note_deletion(deletion))
    delete_files(deletion)
    return deletion


def _refuse_while_in_hand(case: Case) -> None:
    running = (
        SegmentationJob.objects.filter(case=case, state=JobState.RUNNING).exists()
        or MediaPack.objects.filter(segmentation__case=case, state=JobState.RUNNING).exists()
        or SeriesBuild.objects.filter(series__case=case, state=JobState.RUNNING).exists()
    )
    if running:
        raise CaseChangeRefusedError(
            f"A worker has the images of {case.code} in hand: stop the work on the case, or try "
            "again in a few minutes."
        )


def _delete_rows(case: Case, reason: str, actor: User | None) -> PatientDeletion:
    now = timezone.now()
    files = sorted(_files_of(case) - _files_of_others(case))
    series = case.series.count()
    SealedIdentity.objects.filter(case=case).delete()
    SeriesBuild.objects.filter(series__case=case).delete()
    Series.objects.filter(case=case).delete()
    ended = {"state": JobState.FAILED, "error": DELETED, "token": None, "lease_until": None}
    PackSource.objects.filter(pack__segmentation__case=case).delete()
    MediaPack.objects.filter(segmentation__case=case).update(manifest={}, folder="", **ended)
    SegmentationJob.objects.filter(case=case).update(
        volume_name="", mask_name="", provenance={}, artery_volume_ml=None, measures={}, **ended
    )
    comments = _remove_comments(case)
    if not case.study.is_locked and case.withdrawn_at is None:
        case.withdrawn_at, case.withdrawn_reason = now, f"{DELETED} {reason}"[:500]
        case.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    deletion = PatientDeletion.objects.create(
        case=case, reason=reason, asked_by=actor, at=now, files=files
    )
    record(
        action="patient deleted",
        actor=actor,
        study_id=case.study_id,
        subject=case.code,
        reason=reason,
        series=series,
        files=len(files),
        comments=comments,
    )
    return deletion


def _remove_comments(case: Case) -> int:
    """Remove what raters wrote of the case; of submitted readings the hash of it stays."""
    written = Reading.objects.filter(assignment__case=case).exclude(comment="")
    for reading in written:
        submitted = reading.state == ReadingState.SUBMITTED
        kept = {"removed_comment_sha256": comment_sha256(reading)} if submitted else {}
        Reading.objects.filter(pk=reading.pk).update(comment="", **kept)
    return len(written)


def _files_of(case: Case) -> set[str]:
    names: set[str] = set()
    for series in Series.objects.filter(case=case):
        names |= {series.dicom_name, series.preview_name, series.stored_name or ""}
    for build in SeriesBuild.objects.filter(series__case=case):
        names |= set(build.former_files)
    for job in SegmentationJob.objects.filter(case=case):
        names |= {job.volume_name, job.mask_name}
    for pack in MediaPack.objects.filter(segmentation__case=case):
        names |= {f"{pack.folder}/" if pack.folder else ""}
    names |= set(
        PackSource.objects.filter(pack__segmentation__case=case).values_list(
            "stored_name", flat=True
        )
    )
    return names - {""}


def _files_of_others(case: Case) -> set[str]:
    """Return files named by their content that another case has as well."""
    others = Series.objects.exclude(case=case)
    return {
        name
        for names in others.values_list("dicom_name", "preview_name", "stored_name")
        for name in names
        if name
    }


def delete_files(deletion: PatientDeletion) -> None:
    """Take away the files of a patient who was deleted; what is gone already is no fault."""
    if deletion.files_gone_at is not None:
        return
    for name in deletion.files:
        if name.endswith("/"):
            _delete_folder(name.rstrip("/"))
        else:
            default_storage.delete(name)
    # Among them may be the patient's; whatever is still wanted is made again.
    clear_handed_over(older_than=timedelta(0))
    PatientDeletion.objects.filter(pk=deletion.pk, files_gone_at__isnull=True).update(
        files=[], files_gone_at=timezone.now()
    )
    deletion.refresh_from_db()


def _delete_folder(name: str) -> None:
    try:
        folders, files = default_storage.listdir(name)
    except FileNotFoundError:
        return
    for file in files:
        default_storage.delete(f"{name}/{file}")
    for folder in folders:
        _delete_folder(f"{name}/{folder}")
    default_storage.delete(name)


def finish_deletions() -> None:
    """Take away files that a process which died had still to delete; the reaper calls it."""
    for deletion in PatientDeletion.objects.filter(files_gone_at__isnull=True):
        delete_files(deletion)


def delete_again(*, study_id: uuid.UUID, case_id: uuid.UUID) -> bool:
    """Delete a patient whom a restored backup brought back; say whether there was one."""
    case = Case.objects.filter(pk=case_id, study_id=study_id, deletion__isnull=True).first()
    if case is None:
        return False
    reason = "Deleted before; a restored backup had brought the data back."
    delete_patient(case=case, reason=reason, actor=None)
    return True
