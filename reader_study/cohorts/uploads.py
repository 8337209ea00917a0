"""Take files in: they go to quarantine, a row says so, and a worker is woken."""

import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from django.core.files.base import File
from django.core.files.storage import storages
from django.db import transaction

from reader_study.accounts.models import User
from reader_study.audit.services import record
from reader_study.cohorts.models import QuarantinedFile, QuarantinedPart, Upload
from reader_study.jobs.services import send_on_commit
from reader_study.studies.models import Site

LONGEST_NAME = 500


def _display_name(names: Sequence[str]) -> str:
    first = PurePosixPath(names[0])
    if len(names) == 1:
        return first.name[:255]
    folders = {PurePosixPath(name).parts[0] for name in names}
    label = folders.pop() if len(folders) == 1 else "files"
    return f"{label} ({len(names)} files)"[:255]


@transaction.atomic
def receive_upload(
    *, site: Site, files: "Sequence[tuple[str, File[bytes]]]", uploaded_by: User
) -> Upload:
    """Store sent files (name, content) in quarantine under names of our own; queue the ingest."""
    quarantine = storages["quarantine"]
    upload = Upload.objects.create(
        study=site.study,
        site=site,
        uploaded_by=uploaded_by,
        filename=_display_name([name for name, _ in files]),
        size_bytes=sum(content.size for _, content in files),
    )
    for name, content in files:
        file = QuarantinedFile.objects.create(
            upload=upload,
            sent_name=name[-LONGEST_NAME:],
            size_bytes=content.size,
            received_bytes=content.size,
        )
        QuarantinedPart.objects.create(
            file=file,
            offset=0,
            size_bytes=content.size,
            stored_name=quarantine.save(f"{upload.id}/{uuid.uuid4().hex}", content),
        )
    record(
        action="upload received",
        actor=uploaded_by,
        study_id=site.study_id,
        subject=str(upload.id),
        files=len(files),
        bytes=upload.size_bytes,
    )
    send_on_commit(upload)
    return upload


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
                shutil.copyfileobj(source, target, 2**20)


def destroy_quarantined(upload: Upload) -> None:
    """Delete an upload's raw files: what the study needs of them is stored elsewhere."""
    quarantine = storages["quarantine"]
    for part in QuarantinedPart.objects.filter(file__upload=upload):
        quarantine.delete(part.stored_name)
    files = upload.files.count()
    upload.files.all().delete()
    record(
        action="raw upload destroyed",
        actor=None,
        study_id=upload.study_id,
        subject=str(upload.id),
        files=files,
    )
