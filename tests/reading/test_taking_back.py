"""A rater takes back what they have just submitted, until they answer the next case."""

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.analysis.services import lock_study
from reader_study.audit.models import Event
from reader_study.reading.models import Assignment, Reading
from reader_study.reading.services import unlock
from reader_study.reading.taking_back import TAKEN_BACK
from reader_study.reading.view_use import use_until
from reader_study.studies.models import Study
from tests.cast import browser_of, open_with_cases, protocol_with
from tests.reading.at_work import RaterAtWork

pytestmark = pytest.mark.django_db

POSE = {"left": 4.5, "posterior": 0, "head": 0}


@pytest.fixture
def study() -> Study:
    return open_with_cases(3)


@pytest.fixture
def ruth(study) -> RaterAtWork:
    return RaterAtWork(study)


def refused(ruth: RaterAtWork, code: str) -> str:
    answer = ruth.take_back(code)
    assert answer.status_code == 409, answer.content
    return answer.json()["detail"]


def test_the_answers_are_a_draft_again_and_the_original_stays(ruth):
    place = ruth.read_next(2, comment="M2 short")
    ruth.open(ruth.next)
    answer = ruth.take_back(place.code)
    assert (answer.status_code, answer.json()["revision"]) == (200, 1)
    body = ruth.open(place.code).json()
    assert (body["state"], body["taken_back"]) == ("draft", True)
    assert (body["draft"]["grade"], body["draft"]["comment"]) == (2, "M2 short")
    assert body["opened_runs"] == [0, 1]
    assert (ruth.worklist()["next"], ruth.worklist()["submitted"]) == (place.code, 0)

    corrected = ruth.read_next(4)
    assert corrected.pk == place.pk
    grades = list(place.readings.values_list("attempt", "grade", "state", "unlock_reason"))
    assert grades == [(1, 2, "submitted", ""), (2, 4, "submitted", TAKEN_BACK)]
    assert place.readings.get(attempt=2).unlocked_by == User.objects.get(username="ruth")


def test_the_original_cannot_be_changed(ruth):
    place = ruth.read_next(1)
    ruth.take_back(place.code)
    with pytest.raises(DatabaseError, match="final"), transaction.atomic():
        place.readings.filter(attempt=1).update(grade=4)


def test_it_is_noted(ruth):
    place = ruth.read_next()
    ruth.take_back(place.code)
    event = Event.objects.get(action="reading taken back")
    assert (event.actor, event.subject) == (User.objects.get(username="ruth"), place.code)
    assert event.detail == {"attempt": 2}


def test_the_time_goes_on_from_where_it_was(ruth, clock):
    code = ruth.next
    ruth.open(code)
    for _ in range(4):
        clock.forward(seconds=15)
        ruth.send("post", code, "heartbeat", {"active": True})
    ruth.submit(code, 2)
    clock.forward(seconds=20)  # the next case is looked at
    ruth.take_back(code)
    clock.forward(seconds=5)
    ruth.submit(code, 3)
    first, second = Reading.objects.filter(assignment__code=code).order_by("attempt")
    assert (first.active_ms, second.active_ms) == (60_000, 65_000)
    assert second.started_at == first.started_at
    assert second.submitted_at is not None
    assert (second.submitted_at - second.started_at).total_seconds() == 85


def test_the_coordinator_sees_who_took_what_back_and_the_time_once(ruth, study, clock):
    code = ruth.next
    ruth.open(code)
    clock.forward(seconds=30)
    ruth.submit(code)
    ruth.take_back(code)
    case = Assignment.objects.get(code=code).case
    seen = browser_of("carol").get(f"/api/studies/{study.id}/cases/{case.id}").json()
    [place] = [place for place in seen["places"] if place["code"] == code]
    assert (place["state"], place["active_minutes"]) == ("draft", 0.5)
    assert [row["taken_back"] for row in place["attempts"]] == [False, True]
    progress = browser_of("carol").get(f"/api/studies/{study.id}/progress").json()
    assert [row["unlocked"] for row in progress["raters"]] == [[], []]


def test_a_request_that_arrives_twice_makes_one_draft(ruth):
    place = ruth.read_next()
    first, second = ruth.take_back(place.code), ruth.take_back(place.code)
    assert (
        (first.status_code, first.json())
        == (second.status_code, second.json())
        == (
            200,
            first.json(),
        )
    )
    assert place.readings.count() == 2
    assert Event.objects.filter(action="reading taken back").count() == 1


def test_it_can_be_done_again_after_the_correction(ruth):
    for attempt in (1, 2, 3):
        place = ruth.read_next(attempt)
        assert ruth.take_back(place.code).status_code == 200
    assert place.readings.count() == 4


def test_the_next_case_may_be_on_screen_but_not_answered(ruth):
    place = ruth.read_next()
    following = ruth.next
    ruth.open(following)
    ruth.send("post", following, "heartbeat", {"active": True})
    answers = ruth.answers(1)
    saved = ruth.send("put", following, "draft", {"revision": 0, "answers": answers})
    assert saved.status_code == 200
    assert refused(ruth, place.code) == (
        "You have begun the next case: ask the coordinator to unlock the one before."
    )
    assert place.readings.count() == 1


