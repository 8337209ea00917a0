"""The signatures under a study as files show them."""

import csv
import io
from collections.abc import Sequence

from reader_study.analysis.exports.spreadsheet_text import formula_safe
from reader_study.analysis.snapshot import SnapshotDocument, printed_audit_head
from reader_study.signatures.printed import PrintedSignature

NOT_SIGNED = "Not signed"

SIGNATURE_COLUMNS = {
    "under": "what is signed",
    "printed_name": "name of the signer as it was",
    "role": "what the signer was in the study",
    "meaning": "what the signature states",
    "signed_at": "time of the signature, UTC",
    "record_sha256": "SHA-256 of the record that the signature is bound to",
    "reauthenticated_by": "how the signer proved who they are, within the request that signed",
}


def signatures_of(
    snapshot: SnapshotDocument, given: Sequence[PrintedSignature] = ()
) -> list[PrintedSignature]:
    """Return the raters' signatures, which the snapshot holds, then those given since."""
    return [*snapshot.get("signatures", []), *given]


def signature_cells(signature: PrintedSignature) -> list[str]:
    """Return a signature as texts, in the order of :data:`SIGNATURE_COLUMNS`."""
    return [str(signature[column]) for column in SIGNATURE_COLUMNS]  # type: ignore[literal-required]


def signatures_csv(snapshot: SnapshotDocument, given: Sequence[PrintedSignature] = ()) -> str:
    """Return the signatures as CSV, to lie beside files that have no room for them."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(["snapshot_sha256", "audit_head", "study", *SIGNATURE_COLUMNS])
    of_all = [
        snapshot["snapshot_sha256"],
        printed_audit_head(snapshot.get("audit_head")),
        formula_safe(snapshot["study"]["name"]),
    ]
    unsigned = [[NOT_SIGNED, *[""] * (len(SIGNATURE_COLUMNS) - 1)]]
    rows = [signature_cells(one) for one in signatures_of(snapshot, given)] or unsigned
    writer.writerows([*of_all, *map(formula_safe, row)] for row in rows)
    return text.getvalue()


def signature_sentence(signature: PrintedSignature, name: str | None = None) -> str:
    """Return a signature in one line; under another name where that one is not to be told."""
    return (
        f"{signature['under']}: {name or signature['printed_name']} ({signature['role']}), "
        f"{signature['signed_at'][:19].replace('T', ' ')} UTC, “{signature['meaning']}” "
        f"SHA-256 {signature['record_sha256']}"
    )
