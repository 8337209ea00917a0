"""The report of more than two raters, of resampled sites, and of raters with themselves."""

import json
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reader_study.agreement import CaseGrades, Level, Scale, agreement_report
from reader_study.agreement.constructed_tables import SCALE_A, TABLE_A, expand_table
from reader_study.agreement.intra_rater import intra_rater_report
from reader_study.agreement.resampling import BootstrapPlan

LEVELS = [Level(1, "Poor"), Level(2, "Fair"), Level(3, "Good"), Level(4, "Excellent")]
SCALE = Scale.declare(LEVELS, 3)

Grades = Sequence[int | None]


def report_of(rows: Sequence[Grades], sites: Sequence[str] = ("A",), **changes: Any):
    """Return the report of rows of grades, the sites taking turns."""
    cases = [
        CaseGrades(f"C-{n:04d}", sites[n % len(sites)], tuple(row)) for n, row in enumerate(rows)
    ]
    raters = [f"Rater {n + 1}" for n in range(len(rows[0]))] if rows else ["Rater 1", "Rater 2"]
    given: dict[str, Any] = {"high_from": 3, "seed": 1, "resamples": 2_000, "raters": raters}
    return agreement_report(levels=LEVELS, ratings=cases, **{**given, **changes})


def simulated(cases: int, raters: int, seed: int = 0) -> list[Grades]:
    generator = np.random.default_rng(seed)
    truth = generator.normal(size=cases)
    return [
        [
            None if generator.random() < 0.03 else int(np.digitize(value, [-1, 0, 1])) + 1
            for value in case + 0.5 * generator.normal(size=raters)
        ]
        for case in truth
    ]


def test_krippendorffs_example_of_four_raters_gives_the_published_values():
    # Krippendorff 2011: 4 raters, 12 units, missing cells; on the declared scale of 5 levels.
    published: list[Grades] = [
        [1, 1, None, 1],
        [2, 2, 3, 2],
        [3, 3, 3, 3],
        [3, 3, 3, 3],
        [2, 2, 2, 2],
        [1, 2, 3, 4],
        [4, 4, 4, 4],
        [1, 1, 2, 1],
        [2, 2, 2, 2],
        [None, 5, 5, 5],
        [None, None, 1, 1],
        [None, None, 3, None],
    ]
    levels = [Level(value, f"Level {value}") for value in range(1, 6)]

    report = agreement_report(
        levels=levels,
        high_from=3,
        ratings=[CaseGrades(f"U-{n:02d}", "A", tuple(row)) for n, row in enumerate(published)],
        seed=1,
        resamples=1000,
        raters=["A", "B", "C", "D"],
    )

    alphas = {
        one["weights"]: one["estimate"]
        for one in report["overall"]
        if one["coefficient"] == "krippendorff"
    }
    assert alphas == pytest.approx(
        {"nominal": 0.743421, "ordinal": 0.815388, "interval": 0.849107, "ratio": 0.797403},
        abs=1e-6,
    )
    assert report["ac1"]["estimate"] == pytest.approx(0.77544, abs=1e-5)
    assert (report["n_cases"], report["n_paired"]) == (12, 11)


def test_each_pair_has_the_numbers_of_a_report_of_those_two_raters():
    rows = simulated(120, 4)
    report = report_of(rows, weights="linear")

    pairs = list(combinations(range(4), 2))
    assert len(report["pairs"]) == len(pairs)
    for (first, second), pair in zip(pairs, report["pairs"], strict=True):
        alone = report_of([[row[first], row[second]] for row in rows], weights="linear")
        for key in ("n_paired", "table", "ac1", "pabak", "percent_agreement", "dichotomised"):
            assert pair[key] == alone[key]
        assert pair["raters"] == [f"Rater {first + 1}", f"Rater {second + 1}"]
        for of_pair, of_two in zip(pair["kappas"], alone["kappas"], strict=True):
            for key in ("weights", "estimate", "se", "se0", "wald", "primary"):
                assert of_pair[key] == of_two[key]
            # The bootstraps draw other numbers: all cases there, those of the pair here.
            assert of_pair["ci"] == pytest.approx(of_two["ci"], abs=0.03)


