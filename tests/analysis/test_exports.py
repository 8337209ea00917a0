"""CSV and JSON exports: complete, traceable, harmless in a spreadsheet."""

import csv
import io
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader_study.agreement import CaseGrades
from reader_study.agreement.constructed_tables import CONSTRUCTED_NOTICE, SCALE_A
from reader_study.analysis.exports import EXPORT_FILES
from reader_study.analysis.exports.columns import column_dictionary_csv, ratings_columns
from reader_study.analysis.exports.ratings_csv import ratings_csv
from reader_study.analysis.exports.redcap import redcap_dictionary_csv
from reader_study.analysis.exports.report_json import report_json
from reader_study.analysis.exports.spreadsheet_text import formula_safe
from reader_study.analysis.snapshot import SnapshotDocument
from reader_study.analysis.statistics import report_from_snapshot
from reader_study.studies.canonical_json import canonical_sha256
from tests.analysis.snapshots import constructed_b, sealed, snapshot_of

ATTACK = "=cmd|' /C calc'!A0"
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")


def small(comment: str = "", raters: tuple[str, str] = ("Rater 1", "Rater 2")) -> SnapshotDocument:
    """Return two cases, the first commented on by rater 1."""
    cases = [CaseGrades("C-2", "South", (2, None)), CaseGrades("C-1", "North", (4, 3))]
    snapshot = snapshot_of(cases, SCALE_A, raters=raters, resamples=200)
    snapshot["ratings"][0]["comment"] = comment
    return sealed(snapshot)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_there_is_one_row_per_case_and_rater_in_order():
    table = rows(ratings_csv(small()))

    assert [(row["case"], row["rater"]) for row in table] == [
        ("C-1", "Rater 1"),
        ("C-1", "Rater 2"),
        ("C-2", "Rater 1"),
        ("C-2", "Rater 2"),
    ]
    assert list(table[0]) == list(ratings_columns(small()))


def test_a_row_holds_grade_side_of_the_cut_and_time():
    graded, unscorable = rows(ratings_csv(small()))[2:]

    assert (graded["grade"], graded["grade_name"], graded["high_quality"]) == ("2", "Fair", "0")
    assert (graded["site"], graded["wall_seconds"]) == ("South", "61.5")
    assert graded["submitted_at"] == "2026-01-01T10:00:00Z"
    assert (unscorable["grade"], unscorable["grade_name"], unscorable["high_quality"]) == ("",) * 3
    assert unscorable["unscorable_reason"] == "no_dsa"


def test_every_row_carries_the_hashes_and_the_notice():
    snapshot = small()

    for row in rows(ratings_csv(snapshot)):
        assert row["snapshot_sha256"] == snapshot["snapshot_sha256"]
        assert row["protocol_sha256"] == snapshot["protocol_sha256"]
        assert row["data_notice"] == CONSTRUCTED_NOTICE


def test_the_rates_can_be_recomputed_from_the_csv():
    table = [row for row in rows(ratings_csv(constructed_b())) if row["grade"]]

    for rater, high, n in (("Rater 1", 282, 285), ("Rater 2", 285, 290)):
        of_rater = [int(row["high_quality"]) for row in table if row["rater"] == rater]
        assert (sum(of_rater), len(of_rater)) == (high, n)


def test_the_dictionary_explains_every_column_and_every_code():
    snapshot = small()
    dictionary = {row["column"]: row for row in rows(column_dictionary_csv(snapshot))}

    assert list(dictionary) == list(ratings_columns(small()))
    assert dictionary["grade"]["values"] == "1 Poor; 2 Fair; 3 Good; 4 Excellent"
    assert dictionary["unscorable_reason"]["values"] == "no_dsa No DSA"
    assert {row["snapshot_sha256"] for row in dictionary.values()} == {snapshot["snapshot_sha256"]}


def test_usernames_stay_out_of_the_csv():
    assert "user0" not in ratings_csv(small())


