"""Calibration: read first, judged once, read again under new codes until it is passed."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import DatabaseError, connection, connections, transaction

from reader_study.audit.models import Event
from reader_study.reading import calibration
from reader_study.reading.models import Assignment, CalibrationResult, Stage
from reader_study.studies.models import Study
from reader_study.studies.protocol import Calibration
from tests.cast import open_with_cases, protocol_with
from tests.reading.at_work import RaterAtWork

REFERENCES = (1, 2, 3, 4)


def study_with_calibration(pass_mark: float = 0.75, tolerance: int = 0) -> Study:
    rules = {"cases": 4, "pass_mark": pass_mark, "tolerance_levels": tolerance}
    return open_with_cases(2, protocol=protocol_with(calibration=rules), references=REFERENCES)


def read_attempt(rater: RaterAtWork, off_by: dict[str, int | None]) -> list[Assignment]:
    """Read one attempt: as the reference says, but for some cases (off by so many, or None)."""
    read = []
    for _ in REFERENCES:
        code = rater.next
        case = Assignment.objects.select_related("case").get(code=code).case
        off = off_by.get(case.code, 0)
        reference = case.reference_grade or 0
        read.append(rater.read_next(None if off is None else reference + off))
    return read


@pytest.mark.parametrize(
    ("grade", "tolerance", "agrees"),
    [(3, 0, True), (2, 0, False), (2, 1, True), (4, 1, True), (1, 1, False), (None, 3, False)],
)
def test_a_grade_agrees_within_the_tolerance_and_unscorable_never(grade, tolerance, agrees):
    rules = Calibration(tolerance_levels=tolerance)
    assert calibration.agrees(grade, 3, rules) is agrees


@pytest.mark.django_db
class TestFlow:
    def test_calibration_is_read_before_the_study(self):
        ruth = RaterAtWork(study_with_calibration())
        stands = ruth.worklist()
        assert (stands["stage"], stands["attempt"], stands["total"]) == ("calibration", 1, 4)
        assert stands["last_calibration"] is None
        main = Assignment.objects.filter(rater__username="ruth", stage=Stage.MAIN)
        assert all(ruth.open(place.code).status_code == 404 for place in main)
        read = read_attempt(ruth, {})
        assert {place.stage for place in read} == {Stage.CALIBRATION}

    def test_who_passes_goes_on_to_the_study(self):
        ruth = RaterAtWork(study_with_calibration())
        read_attempt(ruth, {"K001": 1})
        stands = ruth.worklist()
        assert (stands["stage"], stands["submitted"], stands["total"]) == ("main", 0, 2)
        assert stands["last_calibration"] == {
            "attempt": 1, "agreed": 3, "total": 4, "passed": True,
        }  # fmt: skip

    def test_the_last_submission_already_says_that_the_study_begins(self):
        ruth = RaterAtWork(study_with_calibration())
        for _ in range(3):
            ruth.read_next()
        answer = ruth.submit(ruth.next, 3)
        assert answer.json()["stage"] == "calibration"
        assert answer.json()["attempt"] == 2

    def test_who_fails_reads_the_same_cases_again_under_new_codes_in_a_new_order(self):
        ruth = RaterAtWork(study_with_calibration())
        first = read_attempt(ruth, {"K001": 1, "K002": None})
        stands = ruth.worklist()
        assert (stands["stage"], stands["attempt"], stands["submitted"]) == ("calibration", 2, 0)
        assert stands["last_calibration"] == {
            "attempt": 1, "agreed": 2, "total": 4, "passed": False,
        }  # fmt: skip
        second = read_attempt(ruth, {})
        assert {row.case.code for row in first} == {row.case.code for row in second}
        assert not {row.code for row in first} & {row.code for row in second}
        assert ruth.worklist()["stage"] == "main"
        assert [row.passed for row in CalibrationResult.objects.all()] == [False, True]

    def test_attempts_have_orders_of_their_own(self):
        ruth = RaterAtWork(study_with_calibration(pass_mark=1.0))
        orders = [
            tuple(place.case.code for place in read_attempt(ruth, {"K001": 1})) for _ in range(4)
        ]
        assert len(set(orders)) > 1
        assert ruth.worklist()["attempt"] == 5

    def test_every_case_must_agree_where_the_mark_says_so(self):
        ruth = RaterAtWork(study_with_calibration(pass_mark=1.0, tolerance=1))
        read_attempt(ruth, {"K001": 1, "K004": -1})
        assert CalibrationResult.objects.get().passed

    def test_calibration_is_each_raters_own(self):
        study = study_with_calibration()
        read_attempt(RaterAtWork(study, "ruth"), {})
        assert RaterAtWork(study, "rob").worklist()["stage"] == "calibration"

    def test_it_is_noted_in_the_audit_trail(self):
        ruth = RaterAtWork(study_with_calibration())
        read_attempt(ruth, {"K001": 1, "K002": 1})
        event = Event.objects.get(action="calibration not passed")
        assert event.detail == {"attempt": 1, "agreed": 2, "total": 4}

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE reading_calibrationresult SET passed = NOT passed",
            "DELETE FROM reading_calibrationresult",
        ],
    )
    def test_the_database_keeps_a_result(self, statement):
        read_attempt(RaterAtWork(study_with_calibration()), {"K001": 1, "K002": 1})
        with (
            pytest.raises(DatabaseError, match="final"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
        assert not CalibrationResult.objects.get().passed


@pytest.mark.django_db(transaction=True)
def test_the_last_two_cases_submitted_at_once_are_judged_once(monkeypatch):
    study = study_with_calibration()
    ruth = RaterAtWork(study)
    read = [ruth.read_next() for _ in range(2)]
    rest = Assignment.objects.filter(study=study, rater__username="ruth", stage=Stage.CALIBRATION)
    third, fourth = rest.exclude(pk__in=[row.pk for row in read]).order_by("position")
    ruth.open(third.code)
    # The fourth is opened in another window while the third is still being submitted.
    monkeypatch.setattr("reader_study.reading.api.may_be_opened", lambda assignment: True)
    cases = {}
    for place in (third, fourth):
        cases[place.code] = ruth.open(place.code).json()
        for run in (0, 1):
            ruth.send("post", place.code, "opened", {"run": run})
    both_submitted = threading.Barrier(2)

    def judge_together(last: Assignment) -> CalibrationResult | None:
        # Where the database lets two write at once, neither has seen the other's submission.
        with suppress(threading.BrokenBarrierError):
            both_submitted.wait(timeout=3)
        return calibration.judge_finished_attempt(last)

    monkeypatch.setattr("reader_study.reading.answering.judge_finished_attempt", judge_together)

    def submit(code: str) -> int:
        try:
            body = {"revision": cases[code]["revision"], "answers": ruth.answers(3)}
            return ruth.send("post", code, "submit", body).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(submit, cases)) == [200, 200]
    assert CalibrationResult.objects.filter(study=study, rater__username="ruth").count() == 1
    again = Assignment.objects.filter(rater__username="ruth", stage=Stage.CALIBRATION, attempt=2)
    assert again.count() == 4