def test_the_primary_kappa_is_the_mean_over_pairs_and_lies_within_its_interval():
    report = report_of(simulated(150, 3), weights="quadratic")

    estimates = [pair["kappa"]["estimate"] for pair in report["pairs"]]
    assert report["kappa"]["estimate"] == pytest.approx(np.mean(estimates))
    low, high = report["kappa"]["ci"]
    assert low < report["kappa"]["estimate"] < high
    assert report["kappa"]["weights"] == "quadratic"
    assert report["table"] is None


def test_the_sentence_names_every_rater_and_the_number_of_pairs():
    report = report_of(simulated(60, 4))

    for n in range(1, 5):
        assert f"Rater {n} " in report["sentence"]
    assert "mean of the 6 pairs of raters, was unweighted κ = " in report["sentence"]


def test_unscorable_counted_as_low_gives_each_raters_rate_of_all_cases():
    rows = [(4, 4, None), (4, 3, 4), (1, None, None), (3, 4, 4)]
    report = report_of(rows)

    sensitivity = report["sensitivity"]
    assert [(rate["high"], rate["n"]) for rate in sensitivity["rates"]] == [(3, 4), (3, 4), (2, 4)]
    assert sensitivity["table"] is None
    # Pairs agree in 4, 3 and 3 of 4 cases on the cut: by case 1/3 + 1 + 1 + 1 over 4.
    assert sensitivity["percent_agreement"] == pytest.approx((1 / 3 + 3) / 4)


def test_a_pair_without_kappa_leaves_the_mean_without_a_value_and_says_why():
    report = report_of([(4, 4, 1), (4, 4, 2), (4, 4, 3)])

    assert report["kappa"]["estimate"] is None
    assert "raters 1 and 2" in report["kappa"]["refused"]
    assert json.dumps(report, allow_nan=False)


def test_a_rater_who_always_says_the_same_is_warned_of_once():
    report = report_of([(4, 4, 3), (4, 3, 2), (4, 2, 2), (4, 4, 4)])

    assert [text for text in report["warnings"] if text.startswith("Rater 1 gave every")]
    assert not [text for text in report["warnings"] if text.startswith("Rater 2 gave every")]


def test_a_study_of_two_raters_keeps_its_digits():
    ratings = expand_table(TABLE_A, SCALE_A)
    report = agreement_report(
        levels=SCALE_A.levels, high_from=3, ratings=ratings, seed=20260101, resamples=100_000
    )

    assert report["kappa"]["estimate"] == pytest.approx(0.7438, abs=5e-5)
    assert report["kappa"]["ci"] == pytest.approx([0.5601, 0.8915], abs=0.004)
    assert report["pairs"] == []
    assert report["resampling"] == {"unit": "case", "units": 178}


@pytest.mark.parametrize("raters", [2, 3])
def test_resampling_sites_moves_no_estimate_and_draws_as_many_sites_as_there_are(raters):
    rows = simulated(160, raters, seed=3)
    sites = [f"S{n:02d}" for n in range(40)]

    by_case, by_site = (report_of(rows, sites, resampling_unit=unit) for unit in ("case", "site"))

    assert by_site["kappa"]["estimate"] == by_case["kappa"]["estimate"]
    assert by_site["resampling"] == {"unit": "site", "units": 40}
    assert by_site["kappa"]["ci"] == pytest.approx(by_case["kappa"]["ci"], abs=0.08)
    assert "resampling sites with all their cases" in " ".join(by_site["footnotes"])
    assert not [text for text in by_site["warnings"] if "sites" in text]


