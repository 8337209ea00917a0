"""The reproduction bundle: the numbers, what they were computed from, and scripts that check."""

import hashlib
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reader_study.analysis.exports.columns import column_dictionary_csv
from reader_study.analysis.exports.ratings_csv import ratings_csv
from reader_study.analysis.exports.report_json import check_same_snapshot
from reader_study.analysis.exports.signature_rows import (
    NOT_SIGNED,
    signature_sentence,
    signatures_of,
)
from reader_study.analysis.snapshot import SnapshotDocument, printed_audit_head
from reader_study.signatures.printed import PrintedSignature
from reader_study.studies.canonical_json import canonical_json

SCRIPTS = Path(__file__).with_name("bundle_files")
SCRIPT_NAMES = (
    "agreement.py",
    "coefficients.R",
    "coefficients.py",
    "further.R",
    "further.py",
    "habits.py",
    "parts.R",
    "parts.py",
    "reproduce.R",
    "reproduce.py",
    "resampling.R",
    "resampling.py",
    "study.R",
    "study.py",
)

_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can hold: the same bytes at any time


def reproduction_bundle(
    snapshot: SnapshotDocument, report: dict[str, Any], signatures: Sequence[PrintedSignature] = ()
) -> bytes:
    """Return a zip with ratings, protocol, report, and scripts that recompute the report.

    ``SHA256SUMS`` covers every other file, and the digest of ``protocol.json`` is the protocol's
    hash. Nothing in it names a person, not even a signature, so that it can be published
    beside a paper. Files are stored uncompressed: compressors differ between machines, and the
    same snapshot is to give the same bytes.

    Raises
    ------
    ValueError
        If the report is of another snapshot.
    """
    check_same_snapshot(snapshot, report)
    files = {
        "README.md": _read_me(snapshot, report, signatures).encode(),
        "columns.csv": column_dictionary_csv(snapshot).encode(),
        "protocol.json": canonical_json(snapshot["protocol"]),
        "ratings.csv": ratings_csv(snapshot).encode(),
        **_repeats(snapshot),
        "report.json": canonical_json(report),
        **{name: (SCRIPTS / name).read_bytes() for name in SCRIPT_NAMES},
    }
    sums = [f"{hashlib.sha256(body).hexdigest()}  {name}" for name, body in files.items()]
    files["SHA256SUMS"] = "\n".join([*sums, ""]).encode()
    folder = f"reproduction-{snapshot['snapshot_sha256'][:12]}"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as zipped:
        for name, body in files.items():
            entry = zipfile.ZipInfo(f"{folder}/{name}", _TIME)
            entry.external_attr = 0o644 << 16
            entry.create_system = 3  # Unix, whatever system writes it
            zipped.writestr(entry, body)
    return archive.getvalue()


def _repeats(snapshot: SnapshotDocument) -> dict[str, bytes]:
    repeats = snapshot.get("repeats")
    return {"repeats.csv": ratings_csv(snapshot, repeats).encode()} if repeats else {}


def _read_me(
    snapshot: SnapshotDocument, report: dict[str, Any], signatures: Sequence[PrintedSignature]
) -> str:
    text = (SCRIPTS / "README.md").read_text(encoding="utf-8")
    for mark, value in {
        "STUDY_NAME": snapshot["study"]["name"],
        "DATA_NOTICE": snapshot["study"]["data_notice"],
        "SNAPSHOT_SHA256": snapshot["snapshot_sha256"],
        "PROTOCOL_SHA256": snapshot["protocol_sha256"],
        "LOCKED_AT": snapshot["locked_at"],
        "AUDIT_HEAD": printed_audit_head(snapshot.get("audit_head")) or "none",
        "SENTENCE": report["sentence"],
        "SIGNATURES": "\n".join(
            f"- {signature_sentence(one, name='signed')}"
            for one in signatures_of(snapshot, signatures)
        )
        or NOT_SIGNED,
    }.items():
        text = text.replace(f"@{mark}@", value)
    return text
