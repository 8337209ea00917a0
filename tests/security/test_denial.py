"""Small requests that are to cost the server much: what each costs is bounded."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reader_study.audit.services import record
from tests.cast import browser_of, make_study
from tests.security.attacker import Attacker
from tests.security.posted import bodies, places, spoilt

pytestmark = pytest.mark.django_db

MANY = 20_000
MOST_CPU_SECONDS = 8.0
MOST_QUERIES = 80


def cost(ask: Callable[[], Any]) -> tuple[Any, float, int]:
    """Ask; return the answer, the processor's seconds and the database's questions."""
    began = time.process_time()
    with CaptureQueriesContext(connection) as asked:
        answer = ask()
    return answer, time.process_time() - began, len(asked)


def lists(body: Any) -> list[tuple[str | int, ...]]:
    """Return the places of a body at which lists or objects stand."""
    found = []
    for place in places(body):
        here = body
        for step in place:
            here = here[step]
        if place and isinstance(here, list | dict):
            found.append(place)
    return found


KINDS: dict[str, Callable[[int], Any]] = {
    "texts": lambda number: f"t{number}",
    "objects": lambda number: {"code": f"c{number}", "label": f"l{number}", "key": number},
}


@pytest.mark.parametrize("kind", KINDS)
def test_no_list_of_tens_of_thousands_is_looked_through_one_by_one(attacker: Attacker, kind):
    """An attacker makes every list of every body endless, where a loop or a query answers each."""
    items = [KINDS[kind](number) for number in range(MANY)]
    dear = []
    for route, method, username, body in bodies():
        for place in lists(body):
            sent = json.dumps(spoilt(body, place, items))
            address = attacker.scene.address(route)
            answer, seconds, questions = cost(
                lambda: attacker.send(username, method, address, sent)  # noqa: B023 - at once
            )
            if answer.status_code >= 500 or len(answer.read) > 300_000:
                dear.append(f"{method} {route} {place}: {answer.status_code} {len(answer.read)}")
            if seconds > MOST_CPU_SECONDS or questions > MOST_QUERIES:
                dear.append(f"{method} {route} {place}: {seconds:.1f} s, {questions} questions")
    assert dear == []


def letters(number: int) -> str:
    """Return a number in letters, as codes have them."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


PARTS = ("levels", "unscorable_reasons", "territories", "questions")


@pytest.mark.parametrize("part", PARTS)
def test_a_protocol_of_endless_parts_is_refused_before_they_are_compared(attacker, part):
    """An attacker's protocol has so many parts that telling them apart takes a day."""
    browser = browser_of("carol")
    address = f"/api/studies/{attacker.scene.study.pk}/protocol"
    now = browser.get(address).json()
    one = {"value": 1, "name": "n", "anchor": "a"} if part == "levels" else {"label": "x"}
    endless = [
        {**one, "code": "c-" + letters(number), "label": f"label {number}"}
        if part != "levels"
        else {**one, "value": number % 100, "name": f"n{number}"}
        for number in range(50_000)
    ]
    document = {**now["document"], part: endless}
    body = {"document": document, "version": now["version"], "based_on": now["version"]}
    answer, seconds, _ = cost(
        lambda: attacker.send("carol", "POST", address, json.dumps({**body, "reason": "x"}))
    )
    assert 400 <= answer.status_code < 500
    assert seconds < MOST_CPU_SECONDS
    assert len(answer.read) < 100_000


MANIFESTS = {
    "a million columns": "case,site,file" + ",x" * 1_000_000 + "\nS1,north,a\n",
    "a million cells": "case,site,file\n" + "," * 1_000_000,
    "a million lines": "case,site,file\n" + "S,north,a\n" * 400_000,
    "a million quotes": "case,site,file\n" + '"' * 1_000_001,
    "an endless cell": 'case,site,file\nS1,north,"' + "a" * 4_000_000,
    "a million blank lines": "\n" * 1_000_000 + "case,site,file\n",
    "a million separators": ";" * 1_000_000,
    "one long path": "case,site,file\nS1,north," + "a/" * 500_000 + "\n",
    "marks of right to left": "case,site,file\nS1,north," + "\u202e" * 100_000 + "\n",
    "spaces": "case,site,file\nS1" + " " * 1_000_000 + "x,north,a\n",
    "almost a code": "case,site,file\n" + "a" + " ." * 50_000 + "!,north,a\n",
}


