"""Many coordinators decide about one run at the same moment: one wins, the others are told."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from reader_study.audit.models import Event
from reader_study.cohorts.models import Review, Series
from tests.cast import browser_of, make_study
from tests.stored_series import add_run, new_case

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 12


def test_of_twelve_decisions_at_once_one_counts(tmp_path):
    run = add_run(new_case(make_study()), tmp_path)
    address = f"/api/studies/{run.case.study_id}/cases/{run.case_id}/series/{run.pk}/review"
    browsers = [browser_of("carol") for _ in range(PEOPLE)]
    together = Barrier(PEOPLE)

    def decide(number: int) -> tuple[int, str]:
        decision = "release" if number % 2 else "keep-out"
        body = {"decision": decision, "phase": "after", "note": f"person {number}"}
        together.wait()
        try:
            answer = browsers[number].post(address, body, content_type="application/json")
        finally:
            connections.close_all()
        return answer.status_code, answer.content.decode()

    with ThreadPoolExecutor(PEOPLE) as pool:
        outcomes = list(pool.map(decide, range(PEOPLE)))
    winners = [number for number, (status, _) in enumerate(outcomes) if status == 200]
    assert len(winners) == 1, outcomes
    assert all("is decided on already" in said for status, said in outcomes if status == 409)
    assert sorted(status for status, _ in outcomes)[1:] == [409] * (PEOPLE - 1)
    decided = Series.objects.get()
    assert decided.review_note == f"person {winners[0]}"
    assert decided.used == (decided.review == Review.RELEASED)
    said = Event.objects.filter(action__in=["series released", "series kept out"])
    assert said.count() == 1
