"""What the report holds beside the grade, and what the GRRAS checklist says."""

import pytest

from reader_study.analysis.statistics import report_from_snapshot
from tests.analysis.snapshots import (
    constructed_a,
    constructed_b,
    four_raters,
    sealed,
    with_items,
    with_repeats,
)


def test_courses_leave_corrected_ratings_out_and_follow_the_order_of_reading():
    report = report_from_snapshot(with_items(constructed_b()))

    first, second = report["courses"]
    assert first["rater"] == "Rater 1"
    assert first["n"] == 289  # one of 290 was corrected
    assert [point[0] for point in first["points"]] == sorted(point[0] for point in first["points"])
    assert 5 not in {point[0] for point in first["points"]}
    assert second["seconds"]["slope"]["per_100"] == pytest.approx(-20, abs=3)


def test_a_snapshot_of_the_first_release_has_a_report_without_the_newer_parts():
    report = report_from_snapshot(constructed_a())

    assert report["courses"] == report["territories"] == report["questions"] == []
    assert len(report["disagreements"]) == 8
    [rating_process] = [row for row in report["grras"] if row["item"] == "8"]
    assert "Displays and reading environment" in rating_process["says"]


def test_unscorable_cases_are_counted_by_reason_and_rater():
    report = report_from_snapshot(constructed_b())

    assert report["unscorable"] == [{"code": "no_dsa", "label": "No DSA", "counts": [5, 0]}]
    assert sum(case["partly_unscorable"] for case in report["disagreements"]) == 5


def test_each_territory_and_question_of_the_protocol_has_its_numbers():
    snapshot = with_items(four_raters())
    report = report_from_snapshot(snapshot)

    assert [item["label"] for item in report["territories"]] == ["M1", "A2"]
    for item in report["territories"]:
        for rate in item["rates"]:
            rows = [row for row in snapshot["ratings"] if row["rater"] == rate["rater"]]
            given = [row.get("territory_grades", {}).get(item["code"]) for row in rows]
            assert rate["n"] == sum(isinstance(answer, int) for answer in given)
            assert rate["not_opacified"] == given.count("not-opacified")
            assert rate["unanswered"] == given.count(None)
    assert report["territories"][0]["answers"] is None
    assert report["territories"][1]["answers"]["n_paired"] >= report["territories"][1]["n_paired"]
    [question] = report["questions"]
    assert question["kappa"]["weights"] == "none"


def test_the_checklist_has_fifteen_items_and_leaves_to_the_authors_what_is_theirs():
    snapshot = with_repeats(four_raters())
    checklist = report_from_snapshot(snapshot)["grras"]

    assert [row["item"] for row in checklist] == [str(number) for number in range(1, 16)]
    assert [row["item"] for row in checklist if row["status"] == "authors"] == ["3", "4", "5", "14"]
    for row in checklist:
        assert row["status"] == "filled" or "for the authors" in row["says"].lower()
    says = {row["item"]: row["says"] for row in checklist}
    assert "4 raters, 80 cases" in says["11"]
    assert "Rater 1 8" in says["11"]
    assert "linearly weighted" in says["10"]


def test_the_checklist_says_whether_the_predicted_tree_could_lie_over_the_dsa():
    def says(rule: str | None) -> str:
        snapshot = constructed_a()
        if rule:
            snapshot["protocol"]["tree_over_dsa"] = rule
        checklist = report_from_snapshot(sealed(snapshot))["grras"]
        return next(row["says"] for row in checklist if row["item"] == "8")

    assert "each use was recorded" in says("hidden-at-first")
    assert "lay over the DSA at first" in says("shown-at-first")
    assert "never laid over the DSA" in says("never")
    assert "over the DSA" not in says(None)


def test_of_ratings_that_were_loaded_it_does_not_say_how_they_were_given():
    snapshot = constructed_a()
    for row in snapshot["ratings"]:
        row["wall_seconds"] = None

    says = {row["item"]: row for row in report_from_snapshot(sealed(snapshot))["grras"]}

    assert says["8"]["status"] == says["9"]["status"] == "authors"
    assert "loaded" in says["8"]["says"]