@pytest.mark.parametrize("manifest", MANIFESTS.values(), ids=MANIFESTS)
def test_a_hostile_list_of_cases_is_judged_quickly(manifest):
    """An attacker's list of cases has a million columns, lines, quotation marks or folders."""
    study = make_study()
    answer, seconds, questions = cost(
        lambda: browser_of("carol").post(
            f"/api/studies/{study.pk}/manifest",
            {"manifest": manifest},
            content_type="application/json",
        )
    )
    assert 400 <= answer.status_code < 500
    assert seconds < MOST_CPU_SECONDS
    assert questions < MOST_QUERIES
    assert len(answer.content) < 200_000


SEARCHES = (
    "%" * 100,
    "_" * 100,
    "%_" * 50,
    "a%" * 50,
    "(a+)+$" * 8,
    "[" * 100,
    "\\" * 100,
    "'" * 100,
    " ".join("abcdefghijklmnop"),
    " ".join(["x"] * 100),
    "\u0130" * 100,
    "*" * 100,
)


@pytest.mark.parametrize("words", SEARCHES)
def test_no_search_of_the_trail_costs_more_than_another(words):
    """An attacker searches for patterns that a database or a regular expression walks for ever."""
    study = make_study()
    for number in range(60):
        record(action="step", actor=None, study_id=study.pk, note="a" * 1000, number=number)
    browser = browser_of("carol")
    ordinary, plain_seconds, plain_questions = cost(
        lambda: browser.get(f"/api/studies/{study.pk}/audit", {"words": "nothing of the kind"})
    )
    assert ordinary.json()["events"] == []
    for name in ("words", "person", "action", "case"):
        answer, seconds, questions = cost(
            lambda: browser.get(f"/api/studies/{study.pk}/audit", {name: words})  # noqa: B023
        )
        assert answer.status_code in {200, 400}
        assert seconds < plain_seconds + 2
        assert questions < plain_questions + 20
        if answer.status_code == 200 and set(words) <= set("%_"):
            assert answer.json()["events"] == []  # they mean themselves


def test_a_search_finds_no_more_events_than_a_page_has():
    """An attacker asks for everything at once."""
    study = make_study()
    for number in range(300):
        record(action="step", actor=None, study_id=study.pk, number=number)
    browser, address = browser_of("carol"), f"/api/studies/{study.pk}/audit"
    assert browser.get(f"{address}?limit=100000&page_size=9999").status_code == 400
    assert len(browser.get(address).json()["events"]) == 50


@pytest.mark.parametrize("path", ["/api/protocol-templates", "/api/sample-size", "/api/schema"])
def test_what_everybody_may_ask_is_cheap(attacker, path):
    """An attacker asks again and again for what has to be reckoned."""
    method = "POST" if path.endswith("size") else "GET"
    answer, seconds, _ = cost(lambda: attacker.send("ruth", method, path))
    assert answer.status_code < 500
    assert seconds < MOST_CPU_SECONDS


def test_no_plan_of_a_sample_size_is_reckoned_for_ever(attacker):
    """An attacker asks for an interval so narrow, or rates so extreme, that no search ends."""
    (body,) = [body for route, _, _, body in bodies() if route == "api/sample-size"]
    for place in places(body):
        for value in (1e-300, 1e300, 1e-12, 0, 1, 0.999999999999, -1e300, 2**53, 10**18):
            sent = json.dumps(spoilt(body, place, value))
            answer, seconds, _ = cost(
                lambda: attacker.send("ruth", "POST", "/api/sample-size", sent)  # noqa: B023
            )
            assert answer.status_code < 500, (place, value)
            assert seconds < MOST_CPU_SECONDS, (place, value)
