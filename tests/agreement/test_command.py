"""``manage.py agreement``: the published row from a file, its JSON, and messages for bad files."""

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from reader_study.agreement.constructed_tables import (
    SCALE_A,
    SCALE_B,
    TABLE_A,
    TABLE_B,
    UNSCORABLE_B,
    expand_table,
)
from reader_study.agreement.report_cases import CaseGrades

KEYS = [
    *("n", "rates", "kappa", "kappas", "ac1", "pabak", "scott", "percent_agreement"),
    *("krippendorff", "fleiss", "mcnemar", "bowker", "stuart_maxwell"),
    *("prevalence_index", "bias_index", "warnings"),
]
KAPPA_KEYS = [
    "weights",
    "estimate",
    "se",
    "se0",
    "ci",
    "method",
    "resamples",
    "undefined",
    "refused",
]
RATE_KEYS = ["rater", "high", "n", "rate", "wilson", "clopper_pearson"]


def printed(*arguments: Any) -> str:
    output = StringIO()
    call_command("agreement", *map(str, arguments), stdout=output)
    return output.getvalue()


def summary(*arguments: Any) -> dict[str, Any]:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    values: dict[str, Any] = json.loads(printed(*arguments, "--json"), parse_constant=refuse)
    return values


def ratings_csv(path: Path, cases: list[CaseGrades], patients: int = 0) -> Path:
    lines = ["case,rater,grade,patient"]
    for number, case in enumerate(cases):
        for rater, grade in zip(("Reader A", "Reader B"), case.grades, strict=True):
            shown = "" if grade is None else grade
            lines.append(f"{case.case},{rater},{shown},P{number % (patients or 1)}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def file_a(tmp_path):
    return ratings_csv(tmp_path / "a.csv", expand_table(TABLE_A, SCALE_A), patients=60)


def test_table_a_prints_the_published_row_from_a_file(file_a):
    result = summary(file_a, "--levels", "1,2,3,4", "--high", 3, "--seed", 4)

    assert list(result) == KEYS
    assert [list(rate) for rate in result["rates"]] == [RATE_KEYS] * 2
    assert [(rate["rater"], rate["high"], rate["n"]) for rate in result["rates"]] == [
        ("Reader A", 176, 178),
        ("Reader B", 175, 178),
    ]
    assert list(result["kappa"]) == KAPPA_KEYS
    assert result["kappa"]["estimate"] == pytest.approx(0.7438, abs=5e-5)
    assert [round(limit, 2) for limit in result["kappa"]["ci"]] == [0.56, 0.89]
    assert [kappa["weights"] for kappa in result["kappas"]] == ["none", "linear", "quadratic"]
    assert [kappa["estimate"] for kappa in result["kappas"]] == pytest.approx(
        [0.744, 0.782, 0.838], abs=5e-4
    )
    assert result["ac1"]["estimate"] == pytest.approx(0.952, abs=5e-4)
    assert result["n"] == 178
    assert result["warnings"] == []


def test_table_b_prints_the_published_row_with_its_unscorable_cases(tmp_path):
    cases = expand_table(TABLE_B, SCALE_B, unpaired=UNSCORABLE_B)
    path = ratings_csv(tmp_path / "b.csv", cases)

    result = summary(path, "--levels", "1,2,3", "--high", 2, "--weights", "linear")

    assert result["n"] == 285
    assert [(rate["high"], rate["n"]) for rate in result["rates"]] == [(282, 285), (285, 290)]
    assert result["kappa"]["estimate"] == pytest.approx(0.7406, abs=5e-5)
    assert [round(limit, 2) for limit in result["kappa"]["ci"]] == [0.56, 0.89]


def test_a_table_gives_what_its_file_gives(file_a):
    arguments = ["--high", 3, "--method", "bca", "--resamples", 20_000]

    from_file = summary(file_a, "--levels", "1,2,3,4", *arguments)
    from_table = summary("--table", json.dumps(TABLE_A), *arguments)

    for rate in (*from_file["rates"], *from_table["rates"]):
        del rate["rater"]
    assert from_file == from_table
    assert from_table["kappa"]["ci"] == pytest.approx([0.549, 0.884], abs=6e-3)


def test_rows_of_a_table_are_rater_1():
    result = summary("--table", "[[794,150],[86,570]]", "--resamples", 500)

    assert [rate["high"] for rate in result["rates"]] == [656, 720]
    assert result["bias_index"] == pytest.approx((86 - 150) / 1600)
    assert result["mcnemar"]["statistic"] == pytest.approx(17.3559, abs=5e-5)
    assert result["mcnemar"]["exact_p"] == pytest.approx(3.716e-5, abs=5e-9)
    assert result["mcnemar"]["difference"] == pytest.approx(-0.04)
    assert result["pabak"]["estimate"] == pytest.approx(2 * 1364 / 1600 - 1)


def test_clusters_are_resampled_whole(file_a):
    arguments = [file_a, "--levels", "1,2,3,4", "--high", 3, "--resamples", 5_000]

    by_case, by_patient = summary(*arguments), summary(*arguments, "--cluster", "patient")

    assert by_case["kappa"]["estimate"] == by_patient["kappa"]["estimate"]
    assert by_case["kappa"]["ci"] != by_patient["kappa"]["ci"]


def test_few_clusters_give_a_warning(tmp_path):
    path = ratings_csv(tmp_path / "a.csv", expand_table(TABLE_A, SCALE_A), patients=12)

    result = summary(
        *(path, "--levels", "1,2,3,4", "--high", 3, "--resamples", 500, "--cluster", "patient")
    )

    assert "Only 12 clusters" in result["warnings"][0]


def many_raters_csv(path: Path, raters: int = 4, cases: int = 60) -> Path:
    rng = np.random.default_rng(6)
    truth = rng.integers(1, 5, size=cases)
    rows = [
        f"C{case},R{rater},{np.clip(truth[case] + rng.integers(-1, 2), 1, 4)}"
        for case in range(cases)
        for rater in range(raters)
        if rng.random() > 0.1
    ]
    path.write_text("case,rater,grade\n" + "\n".join(rows), encoding="utf-8")
    return path


def test_more_raters_get_every_pair_and_the_mean(tmp_path):
    path = many_raters_csv(tmp_path / "four.csv")

    result = summary(path, "--levels", "1,2,3,4", "--high", 3, "--resamples", 2_000)

    assert len(result["rates"]) == 4
    assert len(result["pairs"]) == 6
    mean = np.mean([pair["kappa"]["estimate"] for pair in result["pairs"]])
    assert result["kappa"]["estimate"] == pytest.approx(mean)
    low, high = result["kappa"]["ci"]
    assert low < mean < high
    assert all(pair["kappa"]["ci"] for pair in result["pairs"])
    assert result["mcnemar"] is None
    assert "4 raters" in result["warnings"][-1]
    assert "R0 – R1" in printed(path, "--levels", "1,2,3,4", "--high", 3, "--resamples", 500)


@pytest.mark.parametrize(
    "table",
    ["[[0,0],[0,40]]", "[[0,0],[0,0]]", "[[5,0],[0,40]]", "[[0,0],[3,40]]", "[[1,0],[0,0]]"],
)
@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_whatever_has_no_value_is_null_with_a_sentence(table, method):
    result = summary("--table", table, "--resamples", 500, "--method", method)

    for kappa in result["kappas"]:
        if kappa["ci"] is None:
            assert kappa["refused"]
            assert any(kappa["weights"] in warning for warning in result["warnings"])
    for name, words in (("ac1", "AC1"), ("scott", "Scott"), ("fleiss", "Fleiss")):
        if result[name]["estimate"] is None:
            assert any(words in warning for warning in result["warnings"])
    assert printed("--table", table, "--resamples", 500, "--method", method)


def test_a_scale_from_zero_has_no_ratio_alpha_and_says_so():
    arguments = ["--table", "[[9,1,0],[2,8,1],[0,1,9]]", "--high", 2, "--resamples", 500]

    from_one, from_zero = summary(*arguments), summary(*arguments, "--levels", "0,1,2")

    assert from_one["krippendorff"]["ratio"]["estimate"] is not None
    assert from_zero["krippendorff"]["ratio"]["estimate"] is None
    assert from_zero["warnings"] == [
        "Krippendorff's α, ratio, has no value: the ratio metric needs level values above 0."
    ]


def test_perfect_agreement_says_why_there_are_no_intervals():
    result = summary("--table", "[[5,0],[0,40]]", "--resamples", 500)

    assert result["ac1"]["estimate"] == 1
    assert result["ac1"]["ci"] is None
    assert any(warning.startswith("AC1, Scott's π, Fleiss' κ:") for warning in result["warnings"])


def test_the_terminal_shows_the_row_and_marks_the_primary(file_a):
    text = printed(file_a, "--levels", "1,2,3,4", "--high", 3, "--weights", "linear")

    assert "Reader A      176/178  98.9    96.0–99.7" in text
    assert re.search(r"^none +0.74 +0.081 +0.56–0.89 +0$", text, re.MULTILINE)
    assert re.search(r"^linear \* +0.78", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "line 1: no column “case”"),
        ("case;rater;grade\nC1;A;1\n", "commas"),
        ("case,rater,grade,grade\n", "more than one column “grade”"),
        ("case,rater,grade\nC1,A,1\nC1,B,7\n", "line 3, column grade: “7” is not a declared level"),
        ("case,rater,grade\nC1,A,1\nC1,B,good\n", "line 3, column grade: “good”"),
        ("case,rater,grade\nC1,A,1\n,B,1\n", "line 3, column case: is blank"),
        ("case,rater,grade\nC1,A,1\nC1,A,2\n", "line 3, column rater: A has read C1 before"),
        ("case,rater,grade\nC1,A,1\nC1,B\n", "line 3: 2 columns"),
        ("case,rater,grade\nC1,A,1\nC2,A,2\n", "two raters; the file holds only A"),
        ("case,rater,grade\n", "no reading at all"),
        ('case,rater,grade\nC1,A,"1\n', "line 2"),
    ],
)
def test_a_bad_file_gets_one_message_with_its_place(tmp_path, content, message):
    path = tmp_path / "ratings.csv"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(CommandError) as refusal:
        printed(path, "--levels", "1,2,3", "--high", 2)

    assert str(path) in str(refusal.value)
    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_case_in_two_clusters_is_refused(tmp_path):
    path = tmp_path / "ratings.csv"
    path.write_text("case,rater,grade,patient\nC1,A,1,P1\nC1,B,1,P2\n", encoding="utf-8")

    with pytest.raises(CommandError, match="line 3, column patient: case C1 was in P1 before"):
        printed(path, "--levels", "1,2", "--cluster", "patient")
    with pytest.raises(CommandError, match="no column “hospital”"):
        printed(path, "--levels", "1,2", "--cluster", "hospital")


