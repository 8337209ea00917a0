"""A coordinator closes a study to people without a second factor, and opens it again."""

import pytest

from reader_study.accounts.second_factor import SECOND_FACTOR_AT
from reader_study.audit.models import Event
from tests.cast import browser_of, make_study

pytestmark = pytest.mark.django_db


def set_rule(browser, study, required):
    address = f"/api/studies/{study.id}/second-factor"
    return browser.post(address, {"required": required}, "application/json")


@pytest.fixture
def study():
    return make_study()


def test_nobody_closes_a_study_before_themselves(study):
    refused = set_rule(browser_of("carol"), study, required=True)
    assert refused.status_code == 409
    study.refresh_from_db()
    assert not study.second_factor_required


def test_the_rule_is_set_and_lifted_once_each_in_the_trail(study):
    carol = browser_of("carol")
    session = carol.session
    session[SECOND_FACTOR_AT] = 1.0
    session.save()
    for required in (True, True, False):
        answer = set_rule(carol, study, required)
        assert answer.status_code == 200
        assert answer.json()["second_factor_required"] is required
    actions = Event.objects.filter(action__contains="second factor").values_list(
        "action", flat=True
    )
    assert list(actions.order_by("id")) == [
        "second factor required",
        "second factor no longer required",
    ]


@pytest.mark.parametrize("required", ["true", "false", 1, None, []])
def test_what_is_neither_true_nor_false_is_refused(study, required):
    refused = set_rule(browser_of("carol"), study, required)
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["pointer"] == "#/required"