@pytest.mark.parametrize(
    "text",
    [
        ATTACK,
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "＝1",
        "＠x",
        "fine; =1+1;",
        "fine\n@x",
        'a"";=1',
    ],
)
def test_no_cell_begins_a_formula_in_any_language_of_spreadsheet(text):
    document = ratings_csv(small(text, raters=(text, "Rater 2")))

    for row in csv.reader(io.StringIO(document, newline="")):
        assert not any(FORMULA.match(cell) for cell in row)
    for piece in re.split(r"[;\t\r\n]", document.replace('","', ";")):
        assert not FORMULA.match(piece.strip('"'))


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "it's −2, “so”", "5 - 3 = 2", "’"])
def test_harmless_text_is_left_as_it_is(text):
    assert formula_safe(text) == text
    assert rows(ratings_csv(small(text)))[2]["comment"] == text


@given(st.text())
def test_made_safe_text_loses_nothing_but_gains_quotes(text):
    safe = formula_safe(text)

    assert safe.replace("'", "") == text.replace("'", "")
    assert not re.match(r"\s*[=+\-@]", safe)


def test_the_json_is_the_same_bytes_each_time_and_its_hash_can_be_checked():
    snapshot = small("Über =1")
    report = report_from_snapshot(snapshot)

    text = report_json(snapshot, report)

    assert text == report_json(snapshot, report_from_snapshot(snapshot))
    content = json.loads(text)
    assert content["report"]["sentence"] == report["sentence"]
    claimed = content["snapshot"].pop("snapshot_sha256")
    assert canonical_sha256(content["snapshot"]) == claimed == snapshot["snapshot_sha256"]


def test_the_json_keeps_the_exact_text_that_the_csv_guards():
    snapshot = small(ATTACK)

    content = json.loads(report_json(snapshot, report_from_snapshot(snapshot)))

    assert content["snapshot"]["ratings"][0]["comment"] == ATTACK


def test_a_report_of_another_snapshot_is_refused():
    with pytest.raises(ValueError, match="another snapshot"):
        report_json(small("one"), report_from_snapshot(small("other")))


def with_items() -> SnapshotDocument:
    """Return two cases with a territory, a question, times and a corrected rating."""
    snapshot = snapshot_of(
        [CaseGrades("C-1", "North", (4, 3))],
        SCALE_A,
        resamples=200,
        territories=[{"code": "m1-left", "label": "M1 left", "required": True}],
        questions=[{"code": "usable", "label": "Usable?", "required": True}],
    )
    snapshot["ratings"][0] |= {
        "territory_grades": {"m1-left": 2},
        "question_answers": {"usable": False},
        "active_seconds": 41.5,
        "attempt": 2,
        "protocol_sha256": "e" * 64,
    }
    snapshot["ratings"][1] |= {"territory_grades": {"m1-left": "not-opacified"}}
    return sealed(snapshot)


def test_territories_and_questions_have_columns_of_their_own():
    first, second = rows(ratings_csv(with_items()))

    assert (first["territory_m1_left"], second["territory_m1_left"]) == ("2", "not-opacified")
    assert (first["question_usable"], second["question_usable"]) == ("0", "")
    assert (first["active_seconds"], first["attempt"]) == ("41.5", "2")
    assert first["rated_under_sha256"] == "e" * 64


def test_the_dictionary_and_redcap_know_territories_and_questions():
    snapshot = with_items()
    dictionary = {row["column"]: row for row in rows(column_dictionary_csv(snapshot))}
    fields = {row["Variable / Field Name"]: row for row in rows(redcap_dictionary_csv(snapshot))}

    assert list(dictionary) == list(ratings_columns(snapshot))
    assert dictionary["territory_m1_left"]["values"].endswith("not-opacified not opacified")
    assert dictionary["question_usable"]["values"] == "0 no; 1 yes"
    assert list(fields) == ["record_id", *ratings_columns(snapshot)]
    assert fields["question_usable"]["Field Type"] == "yesno"
    assert "M1 left" in fields["territory_m1_left"]["Field Label"]


def test_a_snapshot_of_the_first_release_still_exports():
    row = rows(ratings_csv(small()))[0]

    assert (row["active_seconds"], row["attempt"]) == ("", "1")
    assert row["rated_under_sha256"] == row["protocol_sha256"]


@pytest.mark.parametrize("kind", EXPORT_FILES)
def test_a_report_that_the_first_release_stored_still_exports(kind):
    snapshot = small()
    report = report_from_snapshot(snapshot)
    for key in ("pairs", "overall", "resampling", "intra_rater"):
        del report[key]

    assert EXPORT_FILES[kind].body(snapshot, report)
