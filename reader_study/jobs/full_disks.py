"""Tell a full disk from other failures, and whether there is room to go on."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage

from reader_study.imaging.errors import DISK_IS_FULL

POSTGRESQL_DISK_FULL = "53100"
SQLITE_FULL = "SQLITE_FULL"


class NoRoomForWorkError(Exception):
    """The disk has less room than a job may need."""


def is_full_disk(error: BaseException) -> bool:
    """Whether an exception, or one that it was raised from, says that a disk is full."""
    return any(_says_full(one) for one in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        yield one
        seen.add(id(one))
        one = one.__cause__ or one.__context__


def _says_full(error: BaseException) -> bool:
    if isinstance(error, NoRoomForWorkError):
        return True
    if isinstance(error, OSError) and error.errno in DISK_IS_FULL:
        return True
    if getattr(error, "sqlstate", None) == POSTGRESQL_DISK_FULL:
        return True
    return getattr(error, "sqlite_errorname", None) == SQLITE_FULL


def require_room_for_work() -> None:
    """Raise NoRoomForWorkError where a job would likely fill the disk of the stored files."""
    try:
        folder = Path(default_storage.path(""))
    except NotImplementedError:
        return  # an object store says so itself
    while not folder.exists():
        folder = folder.parent
    if shutil.disk_usage(folder).free < settings.JOB_FREE_BYTES:
        raise NoRoomForWorkError
