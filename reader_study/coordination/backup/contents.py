"""What a backup holds, and whether it still holds it."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

MANIFEST = "manifest.json"
FILES = "files"
CHUNK_BYTES = 2**20


class BackupError(Exception):
    """Why a backup cannot be made, trusted or restored, in one sentence."""


class KeptFile(BaseModel):
    """One file, by its path below the data folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    sha256: str
    bytes: int


class Manifest(BaseModel):
    """What was there when the backup was made.

    Attributes
    ----------
    made_at
        UTC, ISO 8601.
    vendor
        The database, which only the same kind can take back.
    database
        The dump, a file of the backup.
    migrations
        Every migration that the database had seen, as ``app.name``.
    rows
        Number of rows by table.
    audit_keys
        Identifiers of the keys, themselves not in the backup, under which the audit trail stands.
    files
        Every file of the data folder that belongs to the studies.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    made_at: str
    vendor: Literal["sqlite", "postgresql"]
    database: KeptFile
    migrations: tuple[str, ...]
    rows: dict[str, int]
    audit_keys: tuple[str, ...]
    files: tuple[KeptFile, ...]

    @property
    def bytes(self) -> int:
        """Size of everything."""
        return self.database.bytes + sum(file.bytes for file in self.files)


def sha256_of(path: Path) -> str:
    """Return the digest of a file's content."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """Return a backup's manifest.

    Raises
    ------
    BackupError
        If there is none, or none that this release understands.
    """
    path = folder / MANIFEST
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise BackupError(
            f"{folder} has no {MANIFEST}: it is no backup, or not a whole one."
        ) from None
    except (ValidationError, json.JSONDecodeError) as error:
        raise BackupError(f"{path} cannot be understood by this release: {error}") from error


def check_backup(folder: Path) -> Manifest:
    """Read every byte of a backup and return its manifest.

    Raises
    ------
    BackupError
        Naming the first files that are missing or changed.
    """
    manifest = read_manifest(folder)
    damaged = list(_damaged(folder, manifest))
    if damaged:
        shown = "; ".join(damaged[:5]) + (
            f"; and {len(damaged) - 5} more" if len(damaged) > 5 else ""
        )
        raise BackupError(f"The backup {folder} is damaged: {shown}. Take another one.")
    return manifest


def _damaged(folder: Path, manifest: Manifest) -> Iterator[str]:
    kept = [(folder / manifest.database.name, manifest.database)]
    kept += [(folder / FILES / file.name, file) for file in manifest.files]
    for path, file in kept:
        if not path.is_file():
            yield f"{file.name} is missing"
        elif path.stat().st_size != file.bytes or sha256_of(path) != file.sha256:
            yield f"{file.name} is not what was written"
