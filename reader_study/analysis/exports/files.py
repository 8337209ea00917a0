"""Which files a locked study can be downloaded as."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reader_study.analysis.exports.bundle import reproduction_bundle
from reader_study.analysis.exports.columns import column_dictionary_csv
from reader_study.analysis.exports.imrmc import imrmc
from reader_study.analysis.exports.paper import report_pdf
from reader_study.analysis.exports.ratings_csv import ratings_csv
from reader_study.analysis.exports.redcap import redcap_dictionary_csv
from reader_study.analysis.exports.report_json import report_json
from reader_study.analysis.exports.workbook import workbook
from reader_study.analysis.snapshot import SnapshotDocument

Json = dict[str, Any]

_CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True)
class ExportFile:
    """A kind of file: its media type, and how a snapshot and its report become one."""

    content_type: str
    body: Callable[[SnapshotDocument, Json], str | bytes]


EXPORT_FILES = {
    "csv": ExportFile(_CSV, lambda snapshot, _: ratings_csv(snapshot)),
    "dictionary.csv": ExportFile(_CSV, lambda snapshot, _: column_dictionary_csv(snapshot)),
    "redcap.csv": ExportFile(_CSV, lambda snapshot, _: redcap_dictionary_csv(snapshot)),
    "imrmc": ExportFile("text/plain; charset=utf-8", lambda snapshot, _: imrmc(snapshot)),
    "json": ExportFile("application/json", report_json),
    "xlsx": ExportFile(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", workbook
    ),
    "pdf": ExportFile("application/pdf", report_pdf),
    "zip": ExportFile("application/zip", reproduction_bundle),
}
"""Every export by the end of its file name."""
