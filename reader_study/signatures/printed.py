"""A signature as snapshots, files and pages show it."""

from typing import TypedDict

from reader_study.audit.chain import written_time
from reader_study.signatures.models import Signature, SignedKind


class PrintedSignature(TypedDict):
    """A signature as it is shown: under what, who, as what, what it states, when, and the hash."""

    id: str
    under: str
    printed_name: str
    role: str
    meaning: str
    signed_at: str
    record_sha256: str
    reauthenticated_by: str


def printed(signature: Signature, under: str = "") -> PrintedSignature:
    """Return a signature as snapshots, files and pages show it."""
    return {
        "id": str(signature.id),
        "under": under or SignedKind(signature.kind).label,
        "printed_name": signature.printed_name,
        "role": signature.get_role_display(),
        "meaning": signature.meaning,
        "signed_at": written_time(signature.signed_at),
        "record_sha256": signature.record_sha256,
        "reauthenticated_by": signature.get_reauthenticated_by_display(),
    }
