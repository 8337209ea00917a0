"""What the reaper clears away: expired uploads, raw files of failed ones, parts of nobody."""

import logging
from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from reader_study.cohorts.models import QuarantinedFile, Upload
from reader_study.cohorts.uploads.lifecycle import destroy_quarantined
from reader_study.cohorts.uploads.quarantine import delete_folder, folders
from reader_study.jobs.models import JobState
from reader_study.jobs.services import UNDER_WAY

logger = logging.getLogger(__name__)

EXPIRED = "Nothing more arrived for days, so the files were destroyed: send them again."


def clear_quarantine() -> None:
    """Destroy raw files that nobody will read any more, each upload with an audit entry."""
    _each(_expired(), _expire)
    _each(_failed_with_files(), _destroy_failed)
    _sweep_folders()


def _expired() -> QuerySet[Upload]:
    given_up = [JobState.AWAITING, JobState.CANCELLED]
    return Upload.objects.filter(state__in=given_up, expires_at__lte=timezone.now())


def _failed_with_files() -> QuerySet[Upload]:
    has_files = Exists(QuarantinedFile.objects.filter(upload=OuterRef("pk")))
    return Upload.objects.filter(has_files, state=JobState.FAILED)


def _each(uploads: QuerySet[Upload], clear: Callable[[Upload], None]) -> None:
    """Clear each upload in a transaction of its own, if it is still to be cleared."""
    for key in list(uploads.values_list("pk", flat=True)):
        with transaction.atomic():
            upload = uploads.select_for_update(of=("self",)).filter(pk=key).first()
            if upload is not None:
                clear(upload)


def _expire(upload: Upload) -> None:
    destroy_quarantined(upload, reason="expired")
    upload.state = JobState.FAILED
    upload.error = EXPIRED
    upload.finished_at = timezone.now()
    upload.save(update_fields=["state", "error", "finished_at"])


def _destroy_failed(upload: Upload) -> None:
    destroy_quarantined(upload, reason="could not be read in")


def _sweep_folders() -> None:
    """Delete folders whose upload has ended: a process died just before it could do so."""
    found = {name for name in folders() if _is_id(name)}
    may_have_files = Upload.objects.filter(
        state__in=[JobState.AWAITING, *UNDER_WAY, JobState.CANCELLED], pk__in=found
    )
    for name in found - {str(key) for key in may_have_files.values_list("pk", flat=True)}:
        try:
            delete_folder(name)
        except OSError:
            # The reaper has other work, and looks again.
            logger.warning("The raw files in %s could not be deleted.", name, exc_info=True)


def _is_id(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False
