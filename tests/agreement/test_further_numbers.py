"""What a report says beside rates and κ: tests of two raters' habits, further coefficients."""

from typing import Any

import numpy as np
import pytest
from scipy.stats import binomtest

from reader_study.agreement import CaseGrades, Level, agreement_report
from reader_study.agreement.chance_corrected import brennan_prediger, gwet_ac, scott_pi
from reader_study.agreement.constructed_tables import SCALE_A, TABLE_A, expand_table
from reader_study.agreement.krippendorff import METRICS

LEVELS = tuple(Level(value, f"Level {value}") for value in (1, 2, 3, 4))


def report_of(rows: list[Any], levels: Any = LEVELS, **changes: Any) -> dict[str, Any]:
    cases = [CaseGrades(f"C-{n:04d}", "A", tuple(row)) for n, row in enumerate(rows)]
    raters = [f"Rater {n + 1}" for n in range(len(rows[0]))]
    settings: dict[str, Any] = {"high_from": levels[-2].value, "seed": 1, "resamples": 1000}
    return agreement_report(levels=levels, ratings=cases, raters=raters, **{**settings, **changes})


def rows_of(table: list[list[int]]) -> list[tuple[int, int]]:
    return [
        (first + 1, second + 1)
        for first, row in enumerate(table)
        for second, count in enumerate(row)
        for _ in range(count)
    ]


@pytest.fixture(scope="module")
def report_a() -> dict[str, Any]:
    return agreement_report(
        levels=SCALE_A.levels,
        high_from=SCALE_A.high_from,
        ratings=expand_table(TABLE_A, SCALE_A),
        seed=1,
        resamples=1000,
    )


def test_the_difference_of_the_rates_stands_with_tangos_interval_and_mcnemars_tests(report_a):
    found = report_a["mcnemar"]

    assert found["difference"] == pytest.approx(1 / 178)
    low, high = found["ci"]
    assert low < 0 < found["difference"] < high
    assert (found["only_first"], found["only_second"]) == (1, 0)
    assert found["statistic"] == pytest.approx(1.0)
    assert found["exact_p"] == pytest.approx(binomtest(1, 1).pvalue)
    assert found["refused"] is None


def test_mcnemars_published_table_gives_the_published_values():
    # Agresti's approval ratings, [[794, 150], [86, 570]].
    levels = (Level(1, "Low"), Level(2, "High"))
    found = report_of(rows_of([[794, 150], [86, 570]]), levels, high_from=2)["mcnemar"]

    assert found["statistic"] == pytest.approx(17.3559, abs=1e-4)
    assert found["corrected"]["statistic"] == pytest.approx(16.8178, abs=1e-4)
    assert found["exact_p"] == pytest.approx(3.716e-5, rel=1e-3)


def test_bowker_and_stuart_maxwell_are_of_the_full_scale(report_a):
    # By hand: pairs of levels (1,2) 1 and 0, (2,3) 0 and 1, (3,4) 5 and 1.
    assert report_a["bowker"]["statistic"] == pytest.approx(1 + 1 + 16 / 6)
    assert report_a["bowker"]["df"] == 3
    assert report_a["stuart_maxwell"]["df"] == 3
    assert 0 < report_a["stuart_maxwell"]["p"] < 1


def test_raters_who_never_differ_get_a_sentence_instead_of_a_test():
    report = report_of([(3, 3), (4, 4), (1, 1)])

    for name in ("mcnemar", "bowker", "stuart_maxwell"):
        assert report[name]["statistic"] is None
        assert "never differ" in report[name]["refused"]
    assert report["mcnemar"]["difference"] == 0


def test_two_raters_have_the_further_coefficients_of_their_table(report_a):
    found = {(one["coefficient"], one["weights"]): one for one in report_a["overall"]}

    assert list(found) == [
        ("gwet", "linear"),
        ("gwet", "quadratic"),
        ("scott", "none"),
        ("brennan_prediger", "none"),
        *(("krippendorff", metric) for metric in METRICS),
    ]
    ac2 = gwet_ac(TABLE_A, "quadratic")
    assert found["gwet", "quadratic"]["estimate"] == ac2.estimate
    assert found["gwet", "quadratic"]["se"] == ac2.se
    assert found["scott", "none"]["estimate"] == scott_pi(TABLE_A).estimate
    assert found["brennan_prediger", "none"]["estimate"] == brennan_prediger(TABLE_A).estimate
    # Krippendorff's nominal α is Scott's π with a correction for small samples.
    scott = found["scott", "none"]["estimate"]
    assert found["krippendorff", "nominal"]["estimate"] == pytest.approx(
        scott + (1 - scott) / (2 * 178)
    )


def test_more_raters_have_alpha_in_four_metrics_and_each_pair_its_tests():
    generator = np.random.default_rng(3)
    truth = generator.integers(1, 5, size=60)
    rows = [[int(min(4, max(1, t + s))) for s in generator.integers(-1, 2, 3)] for t in truth]

    report = report_of(rows, weights="linear")

    names = [(one["coefficient"], one["weights"]) for one in report["overall"]]
    assert names == [
        ("fleiss", "linear"),
        ("conger", "linear"),
        ("gwet", "linear"),
        ("gwet", "quadratic"),
        ("brennan_prediger", "linear"),
        *(("krippendorff", metric) for metric in METRICS),
    ]
    assert all(one["estimate"] is not None for one in report["overall"])
    assert report["mcnemar"] is None
    for place, (first, second) in enumerate([(0, 1), (0, 2), (1, 2)]):
        alone = report_of([[row[first], row[second]] for row in rows])
        for name in ("mcnemar", "bowker", "stuart_maxwell"):
            assert report["pairs"][place][name] == alone[name]


def test_the_ratio_metric_is_left_out_where_a_level_has_no_positive_value():
    levels = tuple(Level(value, f"Level {value}") for value in (0, 1, 2))
    report = report_of([(0, 1), (2, 2), (1, 1), (2, 1)], levels)

    metrics = [one["weights"] for one in report["overall"] if one["coefficient"] == "krippendorff"]
    assert metrics == ["nominal", "ordinal", "interval"]


def test_a_footnote_says_what_the_tests_ask(report_a):
    assert any("McNemar" in note and "not corrected" in note for note in report_a["footnotes"])
    assert any("AC2" in note and "large-sample" in note for note in report_a["footnotes"])
