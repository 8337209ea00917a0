"""After the lock a case opens with what its raters saw and said, for those who see results."""

import pytest

from reader_study.accounts.models import User
from reader_study.analysis.services import lock_study
from reader_study.audit.models import Event
from tests.cast import add_every_role, browser_of, grade, open_with_cases

pytestmark = pytest.mark.django_db


@pytest.fixture
def study():
    study = open_with_cases(2)
    add_every_role(study)
    return study


def locked(study):
    grade(study, "ruth", {"C001": 4, "C002": None})
    grade(study, "rob", {"C001": 4, "C002": 1})
    lock_study(study=study, actor=User.objects.get(username="carol"))
    return study


def case_as(username, study, code="C002"):
    return browser_of(username).get(f"/api/studies/{study.id}/report/cases/{code}")


def test_the_case_shows_both_ratings_in_the_words_of_the_raters_and_the_images_that_they_saw(study):
    found = case_as("stella", locked(study)).json()

    assert [row["rater"] for row in found["ratings"]] == ["Rater 1", "Rater 2"]
    assert [row["grade"] for row in found["ratings"]] == [None, 1]
    assert found["ratings"][0]["unscorable_reason"]
    assert found["ratings"][1]["position"] is not None
    assert found["media"]["manifest"]["volume"]


def test_its_images_come_to_whoever_sees_results_and_to_no_rater(study):
    base = case_as("carol", locked(study)).json()["media"]["base"]
    name = case_as("carol", study).json()["media"]["manifest"]["volume"]["file"]

    assert browser_of("carol").get(f"{base}{name}").status_code == 200
    assert browser_of("stella").get(f"{base}{name}").status_code == 200
    for other in ("ruth", "ada", "sid", "stan"):
        assert browser_of(other).get(f"{base}{name}").status_code == 404
    assert browser_of("carol").get(f"{base}../secret").status_code == 404
    assert browser_of("carol").get(f"{base[:-3]}x/{name}").status_code == 404


def test_nothing_opens_before_the_lock_and_no_rater_or_adjudicator_gets_in_after(study):
    assert case_as("carol", study).status_code == 409
    locked(study)
    for other in ("ruth", "rob", "ada", "sid", "stan"):
        assert case_as(other, study).status_code == 404


def test_a_case_that_is_not_in_the_snapshot_is_not_found(study):
    assert case_as("carol", locked(study), "C999").status_code == 404


def test_every_look_is_in_the_audit_trail(study):
    case_as("stella", locked(study))

    event = Event.objects.get(action="case seen unblinded")
    assert event.actor is not None
    assert (event.actor.username, event.subject) == ("stella", "C002")
