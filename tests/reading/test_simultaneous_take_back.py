"""A submission is taken back in one window while the next case is answered in another."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from reader_study.reading.models import Assignment, CalibrationResult, Reading
from tests.cast import open_with_cases, protocol_with
from tests.reading.at_work import RaterAtWork

pytestmark = pytest.mark.django_db(transaction=True)

ATTEMPTS = 3


def at_once(*requests: Callable[[], Any]) -> list[tuple[int, str]]:
    """Send the requests at one moment, each by a thread of its own."""
    together = Barrier(len(requests))

    def send(request: Callable[[], Any]) -> tuple[int, str]:
        together.wait()
        try:
            answer = request()
        finally:
            connections.close_all()
        return answer.status_code, answer.content.decode()

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(send, requests))


def attempts(place: Assignment) -> list[tuple[int, str]]:
    return list(place.readings.order_by("attempt").values_list("attempt", "state"))


@pytest.mark.parametrize("_attempt", range(ATTEMPTS))
@pytest.mark.parametrize("what", ["draft", "opened"])
def test_either_the_case_comes_back_or_the_next_one_was_begun(what, _attempt):
    study = open_with_cases(2)
    ruth = RaterAtWork(study)
    place = ruth.read_next(1)
    following = ruth.next
    ruth.open(following)
    requests: dict[str, tuple[str, dict[str, Any]]] = {
        "draft": ("put", {"revision": 0, "answers": ruth.answers(2)}),
        "opened": ("post", {"run": 0}),
    }
    method, body = requests[what]
    (taken, said), (saved, problem) = at_once(
        lambda: ruth.take_back(place.code),
        lambda: ruth.send(method, following, what, body),
    )
    assert saved == 200, problem
    if taken == 200:
        assert attempts(place) == [(1, "submitted"), (2, "draft")]
    else:
        assert (taken, "begun the next case" in said) == (409, True)
        assert attempts(place) == [(1, "submitted")]
    place.refresh_from_db()
    assert place.current_reading == place.readings.latest("attempt")


@pytest.mark.parametrize("_attempt", range(ATTEMPTS))
def test_a_taking_back_and_the_submission_of_the_next_case_each_end_whole(_attempt):
    study = open_with_cases(2, protocol=protocol_with(require_all_runs_opened=False))
    ruth = RaterAtWork(study)
    place = ruth.read_next(1)
    following = Assignment.objects.get(code=ruth.next)
    ruth.open(following.code)
    body = {"revision": 0, "answers": ruth.answers(2)}
    (taken, said), (submitted, problem) = at_once(
        lambda: ruth.take_back(place.code),
        lambda: ruth.send("post", following.code, "submit", body),
    )
    assert submitted == 200, problem
    assert attempts(following) == [(1, "submitted")]
    if taken == 200:
        assert attempts(place) == [(1, "submitted"), (2, "draft")]
        assert ruth.next == place.code
    else:
        assert (taken, "submitted another case" in said) == (409, True)
        assert attempts(place) == [(1, "submitted")]


def test_many_windows_take_one_submission_back_once():
    study = open_with_cases(2)
    ruth = RaterAtWork(study)
    place = ruth.read_next(1)
    outcomes = at_once(*[lambda: ruth.take_back(place.code)] * 12)
    assert {status for status, _ in outcomes} == {200}
    assert attempts(place) == [(1, "submitted"), (2, "draft")]


def test_a_calibration_is_judged_or_its_case_taken_back_never_both():
    rules = {"cases": 2, "pass_mark": 1.0, "tolerance_levels": 0}
    study = open_with_cases(1, protocol=protocol_with(calibration=rules), references=(3, 3))
    ruth = RaterAtWork(study)
    first = ruth.read_next(3)
    last = ruth.next
    ruth.open(last)
    (taken, _), (submitted, problem) = at_once(
        lambda: ruth.take_back(first.code), lambda: ruth.submit(last, 3)
    )
    assert submitted == 200, problem
    judged = CalibrationResult.objects.exists()
    assert judged is (taken == 409)
    assert Reading.objects.filter(assignment=first).count() == (1 if judged else 2)
