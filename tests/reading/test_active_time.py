"""Time at work on a case, by the server's clock."""

import pytest

from reader_study.reading.models import Reading
from tests.cast import open_with_cases
from tests.reading.at_work import RaterAtWork
from tests.reading.conftest import Clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def ruth(clock: Clock) -> RaterAtWork:
    return RaterAtWork(open_with_cases(2))


def beat(rater: RaterAtWork, code: str, *, active: bool = True) -> int:
    return rater.send("post", code, "heartbeat", {"active": active}).json()["active_ms"]


def test_time_between_heartbeats_counts(ruth, clock):
    code = ruth.next
    ruth.open(code)
    times = []
    for _ in range(3):
        clock.forward(seconds=15)
        times.append(beat(ruth, code))
    assert times == [15_000, 30_000, 45_000]
    assert ruth.open(code).json()["active_ms"] == 45_000


def test_a_pause_does_not_count(ruth, clock):
    code = ruth.next
    ruth.open(code)
    clock.forward(seconds=10)
    assert beat(ruth, code, active=False) == 10_000
    clock.forward(minutes=20)
    assert beat(ruth, code) == 10_000
    clock.forward(seconds=5)
    assert beat(ruth, code) == 15_000


def test_of_a_gap_without_a_word_only_the_longest_beat_counts(ruth, clock):
    code = ruth.next
    ruth.open(code)
    clock.forward(hours=8)
    assert beat(ruth, code) == 45_000


def test_submitting_adds_the_time_since_the_last_heartbeat(ruth, clock):
    code = ruth.next
    ruth.open(code)
    clock.forward(seconds=15)
    beat(ruth, code)
    clock.forward(seconds=7)
    ruth.submit(code)
    reading = Reading.objects.get(assignment__code=code)
    assert reading.active_ms == 22_000
    assert reading.last_active_at is None


def test_submitting_after_a_pause_adds_nothing(ruth, clock):
    code = ruth.next
    ruth.open(code)
    beat(ruth, code, active=False)
    clock.forward(minutes=5)
    ruth.submit(code)
    assert Reading.objects.get(assignment__code=code).active_ms == 0


def test_two_windows_do_not_count_twice(ruth, clock):
    code = ruth.next
    ruth.open(code)
    for _ in range(4):
        clock.forward(seconds=5)
        beat(ruth, code)
        total = beat(ruth, code)
    assert total == 20_000


def test_a_clock_that_is_set_back_takes_no_time_away(ruth, clock):
    code = ruth.next
    ruth.open(code)
    clock.forward(seconds=10)
    beat(ruth, code)
    clock.forward(seconds=-30)
    assert beat(ruth, code) == 10_000
    clock.forward(seconds=5)
    assert beat(ruth, code) == 15_000


def test_a_submitted_case_has_no_heartbeat(ruth):
    code = ruth.read_next().code
    assert ruth.send("post", code, "heartbeat", {"active": True}).status_code == 409
