"""The secrets behind pseudonyms: they are made from one that lies outside the database."""

import hashlib
import hmac
import secrets
from functools import cache
from pathlib import Path

from django.conf import settings

from reader_study.cohorts.models import Case
from reader_study.files.secret_files import write_secret_once
from reader_study.imaging.deidentification import Pseudonym
from reader_study.studies.models import Study

_KEY_BYTES = 32


def study_key(study: Study) -> bytes:
    """Return the secret of a study, from which its UIDs, dates and digests are made."""
    return _digest(_master_secret(), f"study key\0{study.id}")


def pseudonym(case: Case) -> Pseudonym:
    """Return what stands in for a patient's identifiers and dates in the files of a case."""
    return Pseudonym(study_key(case.study), case.code)


def keyed_digest(study: Study, identifier: str) -> str:
    """Return a digest by which equal identifiers meet, useless without the server's key."""
    return _digest(study_key(study), f"identifier\0{identifier}").hex()


def former_digest(study: Study, identifier: str) -> str:
    """Return the digest that earlier releases made of an identifier, still found in old rows."""
    key = f"{settings.SECRET_KEY}:{study.id}".encode()
    return _digest(key, identifier).hex()


def _digest(key: bytes, message: str) -> bytes:
    return hmac.new(key, message.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()


def _master_secret() -> bytes:
    if settings.PSEUDONYM_KEY:
        return str(settings.PSEUDONYM_KEY).encode()
    return _secret_in(settings.VAR / "keys" / "pseudonyms")


@cache
def _secret_in(file: Path) -> bytes:
    """Read the secret that the first who needed it made."""
    if not file.exists():
        write_secret_once(file, secrets.token_bytes(_KEY_BYTES))
    return file.read_bytes()
