"""Say to the sender of an upload what became of its files."""

from collections.abc import Sequence

from django.db import transaction

from reader_study.cohorts.models import MessageLevel, Upload, UploadMessage
from reader_study.imaging.series import Refusal
from reader_study.jobs.services import require_held

_LONGEST_NAME = 500


@transaction.atomic
def say(upload: Upload, level: MessageLevel, name: str, text: str) -> None:
    """Say one sentence about a file or a series."""
    require_held(upload)
    UploadMessage.objects.create(upload=upload, level=level, name=name[:_LONGEST_NAME], text=text)


@transaction.atomic
def report(upload: Upload, level: MessageLevel, refusals: Sequence[Refusal]) -> None:
    """Say what the scan has to say."""
    require_held(upload)
    UploadMessage.objects.bulk_create(
        UploadMessage(
            upload=upload, level=level, name=refusal.name[:_LONGEST_NAME], text=f"{refusal.reason}."
        )
        for refusal in refusals
    )


@transaction.atomic
def forget(upload: Upload) -> None:
    """Forget what was said when the upload was read in before."""
    require_held(upload)
    upload.messages.all().delete()
