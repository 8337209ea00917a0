"""From a snapshot to a report."""

import copy
import json
from typing import Any

import pytest

from reader_study.agreement import CaseGrades
from reader_study.agreement.constructed_tables import (
    CONSTRUCTED_NOTICE,
    SCALE_A,
    TABLE_A,
    expand_table,
)
from reader_study.analysis.snapshot import SnapshotDocument
from reader_study.analysis.statistics import report_from_snapshot
from tests.analysis.snapshots import constructed_b, rating, sealed, snapshot_of

THREE_CASES = [
    CaseGrades("C-1", "North", (3, 4)),
    CaseGrades("C-2", "South", (1, 1)),
    CaseGrades("C-3", "North", (4, 4)),
]


def small(**changes: Any) -> SnapshotDocument:
    """Return a sealed snapshot of three cases with some of its keys replaced."""
    snapshot: Any = {**snapshot_of(THREE_CASES, SCALE_A, resamples=500), **changes}
    return sealed(snapshot)


def test_a_snapshot_of_table_a_prints_the_published_row():
    cases = expand_table(TABLE_A, SCALE_A)

    report = report_from_snapshot(snapshot_of(cases, SCALE_A, resamples=100_000))

    for words in ("98.9 %", "98.3 %", "κ = 0.74 (95 % CI 0.56–0.89"):
        assert words in report["sentence"]
    assert report["table"] == [list(row) for row in TABLE_A]


def test_a_snapshot_of_table_b_prints_the_published_row_with_unscorable_cases():
    report = report_from_snapshot(constructed_b())

    for words in ("282 of 285", "285 of 290", "κ = 0.74 (95 % CI 0.56–0.89"):
        assert words in report["sentence"]
    assert [rate["unscorable"] for rate in report["rates"]] == [5, 0]


def test_the_report_says_what_it_was_computed_from():
    snapshot = small(model={"name": "demo model", "sha256": "ab", "notice": "phantoms only"})

    report = report_from_snapshot(snapshot)

    assert report["study_name"] == "Constructed"
    assert report["data_notice"] == CONSTRUCTED_NOTICE
    for key in ("snapshot_sha256", "protocol_sha256", "locked_at", "model"):
        assert report[key] == snapshot[key]
    assert report["raters"] == ["Rater 1", "Rater 2"]


def test_the_same_snapshot_gives_the_same_report_and_the_order_of_ratings_does_not_matter():
    snapshot = small()
    reversed_ratings = small(ratings=snapshot["ratings"][::-1])
    again = report_from_snapshot(copy.deepcopy(snapshot))

    report, other = report_from_snapshot(snapshot), report_from_snapshot(reversed_ratings)

    assert json.dumps(report, allow_nan=False) == json.dumps(again)
    assert other == {**report, "snapshot_sha256": reversed_ratings["snapshot_sha256"]}


@pytest.mark.parametrize("key", ["locked_at", "protocol_sha256"])
def test_a_snapshot_changed_after_the_lock_is_refused(key):
    snapshot: Any = {**small(), key: "something else"}

    with pytest.raises(ValueError, match="changed after the lock"):
        report_from_snapshot(snapshot)


def test_a_grade_changed_after_the_lock_is_refused():
    snapshot = small()
    snapshot["ratings"][0]["grade"] = 1

    with pytest.raises(ValueError, match="does not match its hash"):
        report_from_snapshot(snapshot)


def test_an_unread_case_is_not_taken_for_an_unscorable_one():
    ratings = small()["ratings"][:-1]

    with pytest.raises(ValueError, match="Case C-3 has no rating by Rater 2"):
        report_from_snapshot(small(ratings=ratings))


def test_two_ratings_of_one_case_by_one_rater_are_refused():
    ratings = [*small()["ratings"], rating("C-1", "Rater 1", 2)]

    with pytest.raises(ValueError, match="Case C-1 has two ratings by Rater 1"):
        report_from_snapshot(small(ratings=ratings))


def test_a_rating_by_a_stranger_is_refused():
    ratings = [*small()["ratings"], rating("C-1", "Rater 3", 2)]

    with pytest.raises(ValueError, match="Rater 3, who is not a rater"):
        report_from_snapshot(small(ratings=ratings))


@pytest.mark.parametrize("codes", [[], ["Rater 1"], ["A", "A"], ["A", "B", "A"]])
def test_fewer_than_two_raters_and_raters_of_one_code_are_refused(codes):
    raters = [{"code": code, "username": "u"} for code in codes]

    with pytest.raises(ValueError, match="two raters or more"):
        report_from_snapshot(small(raters=raters, ratings=[]))


def test_a_study_locked_without_a_case_has_a_report_that_says_so():
    report = report_from_snapshot(small(ratings=[]))

    assert "no case was graded by both raters" in report["sentence"]
