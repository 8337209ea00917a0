"""Make a backup of a running installation."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from reader_study.audit.models import Event
from reader_study.audit.services import record
from reader_study.coordination.backup.contents import (
    CHUNK_BYTES,
    FILES,
    MANIFEST,
    BackupError,
    KeptFile,
    Manifest,
    sha256_of,
)
from reader_study.coordination.backup.databases import dump_database
from reader_study.files.durable_storage import STAGING

KEPT_FOLDERS = ("media", "quarantine", "models")
"""Folders of the data folder that rows point to; keys, messages and pages are not among them."""


def make_backup(folder: Path, say: Callable[[str], None]) -> Manifest:
    """Write database and files into a new folder, which appears when it is whole.

    The database comes first: a file is stored before its row is, so every row finds its file, even
    while people work.

    Raises
    ------
    BackupError
        If the folder exists, or the database's own tool fails.
    """
    if folder.exists():
        raise BackupError(f"{folder} exists already: name a new folder.")
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True, mode=0o700)
    try:
        manifest = _written(partial, say)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    partial.rename(folder)
    digest = sha256_of(folder / MANIFEST)
    record(action="backup-made", actor=None, manifest_sha256=digest, files=len(manifest.files))
    return manifest


def _written(folder: Path, say: Callable[[str], None]) -> Manifest:
    made_at = timezone.now()
    say("Copying the database …")
    dump, rows, migrations = dump_database(folder)
    files: list[KeptFile] = []
    for path in _stored_files():
        name = path.relative_to(settings.VAR).as_posix()
        kept = _copied(path, folder / FILES / name, name)
        if kept is None:
            continue
        files.append(kept)
        if len(files) % 1000 == 0:
            say(f"{len(files)} files, {sum(file.bytes for file in files) / 1e9:.1f} GB …")
    manifest = Manifest(
        made_at=made_at.isoformat(timespec="seconds"),
        vendor="sqlite" if dump.suffix == ".sqlite3" else "postgresql",
        database=KeptFile(name=dump.name, sha256=sha256_of(dump), bytes=dump.stat().st_size),
        migrations=migrations,
        rows=rows,
        audit_keys=tuple(sorted(set(Event.objects.values_list("key_id", flat=True)))),
        files=tuple(files),
    )
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=1))
    return manifest


def _stored_files() -> Iterator[Path]:
    for name in KEPT_FOLDERS:
        for parent, folders, files in os.walk(settings.VAR / name):
            folders[:] = sorted(set(folders) - {STAGING})  # what is being written is no file yet
            yield from (Path(parent) / file for file in sorted(files))


def _copied(source: Path, target: Path, name: str) -> KeptFile | None:
    """Copy one file; None where it was taken away meanwhile, as raw uploads are once read in."""
    digest, length = hashlib.sha256(), 0
    try:
        reading = source.open("rb")
    except FileNotFoundError:
        return None
    target.parent.mkdir(parents=True, exist_ok=True)
    with reading, target.open("wb") as writing:
        while chunk := reading.read(CHUNK_BYTES):
            digest.update(chunk)
            writing.write(chunk)
            length += len(chunk)
        writing.flush()
        os.fsync(writing.fileno())
    return KeptFile(name=name, sha256=digest.hexdigest(), bytes=length)
