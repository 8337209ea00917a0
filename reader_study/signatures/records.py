"""What can be signed: a record's canonical JSON, and who can write it out again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reader_study.signatures.models import Signature, SignedKind
from reader_study.studies.canonical_json import canonical_sha256

Json = dict[str, Any]


@dataclass(frozen=True)
class SignedRecord:
    """What is signed, as it stands now.

    Attributes
    ----------
    kind
        What the signature stands under.
    record_id
        Names the record within its study.
    document
        JSON of everything that the signer vouches for.
    covers
        Identifiers of the rows that it was written from, needed to write it again.
    """

    kind: SignedKind
    record_id: str
    document: Json
    covers: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        """The hash that the signature is bound to."""
        return canonical_sha256(self.document)


WriteAgain = Callable[[Signature], Json | None]
"""Returns the document of what was signed as it stands now; None where rows are gone."""

_writers: dict[SignedKind, WriteAgain] = {}


def written_again_by(kind: SignedKind, write: WriteAgain) -> None:
    """Say who writes the records of a kind out again; call it in the ``ready`` of the app."""
    _writers[kind] = write


def sha256_now(signature: Signature) -> str | None:
    """Return the hash of what was signed as it stands now; None where it cannot be written."""
    document = _writers[SignedKind(signature.kind)](signature)
    return None if document is None else canonical_sha256(document)


def still_holds(signature: Signature) -> bool:
    """Whether what was signed still stands there, unchanged."""
    return signature.voided_at is None and sha256_now(signature) == signature.record_sha256
