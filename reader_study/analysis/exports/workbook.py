"""The ratings and the report as an Excel workbook in which nothing is a formula."""

import io
from datetime import datetime
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from reader_study.analysis.exports.columns import (
    RATINGS_COLUMNS,
    Cell,
    column_rows,
    rating_rows,
)
from reader_study.analysis.exports.report_json import check_same_snapshot
from reader_study.analysis.exports.report_rows import (
    coefficient_rows,
    rate_rows,
    sensitivity_rows,
)
from reader_study.analysis.snapshot import SnapshotDocument

Json = dict[str, Any]

_ONLY_WHAT_IS_WRITTEN = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def workbook(snapshot: SnapshotDocument, report: Json) -> bytes:
    """Return an .xlsx file: read me, ratings, table, rates, agreement, column dictionary.

    Every text is written as text and keeps its exact characters: a cell type, unlike a CSV file's
    lone quotes, leaves a spreadsheet nothing to guess. The same snapshot gives the same bytes.

    Raises
    ------
    ValueError
        If the report is of another snapshot.
    """
    check_same_snapshot(snapshot, report)
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, _ONLY_WHAT_IS_WRITTEN) as book:
        book.set_properties(
            {
                "title": snapshot["study"]["name"],
                "comments": f"Snapshot SHA-256 {snapshot['snapshot_sha256']}",
                "created": datetime.fromisoformat(snapshot["locked_at"]).replace(tzinfo=None),
            }
        )
        _Sheets(book).write(snapshot, report)
    return file.getvalue()


class _Sheets:
    """Writes the sheets with one set of formats."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._title = book.add_format({"bold": True, "font_size": 16})
        self._label = book.add_format({"bold": True, "valign": "top"})
        self._wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self._head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self._share = book.add_format({"num_format": "0.0%"})
        self._coefficient = book.add_format({"num_format": "0.000"})

    def write(self, snapshot: SnapshotDocument, report: Json) -> None:
        self._read_me(snapshot, report)
        ratings = rating_rows(snapshot)
        self._table("Ratings", RATINGS_COLUMNS, [list(row.values()) for row in ratings])
        self._contingency(report)
        self._rates(report)
        self._agreement(report)
        columns = column_rows(snapshot)
        self._table(
            "Column dictionary",
            dict.fromkeys(columns[0], ""),
            [list(row.values()) for row in columns],
        )

    def _read_me(self, snapshot: SnapshotDocument, report: Json) -> None:
        sheet = self._book.add_worksheet("Read me")
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 20)
        sheet.set_column(1, 1, 100)
        sheet.write_string(0, 0, snapshot["study"]["name"], self._title)
        facts = [
            ("Data notice", snapshot["study"]["data_notice"] or "none"),
            ("Snapshot SHA-256", snapshot["snapshot_sha256"]),
            ("Protocol SHA-256", snapshot["protocol_sha256"]),
            ("Locked", snapshot["locked_at"]),
            ("Result", report["sentence"]),
            *(("Warning", text) for text in report["warnings"]),
            *(("Footnote", text) for text in report["footnotes"]),
            (
                "Sheets",
                "Ratings: one row per case and rater. Contingency table: cases graded by both. "
                "Rates: high quality per rater. Agreement: coefficients with intervals. Column "
                "dictionary: what the columns of Ratings mean.",
            ),
        ]
        for row, (label, text) in enumerate(facts, start=2):
            sheet.write_string(row, 0, label, self._label)
            sheet.write_string(row, 1, text, self._wrapped)

    def _contingency(self, report: Json) -> None:
        sheet = self._sheet("Contingency table")
        first, second = report["raters"]
        names = [f"{level['value']} {level['name']}" for level in report["levels"]]
        self._row(sheet, 0, [f"rows {first}, columns {second}", *names, "Total"], self._head)
        table = report["table"]
        for row, (name, counts) in enumerate(zip(names, table, strict=True), start=1):
            self._row(sheet, row, [name, *counts, sum(counts)])
        totals = [sum(column) for column in zip(*table, strict=True)]
        self._row(sheet, len(names) + 1, ["Total", *totals, report["n_paired"]])
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, len(names) + 1, 14)

    def _rates(self, report: Json) -> None:
        head = [
            *("group", "rater", "high", "n", "rate", "wilson_low", "wilson_high"),
            *("clopper_pearson_low", "clopper_pearson_high", "unscorable"),
        ]
        rows: list[list[Cell]] = []
        for row in (*rate_rows(report), *sensitivity_rows(report)):
            rate = row.rate
            wilson = rate["wilson"] or [None, None]
            exact = rate["clopper_pearson"] or [None, None]
            counts = [row.group, rate["rater"], rate["high"], rate["n"], rate["rate"]]
            rows.append([*counts, *wilson, *exact, rate["unscorable"]])
        sheet = self._table("Rates", dict.fromkeys(head, ""), rows)
        sheet.set_column(4, 8, 14, self._share)

    def _agreement(self, report: Json) -> None:
        head = ["coefficient", "primary", "estimate", "ci_low", "ci_high", "standard_error"]
        rows: list[list[Cell]] = []
        for row in coefficient_rows(report):
            low, high = row.coefficient["ci"] or (None, None)
            estimate, error = row.coefficient["estimate"], row.coefficient["se"]
            rows.append([row.name, int(row.primary), estimate, low, high, error])
        share = report["percent_agreement"]
        rows.append(["Same grade by both raters (share)", 0, share, None, None, None])
        sheet = self._table("Agreement", dict.fromkeys(head, ""), rows)
        sheet.set_column(0, 0, 44)
        sheet.set_column(2, 5, 14, self._coefficient)

    def _table(self, name: str, head: dict[str, str], rows: list[list[Cell]]) -> Worksheet:
        """Write a sheet with a fixed head, its columns as wide as what they hold."""
        sheet = self._sheet(name)
        self._row(sheet, 0, list(head), self._head)
        for number, row in enumerate(rows, start=1):
            self._row(sheet, number, row)
        for column, title in enumerate(head):
            longest = max((len(str(row[column] or "")) for row in rows), default=0)
            sheet.set_column(column, column, min(max(longest, len(title)) + 2, 60))
        return sheet

    def _sheet(self, name: str) -> Worksheet:
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        return sheet

    @staticmethod
    def _row(
        sheet: Worksheet, row: int, cells: list[Cell], cell_format: Format | None = None
    ) -> None:
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                sheet.write_string(row, column, cell, cell_format)
            elif cell is not None:
                sheet.write_number(row, column, cell, cell_format)
