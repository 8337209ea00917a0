"""The life of an upload: begun, complete or given up, read in, and its raw files destroyed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.audit.services import record
from reader_study.cohorts.models import QuarantinedFile, Upload
from reader_study.cohorts.refusals import UploadRefusedError, UploadTooLargeError
from reader_study.cohorts.uploads.quarantine import delete_folder
from reader_study.cohorts.uploads.room import require_room
from reader_study.imaging.sizes import size_in_words
from reader_study.jobs.models import JobState, Priority
from reader_study.jobs.services import cancel, requeue, send_on_commit
from reader_study.studies.models import Site, Study

NAMED_IN_A_SENTENCE = 3


def expiry_from_now() -> datetime:
    """When an upload is destroyed that nobody goes on with."""
    return timezone.now() + settings.UPLOAD_EXPIRES_AFTER


def require_growing(study: Study) -> None:
    """Raise UploadRefusedError once the study's cohort can no longer grow."""
    if study.is_locked:
        raise UploadRefusedError("The study is locked: its cohort can no longer grow.")


@transaction.atomic
def begin_upload(
    *,
    site: Site,
    name: str,
    file_count: int,
    size_bytes: int,
    manifest: Sequence[dict[str, Any]],
    begun_by: User,
) -> Upload:
    """Announce an upload of so many files and bytes; its files then arrive one by one.

    Raises
    ------
    UploadRefusedError
        The study is locked.
    UploadTooLargeError
        It has more bytes or files than an upload may have.
    NoRoomError
        The study's quota or the disk has no room for it.
    """
    require_growing(site.study)
    if size_bytes > settings.MAX_UPLOAD_BYTES:
        raise UploadTooLargeError(
            f"The upload has {size_in_words(size_bytes)}; the limit is "
            f"{size_in_words(settings.MAX_UPLOAD_BYTES)}. Send fewer patients at a time."
        )
    if file_count > settings.MAX_UPLOAD_FILES:
        raise UploadTooLargeError(
            f"The upload has {file_count} files; the limit is {settings.MAX_UPLOAD_FILES}. Send "
            "fewer patients at a time, or zips."
        )
    require_room(site.study, size_bytes)
    upload = Upload.objects.create(
        study=site.study,
        site=site,
        uploaded_by=begun_by,
        filename=name,
        file_count=file_count,
        size_bytes=size_bytes,
        manifest=list(manifest),
        state=JobState.AWAITING,
        expires_at=expiry_from_now(),
    )
    record(
        action="upload begun",
        actor=begun_by,
        study_id=site.study_id,
        subject=str(upload.id),
        files=file_count,
        bytes=size_bytes,
    )
    return upload


@transaction.atomic
def complete_upload(*, upload: Upload, actor: User) -> Upload:
    """Queue the ingest of an upload whose files have all arrived.

    Asked again, because the answer was lost, it changes nothing.

    Raises
    ------
    UploadRefusedError
        The study is locked, or files are missing; the message names them.
    """
    study = Study.objects.select_for_update().get(pk=upload.study_id)
    upload = Upload.objects.select_for_update().get(pk=upload.pk)
    if upload.state != JobState.AWAITING:
        return upload
    require_growing(study)
    _require_everything(upload)
    upload.state = JobState.QUEUED
    upload.expires_at = None
    # Announced was what the browser saw; a file may have shrunk before it was sent.
    upload.size_bytes = upload.named_bytes
    upload.save(update_fields=["state", "expires_at", "size_bytes"])
    record(
        action="upload received",
        actor=actor,
        study_id=upload.study_id,
        subject=str(upload.id),
        files=upload.file_count,
        bytes=upload.size_bytes,
    )
    send_on_commit(upload)
    return upload


def _require_everything(upload: Upload) -> None:
    missing = []
    never_named = upload.file_count - upload.named_count
    if never_named:
        missing.append(
            f"{never_named} of {upload.file_count} announced files "
            f"{'has' if never_named == 1 else 'have'} not arrived"
        )
    partial = QuarantinedFile.objects.filter(upload=upload, received_bytes__lt=F("size_bytes"))
    names = list(partial.order_by("sent_name").values_list("sent_name", flat=True))
    if names:
        listed = ", ".join(names[:NAMED_IN_A_SENTENCE])
        more = len(names) - NAMED_IN_A_SENTENCE
        missing.append(f"not whole yet: {listed}" + (f" and {more} more" if more > 0 else ""))
    if missing:
        raise UploadRefusedError(f"Files are missing: {'; '.join(missing)}. Send the rest first.")


@transaction.atomic
def cancel_upload(*, upload: Upload, actor: User) -> None:
    """Give an upload up that is not complete: what arrived is destroyed.

    Raises
    ------
    UploadRefusedError
        It is complete.
    """
    upload = Upload.objects.select_for_update().get(pk=upload.pk)
    if upload.state != JobState.AWAITING:
        raise UploadRefusedError("The upload is complete: it can no longer be given up.")
    destroy_quarantined(upload, actor=actor, reason="given up")
    upload.delete()


@transaction.atomic
def cancel_ingest(*, upload: Upload, actor: User) -> Upload:
    """Stop the ingest of an upload, whether it waits or runs; its files are kept for a while.

    What was stored until now stays; the ingest can be tried again.

    Raises
    ------
    UploadRefusedError
        It is neither queued nor running.
    """
    reason = (
        f"Cancelled by {actor.get_username()}. The files are kept for "
        f"{settings.UPLOAD_EXPIRES_AFTER.days} days, in which it can be tried again."
    )
    if not cancel(upload, reason):
        raise UploadRefusedError("Only an upload that is being read in, or waits for it, can be.")
    Upload.objects.filter(pk=upload.pk).update(expires_at=expiry_from_now())
    _record_on(upload, "upload cancelled", actor)
    upload.refresh_from_db()
    return upload


@transaction.atomic
def retry_upload(*, upload: Upload, actor: User) -> Upload:
    """Read an upload in whose ingest was cancelled; it comes before those nobody waits for.

    Raises
    ------
    UploadRefusedError
        The study is locked, or there is nothing to try again.
    """
    require_growing(upload.study)
    cancelled = Upload.objects.filter(pk=upload.pk, state=JobState.CANCELLED)
    if not cancelled.update(expires_at=None) or not requeue(upload, priority=Priority.WAITED_FOR):
        raise UploadRefusedError("Only an upload that was cancelled can be tried again.")
    _record_on(upload, "upload retried", actor)
    upload.refresh_from_db()
    return upload


def _record_on(upload: Upload, action: str, actor: User) -> None:
    record(action=action, actor=actor, study_id=upload.study_id, subject=str(upload.id))


def destroy_quarantined(
    upload: Upload, *, actor: User | None = None, reason: str = "read in"
) -> None:
    """Destroy an upload's raw files, inside the caller's transaction and with an audit entry."""
    files = upload.files.count()
    upload.files.all().delete()
    record(
        action="raw upload destroyed",
        actor=actor,
        study_id=upload.study_id,
        subject=str(upload.id),
        files=files,
        reason=reason,
    )
    # After the commit: files that went although the transaction failed would leave rows of
    # nothing. Should the process die in between, the reaper finds the folder.
    folder = str(upload.id)
    transaction.on_commit(lambda: delete_folder(folder), robust=True)
