"""The following case's images, fetched ahead: for whom, when, and without a trace."""

import time
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from reader_study.audit.models import Event
from reader_study.reading.models import Assignment, Reading
from reader_study.studies.models import Study, StudyState
from tests.cast import browser_of, open_with_cases, protocol_with
from tests.reading.at_work import RaterAtWork
from tests.reading.conftest import Clock

pytestmark = pytest.mark.django_db

NONE = {"code": None, "media": None}


def following(rater: RaterAtWork, code: str) -> dict[str, Any]:
    answer = rater.get(f"/api/reading/cases/{code}/following")
    assert answer.status_code == 200, answer.content
    assert answer["Cache-Control"] == "private, no-store"
    told: dict[str, Any] = answer.json()
    return told


def at_hand(rater: RaterAtWork) -> str:
    """Open the rater's next case and return its code."""
    code = rater.next
    assert rater.open(code).status_code == 200
    return code


def test_the_case_announced_is_the_one_that_comes_after_submitting():
    ruth = RaterAtWork(open_with_cases(4))
    for _ in range(3):
        code = at_hand(ruth)
        announced = following(ruth, code)["code"]
        assert ruth.submit(code).json()["next"] == announced != code
    assert following(ruth, at_hand(ruth)) == NONE


def test_its_images_are_those_of_the_opened_case():
    ruth = RaterAtWork(open_with_cases(2))
    code = at_hand(ruth)
    ahead = following(ruth, code)
    base = ahead["media"]["base"]
    early = ruth.get(f"{base}volume.bin")
    assert early.status_code == 200
    ruth.submit(code)
    opened = ruth.open(ahead["code"]).json()["media"]
    assert opened["manifest"] == ahead["media"]["manifest"]
    assert opened["version"] == ahead["media"]["version"]
    assert ruth.get(f"{opened['base']}volume.bin").getvalue() == early.getvalue()


def test_images_that_were_made_anew_meanwhile_are_told_from_those_fetched_ahead():
    ruth = RaterAtWork(open_with_cases(2))
    code = at_hand(ruth)
    ahead = following(ruth, code)
    pack: Any = Assignment.objects.get(code=ahead["code"]).media_pack
    pack.folder = f"{pack.folder}-anew"
    pack.save()
    ruth.submit(code)
    assert ruth.open(ahead["code"]).json()["media"]["version"] != ahead["media"]["version"]


def test_fetching_ahead_leaves_no_trace():
    ruth = RaterAtWork(open_with_cases(3))
    code = at_hand(ruth)
    before = ruth.open(code).json()["active_ms"]
    events, readings = Event.objects.count(), Reading.objects.count()
    ahead = following(ruth, code)
    ruth.get(f"{ahead['media']['base']}volume.bin")
    assert (Event.objects.count(), Reading.objects.count()) == (events, readings)
    assert Assignment.objects.get(code=ahead["code"]).current_reading is None
    assert ruth.open(code).json()["active_ms"] == before


def test_a_list_is_looked_along_by_one_case_and_no_further():
    ruth = RaterAtWork(open_with_cases(4))
    after = following(ruth, at_hand(ruth))["code"]
    assert ruth.get(f"/api/reading/cases/{after}/following").status_code == 404
    assert ruth.open(after).status_code == 404


def test_before_a_case_is_opened_and_after_it_is_submitted_nothing_follows_it():
    ruth = RaterAtWork(open_with_cases(3))
    code = ruth.next
    assert following(ruth, code) == NONE
    ruth.submit(code)
    assert following(ruth, code) == NONE


def test_another_rater_is_told_nothing():
    study = open_with_cases(3)
    code = at_hand(RaterAtWork(study))
    assert Client().get(f"/api/reading/cases/{code}/following").status_code == 403
    for other in ("rob", "carol", "stan"):
        assert browser_of(other).get(f"/api/reading/cases/{code}/following").status_code == 404


def test_nothing_follows_the_days_last_case(clock: Clock):
    ruth = RaterAtWork(open_with_cases(5, protocol=protocol_with(cases_per_day=2)))
    assert following(ruth, at_hand(ruth))["code"]
    ruth.read_next()
    assert following(ruth, at_hand(ruth)) == NONE


def test_nothing_follows_the_last_case_of_a_calibration():
    rules = {"cases": 2, "pass_mark": 1.0, "tolerance_levels": 0}
    ruth = RaterAtWork(
        open_with_cases(3, protocol=protocol_with(calibration=rules), references=(3, 3))
    )
    assert following(ruth, at_hand(ruth))["code"]
    ruth.read_next(3)
    assert following(ruth, at_hand(ruth)) == NONE


@pytest.mark.parametrize("washout_days", [0, 7])
def test_a_repeat_is_announced_when_its_washout_is_over_and_not_before(
    clock: Clock, washout_days: int
):
    repeats = {"share": 0.5, "minimum": 4, "washout_days": washout_days}
    ruth = RaterAtWork(open_with_cases(8, protocol=protocol_with(repeats=repeats)))
    announced_repeats = 0
    while ruth.worklist()["next"]:
        code = at_hand(ruth)
        announced = following(ruth, code)["code"]
        assert ruth.submit(code).json()["next"] == announced
        if announced:
            repeat = Assignment.objects.get(code=announced).repeat_of
            announced_repeats += repeat is not None
        elif ruth.worklist()["wait"]["reason"] == "later":
            clock.forward(days=washout_days)
    assert announced_repeats >= 3


def test_a_study_that_was_locked_meanwhile_goes_no_further():
    study = open_with_cases(3)
    ruth = RaterAtWork(study)
    code = at_hand(ruth)
    Study.objects.filter(pk=study.pk).update(state=StudyState.LOCKED, locked_at=timezone.now())
    assert following(ruth, code) == NONE


def test_images_fetched_ahead_may_still_be_fetched_a_minute_later_and_once_the_case_is_next(
    monkeypatch: pytest.MonkeyPatch,
):
    ruth = RaterAtWork(open_with_cases(3))
    code = at_hand(ruth)
    ahead = following(ruth, code)
    address = f"{ahead['media']['base']}volume.bin"
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 61)
    assert ruth.get(address).status_code == 200
    ruth.submit(code)
    assert ruth.get(address).status_code == 200


def test_images_fetched_ahead_are_refused_once_their_case_is_withdrawn(
    monkeypatch: pytest.MonkeyPatch,
):
    ruth = RaterAtWork(open_with_cases(3))
    ahead = following(ruth, at_hand(ruth))
    case = Assignment.objects.get(code=ahead["code"]).case
    case.withdrawn_at, case.withdrawn_reason = timezone.now(), "consent withdrawn"
    case.save()
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 61)
    assert ruth.get(f"{ahead['media']['base']}volume.bin").status_code == 404
