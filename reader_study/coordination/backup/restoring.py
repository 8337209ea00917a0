"""Bring an installation back from a backup, and prove that it is the same."""

import shutil
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from reader_study.audit.guards import guards_are_in_place
from reader_study.audit.keys import keys_by_id
from reader_study.audit.services import record
from reader_study.audit.verification import chains, check_chain
from reader_study.coordination.backup.contents import (
    FILES,
    MANIFEST,
    BackupError,
    KeptFile,
    Manifest,
    check_backup,
    sha256_of,
)
from reader_study.coordination.backup.databases import is_empty, restore_database, rows_by_table
from reader_study.coordination.backup.making import KEPT_FOLDERS
from reader_study.coordination.deletion.again import apply_deletions


def restore_backup(
    folder: Path, say: Callable[[str], None], deletions: Path | None = None
) -> Manifest:
    """Put a backup into this empty installation.

    Patients who were deleted since are deleted again, by the list of ``deletions`` or the one in
    the data folder; in the database of an older release the reaper does so, once it is migrated.

    Everything is read and compared before anything is written; files come first, the database
    last and at once. What was interrupted is begun again with the same command.

    Raises
    ------
    BackupError
        If the backup is damaged, of another kind of database or of a newer release, or if this
        installation is in use; then nothing was written. Also if what was written is not the same.
    """
    say("Reading the backup …")
    manifest = check_backup(folder)
    _refuse_what_does_not_fit(manifest)
    say(f"Copying {len(manifest.files)} files …")
    for file in manifest.files:
        _bring_back(folder / FILES / file.name, file)
    say("Restoring the database …")
    restore_database(folder / manifest.database.name)
    _refuse_what_is_not_the_same(manifest)
    digest = sha256_of(folder / MANIFEST)
    record(action="backup-restored", actor=None, manifest_sha256=digest, made_at=manifest.made_at)
    if _known_migrations() <= set(manifest.migrations):
        again = apply_deletions(deletions)
        if again:
            say(f"{again} patients whose data were deleted since the backup are deleted again.")
    return manifest


def _known_migrations() -> set[str]:
    return {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}


def _refuse_what_does_not_fit(manifest: Manifest) -> None:
    if manifest.vendor != connection.vendor:
        raise BackupError(
            f"The backup is of {manifest.vendor}, this installation has {connection.vendor}: "
            "set DATABASE_URL to a database of the same kind."
        )
    newer = sorted(set(manifest.migrations) - _known_migrations())
    if newer:
        raise BackupError(
            f"The backup is of a newer release (it has {newer[0]}): restore it with that release."
        )
    if not is_empty():
        raise BackupError(
            "This installation is in use: restore into an empty database and data folder."
        )
    missing_keys = sorted(set(manifest.audit_keys) - keys_by_id().keys())
    if missing_keys:
        raise BackupError(
            f"The audit trail stands under the key {missing_keys[0]}, which is not here: put the "
            "keys back first (READER_STUDY_AUDIT_KEY, or keys/audit in the data folder)."
        )
    for file in manifest.files:
        _place_of(file)


def _place_of(file: KeptFile) -> Path:
    """Return where the file belongs, which no name may lead out of.

    Raises
    ------
    BackupError
        If the name leads elsewhere, or another file lies there.
    """
    name = PurePosixPath(file.name)
    if name.is_absolute() or ".." in name.parts or name.parts[0] not in KEPT_FOLDERS:
        raise BackupError(f"The backup names the file {file.name!r}, which is none of ours.")
    place: Path = settings.VAR / name
    if place.exists() and (not place.is_file() or sha256_of(place) != file.sha256):
        raise BackupError(f"{place} exists and is another file: restore into an empty data folder.")
    return place


def _bring_back(source: Path, file: KeptFile) -> None:
    place = _place_of(file)
    if place.exists():
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    arriving = place.with_name(f"{place.name}.restoring")
    shutil.copyfile(source, arriving)
    if sha256_of(arriving) != file.sha256:
        raise BackupError(f"{place} did not arrive as it was read: check the disk.")
    arriving.replace(place)


def _refuse_what_is_not_the_same(manifest: Manifest) -> None:
    rows = rows_by_table()
    different = [table for table, count in manifest.rows.items() if rows.get(table) != count]
    if different:
        raise BackupError(f"The restored database differs in {', '.join(different)}.")
    broken = [chain for chain in chains() if check_chain(chain).fault]
    if broken:
        raise BackupError(
            f"The audit trail of the restored database is broken ({broken[0]}): run `verify_audit`."
        )
    # Of an older release's database, `migrate` comes next, which installs this release's guards.
    up_to_date = _known_migrations() <= set(manifest.migrations)
    unguarded = guards_are_in_place(databases=["default"])
    if unguarded and up_to_date:
        raise BackupError(f"The restored database is not guarded: {unguarded[0].msg}")
