"""Many windows submit one case at the same moment: one answer counts, the others are told."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from reader_study.audit.models import Event
from reader_study.reading.models import Reading, ReadingState
from tests.cast import browser_of, next_code, open_with_cases

pytestmark = pytest.mark.django_db(transaction=True)

WINDOWS = 32


def submitted_at_once(code: str, submission_key: str | None = None) -> list[tuple[int, str]]:
    """Submit a case from all windows, each with an answer of its own; return what they are told."""
    address = f"/api/reading/cases/{code}"
    browsers = [browser_of("ruth") for _ in range(WINDOWS)]
    for run in (0, 1):
        browsers[0].post(f"{address}/opened", {"run": run}, content_type="application/json")
    key = {"submission_key": submission_key} if submission_key else {}
    together = Barrier(WINDOWS)

    def submit(window: int) -> tuple[int, str]:
        answers = {
            "grade": 1 + window % 4,
            "unscorable_reason": None,
            "comment": f"window {window}",
        }
        together.wait()
        try:
            answer = browsers[window].post(
                f"{address}/submit",
                {"revision": 0, "answers": answers, **key},
                content_type="application/json",
            )
        finally:
            connections.close_all()
        return answer.status_code, answer.content.decode()

    with ThreadPoolExecutor(WINDOWS) as pool:
        return list(pool.map(submit, range(WINDOWS)))


def test_of_32_simultaneous_submits_one_counts_and_the_others_are_told():
    study = open_with_cases(1)
    code = next_code(study, "ruth")
    outcomes = submitted_at_once(code)
    accepted = [window for window, (status, _) in enumerate(outcomes) if status == 200]
    assert len(accepted) == 1, outcomes
    refused = [body for status, body in outcomes if status == 409]
    assert len(refused) == WINDOWS - 1, outcomes
    assert all("submitted and is locked" in body for body in refused)
    reading = Reading.objects.get(assignment__code=code)
    assert reading.state == ReadingState.SUBMITTED
    assert reading.comment == f"window {accepted[0]}"
    assert Event.objects.filter(action="reading submitted").count() == 1


def test_one_submission_that_arrives_32_times_counts_once_and_is_answered_each_time():
    study = open_with_cases(1)
    code = next_code(study, "ruth")
    outcomes = submitted_at_once(code, "00000000-0000-4000-8000-000000000001")
    assert {status for status, _ in outcomes} == {200}
    assert len({body for _, body in outcomes}) == 1
    assert Reading.objects.get(assignment__code=code).state == ReadingState.SUBMITTED
    assert Event.objects.filter(action="reading submitted").count() == 1