def test_a_file_that_is_no_text_or_not_there_is_refused(tmp_path):
    path = tmp_path / "ratings.xlsx"
    with pytest.raises(CommandError, match="No such file"):
        printed(path, "--levels", "1,2")
    path.write_bytes(b"PK\x03\x04\xff\xfe\x00")
    with pytest.raises(CommandError, match="not UTF-8"):
        printed(path, "--levels", "1,2")


def test_a_file_saved_by_excel_is_read(tmp_path):
    path = tmp_path / "ratings.csv"
    path.write_bytes("\ufeffcase,rater,grade\r\nC1,A,1\r\nC1,B,2\r\n,,\r\n".encode())

    assert summary(path, "--levels", "1,2", "--resamples", 100)["n"] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "--levels"),
        (["--levels", "1,2"], "CSV file of ratings or --table"),
        (["--levels", "1,2,3"], "--high from which level quality is high: 2, 3"),
        (["--levels", "1;2"], "whole numbers separated by commas"),
        (["--levels", "2,1", "--high", "1"], "must increase"),
        (["--levels", "1,2,3", "--high", "1"], "cut-point"),
        (["--table", "[[1,2],[3]]"], "square list"),
        (["--table", "oops"], "square list"),
        (["--table", "[[1,2],[3,-4]]"], "square list of rows of counts"),
        (["--table", "[[1,2],[3,4]]", "--levels", "1,2,3", "--high", "2"], "3 levels"),
        (["--table", "[[1,2],[3,4]]", "--cluster", "patient"], "no clusters"),
        (["--table", "[[1,2],[3,4]]", "--resamples", "0"], "at least one resample"),
        (["--table", "[[1,2],[3,4]]", "--seed", "-1"], "seed"),
    ],
)
def test_an_impossible_command_says_what_to_write(arguments, message):
    with pytest.raises(CommandError, match=message):
        printed(*arguments)
