"""Say to the sender of an upload what became of its files."""

from collections.abc import Sequence

from reader_study.cohorts.models import MessageLevel, Upload, UploadMessage
from reader_study.imaging.series import Refusal

_LONGEST_NAME = 500


def say(upload: Upload, level: MessageLevel, name: str, text: str) -> None:
    """Say one sentence about a file or a series."""
    UploadMessage.objects.create(upload=upload, level=level, name=name[:_LONGEST_NAME], text=text)


def report(upload: Upload, level: MessageLevel, refusals: Sequence[Refusal]) -> None:
    """Say what the scan has to say."""
    UploadMessage.objects.bulk_create(
        UploadMessage(
            upload=upload, level=level, name=refusal.name[:_LONGEST_NAME], text=f"{refusal.reason}."
        )
        for refusal in refusals
    )
