"""The ratings and the report as an Excel workbook in which nothing is a formula."""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from reader_study.analysis.exports.columns import (
    Cell,
    column_rows,
    rating_rows,
    ratings_columns,
)
from reader_study.analysis.exports.part_rows import (
    checklist_rows,
    course_rows,
    disagreement_rows,
    habit_rows,
    item_agreement_rows,
    item_rate_rows,
    unscorable_rows,
)
from reader_study.analysis.exports.report_json import check_same_snapshot
from reader_study.analysis.exports.report_rows import (
    coefficient_rows,
    pairs_of,
    rate_rows,
    same_grade_name,
    sensitivity_rows,
)
from reader_study.analysis.exports.signature_rows import (
    NOT_SIGNED,
    SIGNATURE_COLUMNS,
    signature_cells,
    signature_sentence,
    signatures_of,
)
from reader_study.analysis.snapshot import SnapshotDocument, printed_audit_head
from reader_study.signatures.printed import PrintedSignature

Json = dict[str, Any]

_ONLY_WHAT_IS_WRITTEN = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def workbook(
    snapshot: SnapshotDocument, report: Json, signatures: Sequence[PrintedSignature] = ()
) -> bytes:
    """Return an .xlsx file: read me, ratings, table, rates, agreement, dictionary, signatures.

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
        _Sheets(book).write(snapshot, report, signatures_of(snapshot, signatures))
    return file.getvalue()


def _values(rows: list[dict[str, Cell]]) -> list[list[Cell]]:
    return [list(row.values()) for row in rows]


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

    def write(
        self, snapshot: SnapshotDocument, report: Json, signatures: list[PrintedSignature]
    ) -> None:
        self._read_me(snapshot, report, signatures)
        head = ratings_columns(snapshot)
        self._table("Ratings", head, _values(rating_rows(snapshot)))
        self._contingency(report)
        self._rates(report)
        self._agreement(report)
        if len(report["raters"]) > 2:
            self._pairs(report)
        repeats = snapshot.get("repeats", [])
        if repeats:
            self._intra_rater(report)
            self._table("Hidden repeats", head, _values(rating_rows(snapshot, repeats)))
        self._parts(report)
        columns = column_rows(snapshot)
        self._table(
            "Column dictionary",
            dict.fromkeys(columns[0], ""),
            [list(row.values()) for row in columns],
        )
        if signatures:
            rows: list[list[Cell]] = [[*signature_cells(one)] for one in signatures]
            self._table("Signatures", SIGNATURE_COLUMNS, rows)

    def _parts(self, report: Json) -> None:
        """Write a sheet for each part beside the grade that this report has."""
        items = {"Territories": "territories", "Questions": "questions"}
        parts = {
            name: rows
            for sheet, key in items.items()
            for name, rows in (
                (sheet, item_rate_rows(report.get(key, []))),
                (f"{sheet}, agreement", item_agreement_rows(report.get(key, []))),
            )
        }
        parts["Raters compared"] = habit_rows(report)
        parts["Differing cases"] = disagreement_rows(report)
        parts["Unscorable"] = unscorable_rows(report)
        parts["Time and drift"] = course_rows(report)
        parts["GRRAS checklist"] = checklist_rows(report)
        for name, rows in parts.items():
            if rows:
                self._table(name, dict.fromkeys(rows[0], ""), _values(rows))

    def _read_me(
        self, snapshot: SnapshotDocument, report: Json, signatures: list[PrintedSignature]
    ) -> None:
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
            ("Audit trail at lock", printed_audit_head(snapshot.get("audit_head")) or "none"),
            *(("Signature", signature_sentence(one)) for one in signatures),
            *([] if signatures else [("Signatures", NOT_SIGNED)]),
            ("Result", report["sentence"]),
            *(("Warning", text) for text in report["warnings"]),
            *(("Footnote", text) for text in report["footnotes"]),
            (
                "Sheets",
                "Ratings: one row per case and rater. Contingency table: cases graded by both "
                "raters, each pair below the other. Rates: high quality per rater. Agreement: "
                "coefficients with intervals. Pairs: κ of each pair of raters. Intra-rater, Hidden "
                "repeats: cases read twice, apart from everything else. Territories, Questions: "
                "rates, then agreement. Raters compared: difference of the rates of high, and "
                "tests of whether two raters use the scale alike. Differing cases: grades of the "
                "cases on which raters differ. Unscorable: reasons. Time and drift: seconds per "
                "case, their Theil–Sen slope, τ of the grade with the order. GRRAS checklist: for "
                "the paper. Column dictionary: what the columns of Ratings mean.",
            ),
        ]
        for row, (label, text) in enumerate(facts, start=2):
            sheet.write_string(row, 0, label, self._label)
            sheet.write_string(row, 1, text, self._wrapped)

    def _contingency(self, report: Json) -> None:
        sheet = self._sheet("Contingency table")
        names = [f"{level['value']} {level['name']}" for level in report["levels"]]
        for number, pair in enumerate(pairs_of(report)):
            top = number * (len(names) + 3)
            first, second = pair["raters"]
            self._row(sheet, top, [f"rows {first}, columns {second}", *names, "Total"], self._head)
            table = pair["table"]
            for row, (name, counts) in enumerate(zip(names, table, strict=True), start=top + 1):
                self._row(sheet, row, [name, *counts, sum(counts)])
            totals = [sum(column) for column in zip(*table, strict=True)]
            self._row(sheet, top + len(names) + 1, ["Total", *totals, pair["n_paired"]])
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
        rows.append([f"{same_grade_name(report)} (share)", 0, share, None, None, None])
        sheet = self._table("Agreement", dict.fromkeys(head, ""), rows)
        sheet.set_column(0, 0, 44)
        sheet.set_column(2, 5, 14, self._coefficient)

    def _pairs(self, report: Json) -> None:
        head = [
            *("rater_1", "rater_2", "n", "kappa", "ci_low", "ci_high", "standard_error"),
            *("dichotomised_kappa", "ac1", "pabak", "same_grade_share"),
        ]
        rows: list[list[Cell]] = []
        for pair in report["pairs"]:
            kappa = pair["kappa"]
            low, high = kappa["ci"] or (None, None)
            found = [pair["n_paired"], kappa["estimate"], low, high, kappa["se"]]
            others = [pair[key]["estimate"] for key in ("dichotomised_kappa", "ac1", "pabak")]
            rows.append([*pair["raters"], *found, *others, pair["percent_agreement"]])
        sheet = self._table("Pairs", dict.fromkeys(head, ""), rows)
        sheet.set_column(3, 10, 14, self._coefficient)

    def _intra_rater(self, report: Json) -> None:
        head = ["rater", "repeated", "graded_twice", "kappa", "ci_low", "ci_high", "same_share"]
        rows: list[list[Cell]] = []
        for one in report["intra_rater"]:
            low, high = one["kappa"]["ci"] or (None, None)
            counts = [one["rater"], one["n_repeated"], one["n_paired"]]
            rows.append([*counts, one["kappa"]["estimate"], low, high, one["percent_agreement"]])
        sheet = self._table("Intra-rater", dict.fromkeys(head, ""), rows)
        sheet.set_column(3, 6, 14, self._coefficient)

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
