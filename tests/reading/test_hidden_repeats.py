"""Hidden repeats: after the washout, under codes of their own, and not to be told from others."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from reader_study.accounts.models import User
from reader_study.reading import services
from reader_study.reading.models import Assignment
from reader_study.studies.models import Study
from tests.cast import open_with_cases, protocol_with
from tests.reading.at_work import RaterAtWork
from tests.reading.conftest import Clock

pytestmark = pytest.mark.django_db


def study_with_repeats(cases: int = 6, minimum: int = 2, washout_days: int = 28) -> Study:
    repeats = {"share": 0.1, "minimum": minimum, "washout_days": washout_days}
    return open_with_cases(cases, protocol=protocol_with(repeats=repeats))


def repeats_of(study: Study, username: str = "ruth") -> list[Any]:
    rows = Assignment.objects.filter(study=study, rater__username=username, repeat_of__isnull=False)
    return list(rows.select_related("repeat_of").order_by("position"))


def test_each_rater_repeats_cases_of_their_own_under_new_codes():
    study = study_with_repeats(cases=20, minimum=5)
    for username in ("ruth", "rob"):
        repeats = repeats_of(study, username)
        assert len(repeats) == 5
        assert all(row.case_id == row.repeat_of.case_id for row in repeats)
        assert all(row.media_pack_id == row.repeat_of.media_pack_id for row in repeats)
        assert all(row.rater_id == row.repeat_of.rater_id for row in repeats)
    codes = Assignment.objects.values_list("code", flat=True)
    assert len(set(codes)) == 2 * 25
    assert {row.case_id for row in repeats_of(study)} != {
        row.case_id for row in repeats_of(study, "rob")
    }


def test_a_repeat_comes_when_its_washout_has_passed_and_not_before(clock: Clock):
    study = study_with_repeats()
    ruth = RaterAtWork(study)
    first = [ruth.read_next() for _ in range(6)]
    assert all(row.repeat_of_id is None for row in first)
    stands = ruth.worklist()
    assert stands["next"] is None
    assert stands["wait"]["reason"] == "later"
    assert (stands["submitted"], stands["total"]) == (6, 8)
    assert all(ruth.open(row.code).status_code == 404 for row in repeats_of(study))

    clock.forward(days=27, hours=23)
    assert ruth.worklist()["next"] is None
    clock.forward(hours=2)
    again = [ruth.read_next(), ruth.read_next()]
    assert {row.pk for row in again} == {row.pk for row in repeats_of(study)}
    assert ruth.worklist()["wait"] == {"reason": "finished", "until": None}


def test_the_wait_says_until_when(clock: Clock):
    study = study_with_repeats()
    ruth = RaterAtWork(study)
    repeated = {row.repeat_of_id for row in repeats_of(study)}
    first = None
    for _ in range(6):
        place = ruth.read_next()
        if place.pk in repeated and first is None:
            first = clock.now
        clock.forward(days=1)
    assert first is not None
    wait = ruth.worklist()["wait"]
    assert wait["reason"] == "later"
    assert datetime.fromisoformat(wait["until"]) == first + timedelta(days=28)


def test_a_repeat_in_washout_lets_later_cases_pass_and_comes_before_them_afterwards(clock: Clock):
    study = study_with_repeats(cases=12, minimum=4, washout_days=7)
    ruth = RaterAtWork(study)
    earliest = repeats_of(study)[0]
    while ruth.worklist()["submitted"] < earliest.position:
        assert ruth.read_next().repeat_of_id is None
    clock.forward(days=8)
    assert ruth.next == earliest.code


def test_a_repeat_waits_anew_where_its_original_is_unlocked(clock: Clock):
    study = study_with_repeats(cases=4, minimum=1, washout_days=7)
    ruth = RaterAtWork(study)
    for _ in range(4):
        ruth.read_next()
    clock.forward(days=8)
    (repeat,) = repeats_of(study)
    assert ruth.next == repeat.code
    services.unlock(
        assignment=repeat.repeat_of, actor=User.objects.get(username="carol"), reason="slip"
    )
    assert ruth.next == repeat.repeat_of.code
    assert ruth.open(repeat.code).status_code == 404
    ruth.read_next(2)
    assert ruth.worklist()["wait"]["reason"] == "later"
    clock.forward(days=8)
    assert ruth.read_next().pk == repeat.pk


def shape(told: Any, own: set[str]) -> Any:
    """What a body looks like with everything taken out that is each case's own."""
    if isinstance(told, dict):
        return {key: shape(value, own) for key, value in told.items()}
    if isinstance(told, list):
        return [shape(value, own) for value in told]
    if isinstance(told, str) and any(code in told for code in own):
        return "CODE"
    return told


def test_a_rater_cannot_tell_a_repeat_from_a_case_seen_for_the_first_time():
    study = study_with_repeats(cases=4, minimum=2, washout_days=0)
    ruth = RaterAtWork(study)
    codes = set(Assignment.objects.values_list("code", flat=True))
    kinds: dict[bool, list[Any]] = {True: [], False: []}
    for number in range(1, 7):
        stands = ruth.worklist()
        code = stands["next"]
        is_repeat = Assignment.objects.get(code=code).repeat_of_id is not None
        opened = ruth.open(code)
        body = opened.json()
        assert body["position"] == number
        assert body["total"] == 6
        told = {
            "worklist": {**stands, "submitted": "n"},
            "case": {**body, "position": "n", "media": sorted(body["media"])},
            "headers": sorted(opened.headers),
            "runs": ruth.send("post", code, "opened", {"run": 0}).json(),
            "beat": sorted(ruth.send("post", code, "heartbeat", {"active": True}).json()),
            "draft": sorted(
                ruth.send("put", code, "draft", {"revision": 0, "answers": ruth.answers()}).json()
            ),
        }
        answer = ruth.submit(code).json()
        assert answer["submitted"] == number
        told["submit"] = {**answer, "submitted": "n", "next": "CODE"}
        kinds[is_repeat].append(shape(told, codes))
    assert len(kinds[True]) == 2
    assert all(told == kinds[False][0] for told in [*kinds[False], *kinds[True]])


def test_the_place_that_a_rater_is_told_counts_what_was_read_and_shows_no_gap(clock: Clock):
    study = study_with_repeats(cases=8, minimum=4)
    ruth = RaterAtWork(study)
    told = []
    for day in (0, 29):
        clock.forward(days=day)
        while code := ruth.worklist()["next"]:
            told.append(ruth.open(code).json()["position"])
            ruth.submit(code)
    assert told == list(range(1, 13))


def test_only_the_case_submitted_last_can_be_looked_at_again():
    study = study_with_repeats()
    ruth = RaterAtWork(study)
    first, last = ruth.read_next(), ruth.read_next()
    assert ruth.open(last.code).json()["state"] == "submitted"
    refused = ruth.open(first.code)
    assert refused.status_code == 409
    assert refused.json() == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": "You have submitted this case. It is not shown again, so that every case is "
        "judged by its images alone.",
    }
