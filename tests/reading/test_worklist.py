"""What comes next, what has to wait and what a rater cannot reach yet."""

import pytest
from django.test import override_settings

from reader_study.reading.media import media_base
from reader_study.reading.models import Assignment
from tests.cast import open_with_cases, protocol_with
from tests.reading.at_work import RaterAtWork
from tests.reading.conftest import Clock

pytestmark = pytest.mark.django_db


def test_after_the_days_cases_the_rater_is_sent_home_until_midnight(clock: Clock):
    ruth = RaterAtWork(open_with_cases(5, protocol=protocol_with(cases_per_day=2)))
    ruth.read_next()
    ruth.read_next()
    stands = ruth.worklist()
    assert stands["next"] is None
    assert stands["wait"] == {"reason": "daily-limit", "until": "2026-03-03T00:00:00Z"}
    clock.forward(hours=14)
    assert ruth.worklist()["next"] is None
    clock.forward(hours=2)
    assert ruth.worklist()["next"]


def test_a_case_that_was_begun_may_be_finished_over_the_days_limit(clock: Clock):
    ruth = RaterAtWork(open_with_cases(5, protocol=protocol_with(cases_per_day=1)))
    begun = ruth.next
    ruth.open(begun)
    clock.forward(days=1)
    ruth.submit(begun)
    assert ruth.worklist()["wait"]["reason"] == "daily-limit"


def test_the_days_limit_counts_calibration_too(clock: Clock):
    rules = {"cases": 2, "pass_mark": 1.0, "tolerance_levels": 0}
    protocol = protocol_with(cases_per_day=3, calibration=rules)
    ruth = RaterAtWork(open_with_cases(5, protocol=protocol, references=(3, 3)))
    for _ in range(3):
        ruth.read_next(3)
    stands = ruth.worklist()
    assert (stands["stage"], stands["submitted"]) == ("main", 1)
    assert stands["wait"]["reason"] == "daily-limit"


def test_the_days_limit_ends_at_midnight_where_the_raters_are(clock: Clock):
    with override_settings(TIME_ZONE="America/New_York"):
        ruth = RaterAtWork(open_with_cases(3, protocol=protocol_with(cases_per_day=1)))
        ruth.read_next()
        assert ruth.worklist()["wait"]["until"] == "2026-03-03T00:00:00-05:00"


def test_when_all_is_read_the_rater_has_finished():
    ruth = RaterAtWork(open_with_cases(2))
    ruth.read_next()
    answer = ruth.submit(ruth.next)
    assert answer.json()["next"] is None
    stands = ruth.worklist()
    assert (stands["next"], stands["wait"]) == (None, {"reason": "finished", "until": None})


def test_a_case_that_is_neither_begun_nor_next_is_not_there():
    study = open_with_cases(4)
    ruth = RaterAtWork(study)
    later = Assignment.objects.filter(rater__username="ruth").exclude(code=ruth.next)
    for place in later:
        assert ruth.open(place.code).status_code == 404
        for method, what, body in (
            ("put", "draft", {"revision": 0, "answers": ruth.answers()}),
            ("post", "submit", {"revision": 0, "answers": ruth.answers()}),
            ("post", "opened", {"run": 0}),
            ("post", "heartbeat", {"active": True}),
        ):
            assert ruth.send(method, place.code, what, body).status_code == 404
    assert not place.readings.exists()


def test_images_of_a_case_are_not_there_before_it_follows_the_one_at_hand_whatever_the_address():
    study = open_with_cases(4)
    ruth = RaterAtWork(study)
    before_last, later = Assignment.objects.filter(rater__username="ruth").order_by("position")[2:]
    # Even an address signed with the server's own key, such as one from a backup's log.
    address = f"{media_base(later, None)}volume.bin"
    assert ruth.get(address).status_code == 404
    while ruth.worklist()["next"] != before_last.code:
        ruth.read_next()
    assert ruth.get(address).status_code == 404
    ruth.open(before_last.code)
    assert ruth.get(address).status_code == 200


def test_a_submitted_case_and_its_images_can_be_looked_at_once_more():
    ruth = RaterAtWork(open_with_cases(2))
    code = ruth.read_next(4).code
    body = ruth.open(code).json()
    assert (body["state"], body["draft"]["grade"]) == ("submitted", 4)


def test_nothing_of_a_withdrawn_case_is_served():
    study = open_with_cases(2)
    ruth = RaterAtWork(study)
    code = ruth.next
    base = ruth.open(code).json()["media"]["base"]
    assert ruth.get(f"{base}volume.bin").status_code == 200
    case = Assignment.objects.get(code=code).case
    case.withdrawn_at, case.withdrawn_reason = "2026-01-01T00:00:00Z", "consent withdrawn"
    case.save()
    assert ruth.get(f"{base}volume.bin").status_code == 404
    assert ruth.open(code).status_code in (404, 409)
    assert ruth.worklist()["next"] != code
