"""The Excel workbook: complete, and without a single formula."""

import io

import openpyxl
import pytest

from reader_study.analysis.exports.columns import ratings_columns
from reader_study.analysis.exports.workbook import workbook
from reader_study.analysis.statistics import report_from_snapshot
from tests.analysis.snapshots import (
    constructed_a,
    constructed_b,
    four_raters,
    hostile,
    with_items,
    with_repeats,
)

HOSTILE_TEXTS = [
    "=cmd|' /C calc'!A0",
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "{=SUM(A1)}",
    "<script>alert(1)</script>",
    "https://example.org/x",
    "internal:Sheet1!A1",
    "12",
    "5 < 6 & 7",
]


def opened(snapshot):
    return openpyxl.load_workbook(io.BytesIO(workbook(snapshot, report_from_snapshot(snapshot))))


def cells(book):
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row]


def test_the_sheets_stand_in_reading_order_and_the_first_names_the_snapshot():
    snapshot = constructed_a()
    book = opened(snapshot)

    assert book.sheetnames == [
        "Read me",
        "Ratings",
        "Contingency table",
        "Rates",
        "Agreement",
        "Raters compared",
        "Differing cases",
        "Unscorable",
        "GRRAS checklist",
        "Column dictionary",
    ]
    texts = [cell.value for row in book["Read me"].iter_rows() for cell in row]
    assert snapshot["snapshot_sha256"] in texts
    assert snapshot["study"]["data_notice"] in texts
    assert any("98.9 %" in str(text) and "κ = 0.74" in str(text) for text in texts)


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_no_text_becomes_a_formula_a_link_or_a_number(text):
    book = opened(hostile(text))

    assert not [cell.coordinate for cell in cells(book) if cell.data_type == "f"]
    assert not [cell.coordinate for cell in cells(book) if cell.hyperlink]
    comment = book["Ratings"].cell(2, list(ratings_columns(hostile(text))).index("comment") + 1)
    assert (comment.value, comment.data_type) == (text, "s")


def test_the_ratings_are_numbers_where_they_are_numbers():
    ratings = opened(constructed_b())["Ratings"]
    rows = list(ratings.iter_rows(values_only=True))

    assert rows[0] == tuple(ratings_columns(constructed_b()))
    assert len(rows) == 1 + 580
    grade = rows[0].index("grade")
    assert {type(row[grade]) for row in rows[1:]} == {int, type(None)}


def test_table_rates_and_coefficients_are_those_of_the_report():
    snapshot = constructed_b()
    report = report_from_snapshot(snapshot)
    book = opened(snapshot)

    table = list(book["Contingency table"].iter_rows(values_only=True))
    assert [list(row[1:4]) for row in table[1:4]] == report["table"]
    assert table[-1][-1] == 285
    rates = list(book["Rates"].iter_rows(values_only=True))
    assert rates[1][:5] == ("All sites", "Rater 1", 282, 285, report["rates"][0]["rate"])
    assert [row[0] for row in rates[1:]].count("Unscorable as low") == 2
    primary = [row for row in book["Agreement"].iter_rows(values_only=True) if row[1] == 1]
    kappa = report["kappa"]
    assert primary == [
        ("Cohen’s κ, linearly weighted", 1, kappa["estimate"], *kappa["ci"], kappa["se"])
    ]


def test_the_raters_habits_and_the_further_coefficients_have_rows():
    snapshot = constructed_b()
    report = report_from_snapshot(snapshot)
    book = opened(snapshot)

    head, *rows = book["Raters compared"].iter_rows(values_only=True)
    by_test = {row[head.index("test")]: dict(zip(head, row, strict=True)) for row in rows}
    assert by_test["Bowker, of symmetry"]["p"] == report["bowker"]["p"]
    assert by_test["McNemar, exact"]["p"] == report["mcnemar"]["exact_p"]
    difference = by_test["McNemar, exact"]["difference_of_rates"]
    assert difference == pytest.approx(report["mcnemar"]["difference"])
    names = [row[0] for row in book["Agreement"].iter_rows(values_only=True)]
    assert {"Gwet’s AC2, linearly weighted", "Scott’s π, linearly weighted"} <= set(names)
    assert "Krippendorff’s α, interval" in names


def test_the_same_snapshot_gives_the_same_bytes():
    snapshot = constructed_a()
    report = report_from_snapshot(snapshot)

    assert workbook(snapshot, report) == workbook(snapshot, report)


def test_a_report_of_another_snapshot_is_refused():
    with pytest.raises(ValueError, match="another snapshot"):
        workbook(constructed_a(), report_from_snapshot(constructed_b()))


def test_four_raters_have_a_sheet_of_pairs_and_every_pairs_table():
    snapshot = with_repeats(four_raters())
    report = report_from_snapshot(snapshot)
    book = opened(snapshot)

    pairs = list(book["Pairs"].iter_rows(values_only=True))
    assert [row[:3] for row in pairs[1:]] == [
        (*pair["raters"], pair["n_paired"]) for pair in report["pairs"]
    ]
    tables = list(book["Contingency table"].iter_rows(values_only=True))
    assert [list(row[1:5]) for row in tables[8:12]] == report["pairs"][1]["table"]
    assert book["Hidden repeats"].max_row == 1 + len(snapshot["repeats"])
    assert book["Intra-rater"].max_row == 5
    primary = [row for row in book["Agreement"].iter_rows(values_only=True) if row[1] == 1]
    assert [row[0] for row in primary] == ["Mean κ of the pairs (Light), linearly weighted"]


def test_the_parts_beside_the_grade_have_sheets_with_the_numbers_of_the_report():
    snapshot = with_items(four_raters())
    report = report_from_snapshot(snapshot)
    book = opened(snapshot)

    def column(sheet, name):
        head, *rows = book[sheet].iter_rows(values_only=True)
        return [row[head.index(name)] for row in rows]

    rates = [rate for item in report["territories"] for rate in item["rates"]]
    assert column("Territories", "not_opacified") == [rate["not_opacified"] for rate in rates]
    assert column("Territories", "rate") == pytest.approx([rate["rate"] for rate in rates])
    assert column("Territories, agreement", "kappa") == pytest.approx(
        [item["kappa"]["estimate"] for item in report["territories"]]
    )
    assert column("Differing cases", "case") == [one["case"] for one in report["disagreements"]]
    assert column("Time and drift", "tau") == pytest.approx(
        [course["grade"]["estimate"] for course in report["courses"]]
    )
    assert column("GRRAS checklist", "item") == [str(number) for number in range(1, 16)]


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_no_label_of_a_territory_becomes_a_formula(text):
    book = opened(with_items(hostile(text), territory=text))

    assert {cell.data_type for cell in cells(book)} <= {"s", "n"}
    assert text in [row[0].value for row in book["Territories"].iter_rows()]
