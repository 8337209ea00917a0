"""The report: the published row, denominators, and data on which numbers do not exist."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from reader_study.agreement import CaseGrades, Level, agreement_report
from reader_study.agreement.constructed_tables import (
    SCALE_A,
    SCALE_B,
    TABLE_A,
    TABLE_B,
    UNSCORABLE_B,
    WEIGHTS_A,
    WEIGHTS_B,
    GradePair,
    expand_table,
)

LEVELS = [Level(1, "Poor"), Level(2, "Fair"), Level(3, "Good"), Level(4, "Excellent")]


def report_of(*grades: GradePair, **settings: Any) -> dict[str, Any]:
    """Return the report of cases graded on the four-level scale, all from one site."""
    ratings = [CaseGrades(f"C-{i}", "Site 1", pair) for i, pair in enumerate(grades)]
    defaults: dict[str, Any] = {"levels": LEVELS, "high_from": 3, "seed": 1, "resamples": 2_000}
    return agreement_report(ratings=ratings, **{**defaults, **settings})


def constructed_a(**settings: Any) -> dict[str, Any]:
    ratings = expand_table(TABLE_A, SCALE_A, sites=("North", "South"))
    return agreement_report(
        levels=SCALE_A.levels,
        high_from=SCALE_A.high_from,
        ratings=ratings,
        weights=WEIGHTS_A,
        **{"seed": 20260101, **settings},
    )


@pytest.fixture(scope="module")
def report_a():
    return constructed_a()


@pytest.fixture(scope="module")
def report_b():
    return agreement_report(
        levels=SCALE_B.levels,
        high_from=SCALE_B.high_from,
        ratings=expand_table(TABLE_B, SCALE_B, unpaired=UNSCORABLE_B),
        weights=WEIGHTS_B,
        seed=20260101,
    )


def test_table_a_prints_the_published_row(report_a):
    assert report_a["sentence"] == (
        "Rater 1 graded 176 of 178 segmentations high quality (98.9 %, 95 % CI 96.0–99.7 %); "
        "Rater 2 graded 175 of 178 (98.3 %, 95.2–99.4 %). "
        "Agreement on the 4-level scale in the 178 cases graded by both was "
        "unweighted κ = 0.74 (95 % CI 0.56–0.89, percentile bootstrap, 100 000 resamples)."
    )


def test_table_b_prints_the_published_row_with_its_own_denominators(report_b):
    assert report_b["sentence"] == (
        "Rater 1 graded 282 of 285 segmentations high quality (98.9 %, 95 % CI 97.0–99.6 %); "
        "Rater 2 graded 285 of 290 (98.3 %, 96.0–99.3 %). "
        "Agreement on the 3-level scale in the 285 cases graded by both was linearly weighted "
        "κ = 0.74 (95 % CI 0.56–0.89, percentile bootstrap, 100 000 resamples)."
    )


def test_table_a_carries_every_coefficient_of_the_constructed_row(report_a):
    none, linear, quadratic = report_a["kappas"]

    assert none["estimate"] == pytest.approx(0.7438, abs=5e-5)
    assert linear["estimate"] == pytest.approx(0.782, abs=5e-4)
    assert quadratic["estimate"] == pytest.approx(0.838, abs=5e-4)
    assert none["wald"] == pytest.approx([0.584, 0.903], abs=5e-4)
    assert report_a["ac1"]["estimate"] == pytest.approx(0.952, abs=5e-4)
    assert report_a["kappa"] == none
    assert [kappa["primary"] for kappa in report_a["kappas"]] == [True, False, False]


def test_the_cut_table_of_table_a_has_the_kappa_of_its_own_counts(report_a):
    cut = report_a["dichotomised"]

    assert cut["table"] == [[2, 0], [1, 175]]
    chance = (2 * 3 + 176 * 175) / 178**2
    by_hand = (177 / 178 - chance) / (1 - chance)
    assert report_a["dichotomised_kappa"]["estimate"] == pytest.approx(by_hand)
    assert report_a["pabak"]["estimate"] == pytest.approx(2 * 177 / 178 - 1)


def test_bca_can_be_chosen_and_is_named():
    report = constructed_a(ci_method="bca")

    assert report["kappa"]["ci"] == pytest.approx([0.549, 0.884], abs=4e-3)
    assert "BCa bootstrap" in report["sentence"]


def test_each_site_has_its_rates_and_they_add_up(report_a):
    assert [site["site"] for site in report_a["sites"]] == ["North", "South"]
    for position in (0, 1):
        of_sites = [site["rates"][position] for site in report_a["sites"]]
        overall = report_a["rates"][position]
        assert sum(rate["n"] for rate in of_sites) == overall["n"]
        assert sum(rate["high"] for rate in of_sites) == overall["high"]


def test_the_histogram_holds_every_defined_resample(report_a):
    histogram = report_a["histogram"]

    assert sum(histogram["counts"]) == 100_000 - report_a["kappa"]["undefined"]
    assert len(histogram["edges"]) == len(histogram["counts"]) + 1
    assert 10 <= len(histogram["counts"]) <= 60
    assert histogram["edges"][0] <= report_a["kappa"]["ci"][0]


def test_unscorable_cases_leave_the_table_and_enter_the_sensitivity_analysis(report_b):
    assert (report_b["n_cases"], report_b["n_paired"]) == (290, 285)
    assert [rate["unscorable"] for rate in report_b["rates"]] == [5, 0]
    sensitivity = report_b["sensitivity"]
    assert [(rate["high"], rate["n"]) for rate in sensitivity["rates"]] == [(282, 290), (285, 290)]
    assert sensitivity["table"] == [[2, 6], [3, 279]]
    assert any("unscorable counted as low" in note for note in report_b["footnotes"])


def test_without_unscorable_cases_there_is_no_sensitivity_analysis(report_a):
    assert report_a["sensitivity"] is None


def test_footnotes_tell_denominators_seed_and_how_to_read_kappa(report_a):
    notes = " ".join(report_a["footnotes"])

    assert "graded by both: 178" in notes
    assert "seed 20260101" in notes
    assert "PCG64" in notes
    assert "κ paradox" in notes
    assert "prevalence index 0.97" in notes
    assert "3 (Good) or 4 (Excellent)" in notes
    assert "a convention" in notes


def test_balanced_data_get_no_talk_of_a_paradox():
    report = report_of(*[(1, 1), (2, 2), (3, 3), (4, 4), (2, 3), (4, 3)] * 10)

    assert "paradox" not in " ".join(report["footnotes"])


def test_resamples_without_kappa_above_one_per_cent_are_warned_of(report_a):
    dichotomised = report_a["dichotomised_kappa"]

    assert 0.01 < dichotomised["undefined"] / dichotomised["resamples"] < 0.2
    assert [w for w in report_a["warnings"] if "dichotomised" in w and "4." in w]


def test_few_resamples_are_warned_of():
    report = report_of(*[(1, 1), (3, 3), (4, 3), (2, 2)] * 10, resamples=999)

    assert any(warning.startswith("Only 999 resamples") for warning in report["warnings"])


DEGENERATE: dict[str, Sequence[GradePair]] = {
    "no cases": [],
    "one case, same grade": [(4, 4)],
    "one case, different grades": [(4, 3)],
    "nothing scorable": [(None, None)] * 3,
    "no case graded by both": [(None, 4), (3, None)],
    "both raters constant on one level": [(4, 4)] * 30,
    "raters constant on different levels": [(4, 2)] * 30,
    "one rater constant": [(4, 4)] * 20 + [(4, 3)] * 5,
    "perfect agreement": [(1, 1), (2, 2), (3, 3), (4, 4)] * 10,
    "one low case": [(4, 4)] * 40 + [(1, 1)],
}


@pytest.mark.parametrize("grades", DEGENERATE.values(), ids=DEGENERATE.keys())
@pytest.mark.parametrize("weights", ["none", "quadratic"])
@pytest.mark.parametrize("ci_method", ["percentile", "bca"])
def test_degenerate_data_give_sentences_and_plain_json(grades, weights, ci_method):
    report = report_of(*grades, weights=weights, ci_method=ci_method)

    assert json.loads(json.dumps(report, allow_nan=False)) == report
    assert report["sentence"].endswith(".")
    kappa = report["kappa"]
    assert (kappa["ci"] is None) == bool(kappa["refused"])
    if kappa["ci"] is None:
        assert kappa["refused"] in report["sentence"]
        assert any(kappa["refused"] in warning for warning in report["warnings"])


def test_a_constant_rater_is_named():
    report = report_of(*DEGENERATE["one rater constant"], raters=("Dr A", "Dr B"))

    assert [w.split(" gave")[0] for w in report["warnings"] if "same grade" in w] == ["Dr A"]


def test_a_negative_kappa_is_printed_with_words_between_its_limits():
    report = report_of(*[(1, 4), (4, 1), (1, 4), (4, 1), (4, 4), (3, 3)] * 8)

    assert "κ = −0." in report["sentence"]
    assert "CI −0.39 to 0.16" in report["sentence"]
    assert "“Poor”" in " ".join(report["footnotes"])


@pytest.mark.parametrize(
    ("grades", "plan", "message"),
    [
        ([(5, 4)], {}, r"C-0: grade 5 is not on the declared scale \[1, 2, 3, 4\]"),
        ([], {"high_from": 1}, "cut-point"),
        ([(4, 4)], {"confidence": 95}, "between 0 and 1"),
        ([], {"confidence": 95}, "between 0 and 1"),
        ([], {"ci_method": "basic"}, "percentile or bca"),
    ],
)
def test_impossible_input_is_refused_with_a_message(grades, plan, message):
    with pytest.raises(ValueError, match=message):
        report_of(*grades, **plan)


def test_a_case_that_occurs_twice_is_refused():
    twice = [CaseGrades("C-7", "Site 1", (4, 4)), CaseGrades("C-7", "Site 2", (3, 4))]

    with pytest.raises(ValueError, match="C-7 occurs twice"):
        agreement_report(levels=LEVELS, high_from=3, ratings=twice, seed=1)


def test_expanding_a_table_gives_its_cases_back():
    cases = expand_table(TABLE_B, SCALE_B, unpaired=UNSCORABLE_B, sites=("North", "South"))

    assert len(cases) == len({case.case for case in cases}) == 290
    assert sum(case.grades == (3, 3) for case in cases) == 271
    assert sum(case.grades[0] is None for case in cases) == 5
    assert {case.site for case in cases} == {"North", "South"}
