"""Pages ask the database as often for many cases as for few."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from benchmarks.study_pages import PageAddress, pages_of
from reader_study.coordination.simulation import (
    SIMULATED_PROTOCOL,
    simulate_study,
    simulated_staff,
)
from reader_study.studies.models import StudyState
from reader_study.studies.protocol import ProtocolDocument
from tests.cast import browser_of

pytestmark = pytest.mark.django_db

FEW, MANY = 10, 40
MOST = 30
NOT_IN_THIS_STATE = 409

# Even of few cases some are to be adjudicated.
DIFFERING_ON_SOME = ProtocolDocument.model_validate(
    {**SIMULATED_PROTOCOL.model_dump(), "adjudication": "any-difference", "resamples": 2000}
)


def queries(page: PageAddress) -> int | None:
    """Count the queries of a page; None where it has nothing to show in this state."""
    browser = browser_of(page.username)
    with CaptureQueriesContext(connection) as captured:
        answer = browser.get(page.address)
    if answer.status_code == NOT_IN_THIS_STATE:
        return None
    assert answer.status_code == 200, (page.address, answer.content)
    return len(captured)


def queries_of_all_pages(cases: int, state: StudyState) -> dict[str, int | None]:
    """Make a study of so many cases, count what each of its pages asks, and unmake it."""
    with transaction.atomic():
        study = simulate_study(
            slug="simulated",
            name="Simulated",
            cases=cases,
            seed=7,
            staff=simulated_staff(2, "no-password-is-needed"),
            protocol=DIFFERING_ON_SOME,
            state=state,
        )
        counts = {page.route: queries(page) for page in pages_of(study)}
        transaction.set_rollback(True)
    return counts


@pytest.mark.parametrize("state", [StudyState.SETUP, StudyState.READING, StudyState.LOCKED])
def test_the_number_of_queries_does_not_grow_with_the_cases(state):
    few, many = (queries_of_all_pages(cases, state) for cases in (FEW, MANY))
    assert len(many) > 8
    grown = {route: (few[route], many[route]) for route in many if few[route] != many[route]}
    assert grown == {}
    assert {route: count for route, count in many.items() if count and count > MOST} == {}
