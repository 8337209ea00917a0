"""The keys of the audit trail: outside the database, so that its owner cannot chain anew."""

import secrets
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from reader_study.audit.chain import key_id_of
from reader_study.files.secret_files import replace_secret, write_secret_once


def key_file() -> Path:
    """Return where the embedded installation keeps its keys: one a line, the last in use."""
    return Path(settings.VAR) / "keys" / "audit"


def current_key() -> bytes:
    """Return the key under which new events are chained."""
    return _keys()[-1]


def keys_by_id() -> dict[str, bytes]:
    """Return every key that events may stand under."""
    return {key_id_of(key): key for key in _keys()}


def rotate_key_file() -> str:
    """Put a new key into use and keep the former ones; returns the new one's id.

    Raises
    ------
    ValueError
        The key comes from the environment, where this program changes nothing.
    """
    if settings.AUDIT_KEY:
        raise ValueError(
            "The audit key comes from READER_STUDY_AUDIT_KEY: add its value to "
            "READER_STUDY_AUDIT_RETIRED_KEYS, set a new one and start every process anew."
        )
    key = _new_key()
    replace_secret(key_file(), b"\n".join([*_keys(), key, b""]))
    return key_id_of(key)


def _new_key() -> bytes:
    return secrets.token_urlsafe(32).encode()


def _keys() -> tuple[bytes, ...]:
    if settings.AUDIT_KEY:
        return tuple(key.encode() for key in (*settings.AUDIT_RETIRED_KEYS, settings.AUDIT_KEY))
    file = key_file()
    if not file.exists():
        write_secret_once(file, _new_key() + b"\n")
    return _keys_in(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _keys_in(file: Path, _written_at: int) -> tuple[bytes, ...]:
    return tuple(file.read_bytes().split())
