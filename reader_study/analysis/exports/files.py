"""Which files a locked study can be downloaded as."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from reader_study.analysis.exports.bundle import reproduction_bundle
from reader_study.analysis.exports.columns import column_dictionary_csv
from reader_study.analysis.exports.imrmc import imrmc
from reader_study.analysis.exports.paper import report_pdf
from reader_study.analysis.exports.ratings_csv import ratings_csv
from reader_study.analysis.exports.redcap import redcap_dictionary_csv
from reader_study.analysis.exports.report_json import report_json
from reader_study.analysis.exports.signature_rows import signatures_csv
from reader_study.analysis.exports.workbook import workbook
from reader_study.analysis.snapshot import SnapshotDocument
from reader_study.signatures.printed import PrintedSignature

Json = dict[str, Any]
Signatures = Sequence[PrintedSignature]

_CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True)
class ExportFile:
    """A kind of file: its media type, and how snapshot, report and signatures become one."""

    content_type: str
    make: Callable[[SnapshotDocument, Json, Signatures], str | bytes]

    def body(
        self, snapshot: SnapshotDocument, report: Json, signatures: Signatures = ()
    ) -> str | bytes:
        """Return the file; the same snapshot and signatures give the same bytes."""
        return self.make(snapshot, report, signatures)


EXPORT_FILES = {
    "csv": ExportFile(_CSV, lambda snapshot, *_: ratings_csv(snapshot)),
    "dictionary.csv": ExportFile(_CSV, lambda snapshot, *_: column_dictionary_csv(snapshot)),
    "signatures.csv": ExportFile(_CSV, lambda snapshot, _, given: signatures_csv(snapshot, given)),
    "redcap.csv": ExportFile(_CSV, lambda snapshot, *_: redcap_dictionary_csv(snapshot)),
    "imrmc": ExportFile("text/plain; charset=utf-8", lambda snapshot, *_: imrmc(snapshot)),
    "json": ExportFile("application/json", report_json),
    "xlsx": ExportFile(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", workbook
    ),
    "pdf": ExportFile("application/pdf", report_pdf),
    "zip": ExportFile("application/zip", reproduction_bundle),
}
"""Every export by the end of its file name."""