def test_nor_any_run_of_it_opened(ruth):
    place = ruth.read_next()
    ruth.send("post", ruth.next, "opened", {"run": 0})
    assert "begun the next case" in refused(ruth, place.code)


def test_only_the_last_submission_can_be_taken_back(ruth):
    first = ruth.read_next()
    second = ruth.read_next()
    assert "submitted another case since" in refused(ruth, first.code)
    assert ruth.take_back(second.code).status_code == 200
    # What was submitted between then and now stays out of reach.
    assert "submitted another case since" in refused(ruth, first.code)


def test_a_correction_that_waits_is_no_obstacle(ruth):
    waiting = ruth.read_next(1)
    last = ruth.read_next(2)
    unlock(assignment=waiting, actor=User.objects.get(username="carol"), reason="Asked for.")
    assert ruth.next == waiting.code
    ruth.open(waiting.code)
    assert ruth.take_back(last.code).status_code == 200


def test_a_correction_that_was_begun_is_one(ruth):
    waiting = ruth.read_next(1)
    last = ruth.read_next(2)
    unlock(assignment=waiting, actor=User.objects.get(username="carol"), reason="Asked for.")
    case = ruth.open(waiting.code).json()
    body = {"revision": case["revision"], "answers": ruth.answers(4)}
    assert ruth.send("put", waiting.code, "draft", body).status_code == 200
    assert "begun the next case" in refused(ruth, last.code)


def test_what_is_not_submitted_is_not_taken_back(ruth):
    code = ruth.next
    assert "not submitted" in refused(ruth, code)
    ruth.open(code)
    assert "not submitted" in refused(ruth, code)


def test_a_coordinators_unlocking_is_not_the_raters(ruth):
    place = ruth.read_next()
    unlock(assignment=place, actor=User.objects.get(username="carol"), reason="Asked for.")
    assert "not submitted" in refused(ruth, place.code)
    assert ruth.open(place.code).json()["taken_back"] is False


def test_a_withdrawn_case_is_not_taken_back(ruth):
    place = ruth.read_next()
    place.case.withdrawn_at, place.case.withdrawn_reason = timezone.now(), "No consent"
    place.case.save()
    assert "taken out of the study" in refused(ruth, place.code)


def test_nobody_takes_back_for_another(ruth):
    place = ruth.read_next()
    for username in ("rob", "carol", "stan"):
        address = f"/api/reading/cases/{place.code}/take-back"
        assert browser_of(username).post(address).status_code == 404


def test_nothing_is_taken_back_once_the_study_is_locked(study):
    for name in ("ruth", "rob"):
        rater = RaterAtWork(study, name)
        for _ in range(3):
            place = rater.read_next()
    lock_study(study=study, actor=User.objects.get(username="carol"))
    assert "not open for reading" in refused(rater, place.code)


def test_a_calibration_case_comes_back_until_the_attempt_is_judged():
    rules = {"cases": 2, "pass_mark": 1.0, "tolerance_levels": 0}
    study = open_with_cases(1, protocol=protocol_with(calibration=rules), references=(3, 3))
    ruth = RaterAtWork(study)
    first = ruth.read_next(1)
    assert ruth.take_back(first.code).status_code == 200
    assert ruth.read_next(3).pk == first.pk
    last = ruth.read_next(3)
    assert "calibration was judged" in refused(ruth, last.code)


def test_the_last_case_of_the_list_can_be_taken_back(study):
    ruth = RaterAtWork(study)
    for _ in range(3):
        place = ruth.read_next()
    assert ruth.worklist()["wait"]["reason"] == "finished"
    assert ruth.take_back(place.code).status_code == 200
    assert ruth.next == place.code


def test_a_late_repetition_of_the_submission_changes_nothing(ruth):
    key = "00000000-0000-4000-8000-000000000001"
    place = ruth.read_next(2, submission_key=key)
    ruth.take_back(place.code)
    body = {"revision": 0, "answers": ruth.answers(2), "submission_key": key}
    assert ruth.send("post", place.code, "submit", body).status_code == 200
    assert ruth.open(place.code).json()["state"] == "draft"


def test_the_snapshot_tells_it_from_an_unlocking_and_counts_what_was_looked_at_before(study):
    ruth = RaterAtWork(study)
    code = ruth.next
    ruth.look(code, "head-pose", POSE)
    place = ruth.read_next(1)
    ruth.take_back(code)
    ruth.read_next(4)
    assert use_until(place.readings.get(attempt=2)).head_turned
    unlocked = ruth.read_next(1)
    unlock(assignment=unlocked, actor=User.objects.get(username="carol"), reason="Asked for.")
    ruth.read_next(2)
    ruth.read_next(3)
    rob = RaterAtWork(study, "rob")
    for _ in range(3):
        rob.read_next()
    snapshot = lock_study(study=study, actor=User.objects.get(username="carol"))
    superseded = {row["case"]: row for row in snapshot.document["superseded"]}
    assert superseded[place.case.code]["taken_back"] is True
    assert superseded[place.case.code]["unlock_reason"] == TAKEN_BACK
    assert superseded[unlocked.case.code]["taken_back"] is False
    [process] = [row["says"] for row in snapshot.report["grras"] if row["item"] == "8"]
    assert "unlocked it with a reason (1 were)" in process
    assert "before answering the next case (1 were)" in process
