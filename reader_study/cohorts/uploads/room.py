"""How much a study's files take, and whether there is room for more."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.storage import storages
from django.db.models import Exists, OuterRef, Sum

from reader_study.cohorts.models import QuarantinedFile, Series, Upload
from reader_study.cohorts.refusals import NoRoomError
from reader_study.imaging.sizes import size_in_words
from reader_study.studies.models import Study


@dataclass(frozen=True)
class Room:
    """What a study takes and may take, in bytes; None where nothing limits it or nobody knows."""

    used_bytes: int
    quota_bytes: int | None
    free_bytes: int | None


def room_of(study: Study) -> Room:
    """Say what the study's raw uploads and de-identified DICOM take and what is left."""
    return Room(
        used_bytes=_used_bytes(study),
        quota_bytes=settings.STUDY_QUOTA_BYTES,
        free_bytes=_free_bytes(),
    )


def require_room(study: Study, size_bytes: int) -> None:
    """Raise NoRoomError unless the study and the disk can take so many bytes more."""
    free = _free_bytes()
    if free is not None and free - size_bytes < settings.KEEP_FREE_BYTES:
        raise NoRoomError(
            f"The server's disk has no room for {size_in_words(size_bytes)} more: what has arrived "
            "is kept; ask the operator for space, then go on."
        )
    quota = settings.STUDY_QUOTA_BYTES
    if quota is not None and _used_bytes(study) + size_bytes > quota:
        raise NoRoomError(
            f"{size_in_words(size_bytes)} more would exceed the study's quota of "
            f"{size_in_words(quota)}: what has arrived is kept; ask the operator for a larger "
            "quota, then go on."
        )


def _used_bytes(study: Study) -> int:
    still_here = Exists(QuarantinedFile.objects.filter(upload=OuterRef("pk")))
    raw = Upload.objects.filter(still_here, study=study).aggregate(size=Sum("received_bytes"))
    stored = Series.objects.filter(case__study=study).aggregate(size=Sum("dicom_bytes"))
    return (raw["size"] or 0) + (stored["size"] or 0)


def _free_bytes() -> int | None:
    """Bytes free where uploads go; None where that is no disk of this machine."""
    try:
        folder = Path(storages["quarantine"].path(""))
    except NotImplementedError:
        return None
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
