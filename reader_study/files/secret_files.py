"""Secrets that an installation makes for itself: files that their owner alone may read."""

import os
import secrets
from pathlib import Path


def write_secret_once(file: Path, secret: bytes) -> None:
    """Store a secret unless there is one; of two that come at once, the first to link it wins."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    mine = _written_beside(file, secret)
    try:
        os.link(mine, file)
    except FileExistsError:
        pass
    finally:
        mine.unlink()


def replace_secret(file: Path, secret: bytes) -> None:
    """Store a secret in place of the one that is there, wholly or not at all."""
    _written_beside(file, secret).replace(file)


def _written_beside(file: Path, secret: bytes) -> Path:
    mine = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as target:
        target.write(secret)
        target.flush()
        os.fsync(target.fileno())
    return mine