def test_sites_that_differ_widen_the_interval():
    # Four sites agree throughout, four by chance alone: cases of one site are alike.
    generator = np.random.default_rng(5)
    rows, sites = [], [f"S{n}" for n in range(8)]
    for n in range(400):
        grade = int(generator.integers(1, 5))
        rows.append((grade, grade if n % 8 < 4 else int(generator.integers(1, 5))))

    widths = [
        np.diff(report_of(rows, sites, resampling_unit=unit)["kappa"]["ci"])[0]
        for unit in ("case", "site")
    ]

    assert widths[1] > 3 * widths[0]


@pytest.mark.parametrize(("count", "warned"), [(2, True), (9, True), (29, True), (30, False)])
def test_few_sites_are_warned_of(count, warned):
    rows = simulated(120, 2, seed=4)
    report = report_of(rows, [f"S{n:02d}" for n in range(count)], resampling_unit="site")

    assert any(f"Only {count} sites" in text for text in report["warnings"]) == warned


@pytest.mark.parametrize("raters", [2, 3])
def test_one_site_refuses_every_interval_and_says_so(raters):
    report = report_of(simulated(50, raters), ["Alone"], resampling_unit="site")

    for kappa in (*report["kappas"], report["dichotomised_kappa"]):
        assert kappa["ci"] is None
        assert "all cases come from one" in kappa["refused"]
    assert report["kappa"]["estimate"] is not None
    assert "without a confidence interval" in report["sentence"]


def test_intra_rater_agreement_is_cohens_kappa_of_first_against_repeated():
    pairs = [(1, 1), (2, 3), (4, 4), (3, 3), (None, 2), (4, None), (2, 2)]
    cases = [CaseGrades(f"C{n}", "A", pair) for n, pair in enumerate(pairs)]
    [row] = intra_rater_report({"Rater 1": cases}, SCALE, "linear", BootstrapPlan(1, resamples=500))

    alone = report_of(pairs, weights="linear", resamples=500)
    assert (row["n_repeated"], row["n_paired"]) == (7, 5)
    assert row["table"] == alone["table"]
    assert row["percent_agreement"] == alone["percent_agreement"] == 0.8
    for key in ("estimate", "se", "ci", "undefined", "weights"):
        assert row["kappa"][key] == alone["kappa"][key]


def test_repeats_that_were_all_unscorable_have_no_kappa_but_a_reason():
    cases = [CaseGrades("C1", "A", (None, 3))]
    [row] = intra_rater_report({"Rater 1": cases}, SCALE, "none", BootstrapPlan(1, resamples=100))

    assert row["kappa"]["estimate"] is None
    assert row["kappa"]["refused"]
    assert row["percent_agreement"] is None


grade = st.sampled_from([None, 1, 2, 3, 4])


@settings(max_examples=60)
@given(st.integers(3, 5).flatmap(lambda r: st.lists(st.tuples(*[grade] * r), max_size=12)))
def test_any_grades_give_a_report_without_nan(rows):
    report = agreement_report(
        levels=LEVELS,
        high_from=3,
        ratings=[CaseGrades(f"C{n}", "AB"[n % 2], row) for n, row in enumerate(rows)],
        seed=1,
        resamples=20,
        raters=[f"R{n}" for n in range(len(rows[0]) if rows else 3)],
    )

    json.dumps(report, allow_nan=False)
    assert report["sentence"]


@settings(max_examples=40)
@given(st.lists(st.tuples(grade, grade, grade), min_size=1, max_size=12), st.permutations(range(3)))
def test_the_order_of_the_raters_does_not_change_what_is_of_all_of_them(rows, order):
    straight = report_of(rows, resamples=20)
    turned = report_of([[row[place] for place in order] for row in rows], resamples=20)

    for key in ("percent_agreement", "n_paired"):
        assert turned[key] == pytest.approx(straight[key])
    assert turned["kappa"]["estimate"] == pytest.approx(straight["kappa"]["estimate"])
    for one, other in zip(straight["overall"], turned["overall"], strict=True):
        assert other["estimate"] == pytest.approx(one["estimate"])
