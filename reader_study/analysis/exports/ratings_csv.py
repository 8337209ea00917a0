"""The ratings as a tidy table for any statistics program."""

import csv
import io
from collections.abc import Sequence

from reader_study.analysis.exports.columns import rating_rows, ratings_columns
from reader_study.analysis.exports.spreadsheet_text import formula_safe
from reader_study.analysis.snapshot import SnapshotDocument, SnapshotRating


def ratings_csv(snapshot: SnapshotDocument, ratings: Sequence[SnapshotRating] | None = None) -> str:
    """Return the ratings as tidy CSV: one row per case and rater.

    RFC 4180 with a header, CRLF, every field in quotes. Text cells are made safe for spreadsheets
    as by :func:`formula_safe`; the exact text is in the JSON export. Rows are ordered by case,
    then as the snapshot orders its raters.
    ``ratings`` are those that count unless others are given.
    """
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(ratings_columns(snapshot))
    for row in rating_rows(snapshot, ratings):
        writer.writerow(
            [formula_safe(cell) if isinstance(cell, str) else cell for cell in row.values()]
        )
    return text.getvalue()
