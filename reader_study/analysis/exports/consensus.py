"""The consensus as files of its own: it is another thing than the raters' agreement."""

import csv
import io
from collections.abc import Sequence

from reader_study.analysis.adjudication import ConsensusDocument
from reader_study.analysis.exports.signature_rows import NOT_SIGNED, signature_sentence
from reader_study.analysis.exports.spreadsheet_text import formula_safe
from reader_study.analysis.snapshot import printed_audit_head
from reader_study.signatures.printed import PrintedSignature
from reader_study.studies.canonical_json import canonical_json

CONSENSUS_COLUMNS = {
    "consensus_sha256": "SHA-256 of the consensus",
    "snapshot_sha256": "SHA-256 of the snapshot with the ratings that were adjudicated",
    "audit_head": "audit trail at the conclusion: number of the last event, beginning of its MAC",
    "study": "name of the study",
    "data_notice": "what the data are, where they are not patients' data",
    "signed": "signatures of the lock, the conclusion and whoever made this file",
    "case": "case code",
    "site": "site code",
    "how": "agreed, adjudicated, or not adjudicated (the raters differ, but not by the rule)",
    "consensus_grade": "grade on the protocol's scale; empty where unscorable or left to differ",
    "consensus_high": "1 at or above the cut-point, 0 below; empty where there is no one side",
    "unscorable": "1 where the consensus is that the case cannot be graded, else 0",
}
"""Columns of the consensus, in their order, with their meaning."""


def consensus_csv(consensus: ConsensusDocument, signatures: Sequence[PrintedSignature] = ()) -> str:
    """Return the consensus as CSV, one row per case, safe for spreadsheets.

    ``signed`` is in every row: who signed the conclusion and this file, when, under which hash.
    """
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(CONSENSUS_COLUMNS)
    of_all = [
        consensus["consensus_sha256"],
        consensus["snapshot_sha256"],
        printed_audit_head(consensus.get("audit_head")),
        formula_safe(consensus["study"]["name"]),
        formula_safe(consensus["study"]["data_notice"]),
        formula_safe(" | ".join(map(signature_sentence, signatures)) or NOT_SIGNED),
    ]
    for row in consensus["cases"]:
        writer.writerow(
            [
                *of_all,
                formula_safe(row["case"]),
                formula_safe(row["site"]),
                row["how"],
                row["grade"],
                None if row["high"] is None else int(row["high"]),
                int(row["unscorable"]),
            ]
        )
    return text.getvalue()


def consensus_json(
    consensus: ConsensusDocument, signatures: Sequence[PrintedSignature] = ()
) -> str:
    """Return the consensus as canonical JSON, and beside it the signatures given since."""
    given = {"given_signatures": list(signatures)} if signatures else {}
    return canonical_json({**consensus, **given}).decode()
