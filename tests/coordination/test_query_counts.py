"""Pages ask the database as often for many cases as for few."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import browser_of, open_with_cases

pytestmark = pytest.mark.django_db


def queries(username: str, address: str) -> int:
    browser = browser_of(username)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    ("username", "page"),
    [
        ("carol", "/api/studies"),
        ("carol", "/api/studies/{study}"),
        ("carol", "/api/studies/{study}/progress"),
        ("carol", "/api/studies/{study}/cases"),
        ("carol", "/api/studies/{study}/uploads"),
        ("ruth", "/api/reading/{study}/worklist"),
    ],
)
def test_the_number_of_queries_does_not_grow_with_the_cases(username, page):
    few = open_with_cases(2, slug="few")
    many = open_with_cases(9, slug="many")
    counts = [queries(username, page.format(study=study.id)) for study in (few, many)]
    assert counts[0] == counts[1]
    assert counts[1] <= 25
