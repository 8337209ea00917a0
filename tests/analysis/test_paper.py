"""The PDF: what it prints, on every page, and that no text in it acts."""

import io
import re
from typing import Any

import pytest
from pypdf import PdfReader

from reader_study.agreement import CaseGrades
from reader_study.agreement.constructed_tables import CONSTRUCTED_NOTICE, SCALE_A
from reader_study.analysis.exports.axes import SHARE_STEPS, round_axis
from reader_study.analysis.exports.paper import TEMPLATE, report_pdf
from reader_study.analysis.statistics import report_from_snapshot
from tests.analysis.snapshots import (
    constructed_a,
    constructed_b,
    four_raters,
    hostile,
    snapshot_of,
    with_items,
    with_repeats,
)

TYPST_MARKUP = [
    '#import "@preview/cetz:0.3.0"',
    '#image("http://127.0.0.1:9/x.png")',
    '#read("/etc/passwd")',
    "<script>alert(1)</script>",
    "*bold* _it_ $x^2$ \\ @ref <label> // comment",
    "=cmd|' /C calc'!A0",
]


def opened(snapshot):
    return PdfReader(io.BytesIO(report_pdf(snapshot, report_from_snapshot(snapshot))))


def pages(snapshot):
    return [" ".join(page.extract_text().split()) for page in opened(snapshot).pages]


@pytest.mark.parametrize("snapshot", [constructed_a(), constructed_b()], ids=["table A", "table B"])
def test_the_published_row_is_printed(snapshot):
    text = " ".join(pages(snapshot))

    for words in ("98.9 %", "98.3 %", "κ = 0.74 (95 % CI 0.56–0.89"):
        assert words in text
    for caption in ("Table 1", "Figure 1", "Table 2", "Table 3", "Figure 2", "Footnotes"):
        assert caption in text


def test_tests_of_habits_and_further_coefficients_are_printed():
    report = report_from_snapshot(constructed_a())
    text = " ".join(pages(constructed_a()))

    assert "Do Rater 1 and Rater 2 use the scale alike?" in text
    assert "0.6 points (−1.6 to 3.1)" in text
    assert f"χ² = {report['bowker']['statistic']:.2f}, 3 df" in text
    for name in ("Gwet’s AC2, quadratically weighted", "Brennan–Prediger", "α, ordinal"):
        assert name in text
    assert "Bowker p" in " ".join(pages(four_raters()))


def test_every_page_carries_the_notice_and_the_hash():
    snapshot = constructed_b()
    texts = pages(snapshot)

    assert len(texts) >= 2
    for text in texts:
        assert CONSTRUCTED_NOTICE in text
        assert snapshot["snapshot_sha256"] in text


def test_all_footnotes_and_warnings_are_printed():
    snapshot = constructed_a()
    report = report_from_snapshot(snapshot)
    # A line may break, or a word be divided, anywhere: only the letters count.
    printed = "".join(pages(snapshot)).replace(" ", "").replace("-", "").replace("\xad", "")

    for sentence in (*report["footnotes"], *report["warnings"]):
        assert sentence.replace(" ", "").replace("-", "") in printed


def test_no_number_ends_a_line_within_itself():
    sentence_page = opened(constructed_b()).pages[0].extract_text()

    assert re.search(r"bootstrap,\s+100 000\s+resamples", sentence_page), sentence_page


def test_figures_are_vectors_and_the_document_is_tagged():
    reader = opened(constructed_a())
    catalogue: Any = reader.root_object

    assert not any(page.images for page in reader.pages)
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "en"


@pytest.mark.parametrize("text", TYPST_MARKUP)
def test_text_that_people_typed_stays_text(text):
    printed = " ".join(pages(hostile(text))).replace(" ", "")

    assert text.replace(" ", "") in printed


@pytest.mark.parametrize("text", ["＝1+1", "脳卒中センター", "مركز السكتة", "\U0001f9e0", "\u202e"])
def test_letters_that_the_fonts_lack_do_not_keep_the_paper_from_being_made(text):
    assert len(pages(hostile(text))) >= 2


