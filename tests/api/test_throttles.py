"""Who asks for far too much waits; nobody's rating is lost over it."""

import time

import pytest
from django.core.cache import cache
from django.test import Client, override_settings
from redis.exceptions import ConnectionError as RedisAwayError

from reader_study.api import throttles
from tests.cast import browser_of, make_study, next_code, open_with_cases

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def minute_begins(monkeypatch):
    """Stop the clock at the second second of a minute of its own."""
    cache.clear()
    now = [time.time() // 60 * 60 + 2.0]
    monkeypatch.setattr(throttles, "seconds_now", lambda: now[0])
    yield now
    cache.clear()


@override_settings(REQUESTS_PER_MINUTE={"person": 3})
def test_a_person_who_asks_too_much_is_told_how_long_to_wait(minute_begins):
    make_study()
    carol, ruth = browser_of("carol"), browser_of("ruth")
    assert [carol.get("/api/studies").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = carol.get("/api/studies")
    assert refused["Content-Type"] == "application/problem+json"
    assert refused["Retry-After"] == "58"
    assert refused.json()["detail"] == (
        "Too much was asked at once. Wait 58 seconds, then try again."
    )
    assert ruth.get("/api/studies").status_code == 200
    minute_begins[0] += 58
    assert carol.get("/api/studies").status_code == 200


@override_settings(REQUESTS_PER_MINUTE={"person": 1, "address": 2})
def test_who_is_not_signed_in_is_counted_by_address():
    make_study()

    def ask(address: str) -> int:
        return Client().get("/api/session", REMOTE_ADDR=address).status_code

    assert [ask("10.0.0.1") for _ in range(3)] == [200, 200, 429]
    assert ask("10.0.0.2") == 200
    assert browser_of("carol").get("/api/session", REMOTE_ADDR="10.0.0.1").status_code == 200


@override_settings(REQUESTS_PER_MINUTE={"person": 1})
def test_a_rating_that_was_refused_for_its_haste_is_taken_when_it_comes_again(minute_begins):
    study = open_with_cases(1)
    ruth, code = browser_of("ruth"), next_code(study, "ruth")
    answers = {"grade": 3, "unscorable_reason": None, "comment": "kept"}

    def save():
        body = {"revision": 0, "answers": answers}
        return ruth.put(f"/api/reading/cases/{code}/draft", body, "application/json")

    assert save().status_code == 429
    minute_begins[0] += 58
    assert save().status_code == 200


@override_settings(REQUESTS_PER_MINUTE={"person": 1})
def test_without_the_cache_nobody_is_refused(monkeypatch):
    make_study()
    carol = browser_of("carol")

    def away(*_):
        raise RedisAwayError

    monkeypatch.setattr("reader_study.api.throttles.cache.add", away, raising=False)
    assert [carol.get("/api/studies").status_code for _ in range(3)] == [200, 200, 200]
