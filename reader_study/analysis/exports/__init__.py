"""What leaves the program for other programs and for paper, all of it from one snapshot.

Every file carries the snapshot's hash, so that it can be traced to the locked study it came from.
``docs/exports.md`` describes each file for the people who receive it.
"""

from reader_study.analysis.exports.files import EXPORT_FILES, ExportFile

__all__ = ["EXPORT_FILES", "ExportFile"]