def test_the_template_has_no_means_of_reaching_a_file_or_an_address():
    reaching = r"@preview|#?import |include |image\(|read\(|plugin\(|link\("

    assert not re.search(reaching, TEMPLATE.read_text(encoding="utf-8"))


def test_nothing_in_it_is_a_link_or_a_script():
    reader = opened(hostile("http://example.org"))

    assert not any("/Annots" in page for page in reader.pages)
    assert not reader.root_object.keys() & {"/OpenAction", "/AA", "/Names", "/AcroForm"}


def test_the_same_snapshot_gives_the_same_bytes_dated_by_its_lock():
    snapshot = constructed_a()
    report = report_from_snapshot(snapshot)
    body = report_pdf(snapshot, report)

    assert body == report_pdf(snapshot, report)
    metadata: Any = PdfReader(io.BytesIO(body)).metadata
    assert metadata.creation_date.isoformat() == "2026-01-02T03:04:05+00:00"


@pytest.mark.parametrize(
    "grades", [[], [(None, None)], [(4, 4)] * 5, [(1, 1), (2, 2), (4, 4)]], ids=str
)
def test_studies_without_a_kappa_or_an_interval_have_a_paper_too(grades):
    cases = [CaseGrades(f"C-{n}", "North", pair) for n, pair in enumerate(grades)]
    text = " ".join(pages(snapshot_of(cases, SCALE_A, resamples=500)))

    assert "Table 3" in text


def test_a_report_of_another_snapshot_is_refused():
    with pytest.raises(ValueError, match="another snapshot"):
        report_pdf(constructed_a(), report_from_snapshot(constructed_b()))


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [([0.952, 0.997], 0.95, 1.0), ([0.3, 0.3], 0.3, 0.31), ([], 0.0, 1.0), ([0.0, 1.0], 0.0, 1.0)],
)
def test_an_axis_is_round_and_holds_its_values(values, low, high):
    axis = round_axis(values, SHARE_STEPS)

    assert (axis.low, axis.high) == (low, high)
    assert axis.ticks[0] == low
    assert axis.ticks[-1] == high


def test_four_raters_print_every_pair_and_the_repeats_apart():
    text = " ".join(pages(with_repeats(four_raters())))

    assert "Quality rates and agreement of four raters" in text
    assert "Rater 3 – Rater 4" in text
    for caption in ("Table 4. Agreement of each rater with himself", "Table S6", "Fleiss’ κ"):
        assert caption in text


def test_the_parts_beside_the_grade_and_the_checklist_are_printed():
    snapshot = with_items(constructed_b())
    report = report_from_snapshot(snapshot)
    text = " ".join(pages(snapshot))

    for caption in ("by territory", "Denominators", "Cases on which raters differ", "Figure 3"):
        assert caption in text
    assert "What κ means here" in text
    assert "decided by 6 of 285 cases" in report["paradox"]
    assert "decided by 6 of 285 cases" in text
    assert "Reporting checklist (GRRAS)" in text
    assert f"{report['territories'][1]['kappa']['estimate']:.2f}" in text


@pytest.mark.parametrize("text", TYPST_MARKUP)
def test_the_label_of_a_territory_stays_text(text):
    assert "".join(text.split()) in "".join(
        "".join(pages(with_items(hostile(text), territory=text))).split()
    )


def test_reports_of_an_earlier_release_print_as_they_are():
    snapshot = constructed_a()
    report = report_from_snapshot(snapshot)
    for key in ("disagreements", "courses", "territories", "questions", "unscorable", "grras"):
        del report[key]
    for key in ("paradox", "mcnemar", "bowker", "stuart_maxwell"):
        del report[key]

    text = " ".join(
        page.extract_text() for page in PdfReader(io.BytesIO(report_pdf(snapshot, report))).pages
    )

    assert "Footnotes" in text
    assert "GRRAS" not in text
