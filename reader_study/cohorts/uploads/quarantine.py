"""The quarantine: where raw files lie in parts until the ingest is done with them.

Parts have opaque names in a folder of their upload. No route serves them.
"""

import shutil
import uuid
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import BinaryIO

from django.core.files.base import File
from django.core.files.storage import storages

from reader_study.cohorts.models import QuarantinedPart, Upload
from reader_study.cohorts.refusals import NoRoomError
from reader_study.jobs.full_disks import is_full_disk

COPY_BYTES = 2**20


def store_part(upload_id: uuid.UUID, content: BinaryIO) -> str:
    """Store a part so that it outlives a power cut; returns the name it was stored under."""
    quarantine = storages["quarantine"]
    try:
        stored_name = quarantine.save(f"{upload_id}/{uuid.uuid4().hex}", File(content))
    except OSError as error:
        if not is_full_disk(error):
            raise
        raise NoRoomError(
            "The server's disk is full: what has arrived is kept; ask the operator for space, "
            "then go on."
        ) from error
    return stored_name


def delete_parts(stored_names: Collection[str]) -> None:
    """Delete parts by name; one that is gone already is no matter."""
    for name in stored_names:
        storages["quarantine"].delete(name)


def delete_folder(upload_id: str) -> None:
    """Delete everything that lies in an upload's folder, whether a row knows it or not."""
    quarantine = storages["quarantine"]
    try:
        _, names = quarantine.listdir(upload_id)
    except FileNotFoundError:
        return
    delete_parts([f"{upload_id}/{name}" for name in names])
    try:
        quarantine.delete(upload_id)
    except OSError:
        return  # a part arrived meanwhile: the reaper looks again


def folders() -> list[str]:
    """Return the uploads' folders."""
    try:
        found, _ = storages["quarantine"].listdir("")
    except FileNotFoundError:
        return []
    return found


def copy_out_of_quarantine(upload: Upload, folder: Path) -> dict[Path, str]:
    """Return where an upload's raw files lie whole, and the name each was sent under.

    What came in one piece and lies on this machine is read where it is; only the rest is put
    together in ``folder``.
    """
    found = {}
    for file in upload.files.prefetch_related("parts"):
        parts = list(file.parts.all())
        path = _in_place(parts)
        if path is None:
            path = folder / file.id.hex
            _put_together(parts, path)
        found[path] = file.sent_name
    return found


def _in_place(parts: Sequence[QuarantinedPart]) -> Path | None:
    if len(parts) != 1:
        return None
    try:
        return Path(storages["quarantine"].path(parts[0].stored_name))
    except NotImplementedError:
        return None  # the storage is on another machine


def _put_together(parts: Sequence[QuarantinedPart], whole: Path) -> None:
    with whole.open("wb") as target:
        for part in parts:
            with storages["quarantine"].open(part.stored_name) as source:
                shutil.copyfileobj(source, target, COPY_BYTES)


def stored_names_of(file_ids: Collection[uuid.UUID]) -> list[str]:
    """Return the names of all parts of some files."""
    parts = QuarantinedPart.objects.filter(file_id__in=file_ids)
    return list(parts.values_list("stored_name", flat=True))
