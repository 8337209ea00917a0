"""What a rater does to the images is on record, for the statistician and nobody who grades."""

import csv
import io
import uuid
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError, transaction

from reader_study.accounts.models import User
from reader_study.analysis.exports.columns import column_rows
from reader_study.analysis.exports.ratings_csv import ratings_csv
from reader_study.analysis.services import lock_study
from reader_study.reading.api import ViewUseThrottle
from reader_study.reading.models import Reading, ViewUse
from reader_study.reading.view_use import MOST_A_READING, use_until
from tests.cast import browser_of, open_with_cases
from tests.reading.at_work import RaterAtWork

pytestmark = pytest.mark.django_db

POSE = {
    "left": 4.5,
    "posterior": 0,
    "head": -2.0,
    "leftMm": 0,
    "posteriorMm": 3,
    "headMm": 0.5,
}
MASK = {"run": 0, "frames": [0, 1], "down": 0.5, "right": -1.0, "proposed": False}


def overlay(*, run: int = 0, shown: bool = True, opacity: float = 0.6) -> dict[str, Any]:
    return {"run": run, "shown": shown, "opacity": opacity}


@pytest.fixture
def ruth() -> RaterAtWork:
    cache.clear()
    return RaterAtWork(open_with_cases(2))


def reading_of(code: str) -> Reading:
    return Reading.objects.filter(assignment__code=code).latest("attempt")


def test_a_use_is_recorded_with_when_it_was(ruth, clock):
    code = ruth.next
    ruth.open(code)
    clock.forward(seconds=60)
    answer = ruth.look(code, "tree-over-dsa", overlay(), ago_ms=2500)
    assert (answer.status_code, answer.json()) == (200, {"recorded": 1})
    use = ViewUse.objects.get()
    assert (use.reading, use.kind, use.detail) == (reading_of(code), "tree-over-dsa", overlay())
    assert (clock.now - use.at).total_seconds() == 2.5


def test_a_use_cannot_be_from_before_the_case_was_opened(ruth, clock):
    code = ruth.next
    ruth.open(code)
    clock.forward(seconds=1)
    ruth.look(code, "head-pose", POSE, ago_ms=3_600_000)
    assert ViewUse.objects.get().at == reading_of(code).started_at


def test_a_batch_that_is_sent_again_is_recorded_once(ruth):
    code = ruth.next
    uses = [
        {"key": str(uuid.uuid4()), "kind": "head-pose", "detail": POSE, "ago_ms": 10},
        {"key": str(uuid.uuid4()), "kind": "mask", "detail": MASK, "ago_ms": 0},
    ]
    for sent in (uses[:1], uses, [*uses, *uses]):
        assert ruth.send("post", code, "view-uses", {"uses": sent}).status_code == 200
    assert sorted(ViewUse.objects.values_list("kind", flat=True)) == ["head-pose", "mask"]


@pytest.mark.parametrize(
    ("kind", "detail"),
    [
        ("tree-over-dsa", overlay(run=2)),
        ("tree-over-dsa", overlay(run=-1)),
        ("tree-over-dsa", overlay(opacity=1.5)),
        ("tree-over-dsa", {**overlay(), "note": "free text"}),
        ("tree-over-dsa", {"run": 0, "shown": True}),
        ("tree-over-dsa", {**overlay(), "shown": "yes"}),
        ("head-pose", {**POSE, "left": 1e9}),
        ("head-pose", {**POSE, "left": "4"}),
        ("head-pose", {**POSE, "headMm": 1e4}),
        ("head-pose", overlay()),
        ("mask", {**MASK, "frames": [-1]}),
        ("mask", {**MASK, "frames": list(range(101))}),
        ("mask", {**MASK, "run": True}),
        ("grade", {}),
    ],
)
def test_what_its_kind_cannot_say_is_refused(ruth, kind, detail):
    answer = ruth.look(ruth.next, kind, detail)
    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert not ViewUse.objects.exists()


@pytest.mark.parametrize("body", [{}, {"uses": []}, {"uses": "x"}, {"uses": [None]}])
def test_a_request_without_uses_is_refused(ruth, body):
    assert ruth.send("post", ruth.next, "view-uses", body).status_code == 400


def test_a_batch_has_a_size_and_a_case_has_an_end(ruth, monkeypatch):
    code = ruth.next
    many = [
        {"key": str(uuid.uuid4()), "kind": "head-pose", "detail": POSE, "ago_ms": 0}
        for _ in range(101)
    ]
    assert ruth.send("post", code, "view-uses", {"uses": many}).status_code == 400
    assert MOST_A_READING >= 1000
    monkeypatch.setattr("reader_study.reading.view_use.MOST_A_READING", 2)
    assert ruth.send("post", code, "view-uses", {"uses": many[:2]}).status_code == 200
    full = ruth.send("post", code, "view-uses", {"uses": many[2:3]})
    assert (full.status_code, ViewUse.objects.count()) == (409, 2)
    again = ruth.send("post", code, "view-uses", {"uses": many[:2]})
    assert (again.status_code, again.json()) == (200, {"recorded": 2})


def test_more_than_the_page_ever_sends_is_turned_away_for_a_while(ruth, monkeypatch):
    monkeypatch.setattr(ViewUseThrottle, "limit", lambda throttle: 2)
    code = ruth.next
    statuses = [ruth.look(code, "head-pose", POSE).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert ruth.open(code).status_code == 200


def test_nothing_is_recorded_of_a_case_once_it_is_submitted(ruth):
    place = ruth.read_next()
    assert ruth.look(place.code, "head-pose", POSE).status_code == 409
    assert not ViewUse.objects.exists()


def test_nobody_records_anything_under_another_ones_case(ruth):
    code = ruth.next
    for username in ("rob", "carol", "stan"):
        answer = browser_of(username).post(
            f"/api/reading/cases/{code}/view-uses", {"uses": []}, content_type="application/json"
        )
        assert answer.status_code == 404


def test_what_is_recorded_stays_as_it_is(ruth):
    ruth.look(ruth.next, "head-pose", POSE)
    with pytest.raises(DatabaseError, match="final"), transaction.atomic():
        ViewUse.objects.update(detail={})
    with pytest.raises(DatabaseError, match="final"), transaction.atomic():
        ViewUse.objects.all()._raw_delete("default")


def test_the_database_knows_the_kinds_and_takes_a_use_once(ruth):
    code = ruth.next
    ruth.look(code, "head-pose", POSE)
    use = ViewUse.objects.get()
    for wrong in ({"kind": "comment", "key": uuid.uuid4()}, {"kind": use.kind, "key": use.key}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ViewUse.objects.create(reading=use.reading, at=use.at, detail={}, **wrong)


def test_the_time_of_the_tree_over_the_dsa_is_that_over_any_run(ruth, clock):
    code = ruth.next
    ruth.open(code)
    steps = [
        (10, overlay(run=0)),
        (5, overlay(run=1)),  # both lie there: time counts once
        (4, overlay(run=0, shown=False)),
        (3, overlay(run=1, opacity=0.2)),
        (2, overlay(run=1, shown=False)),
        (60, overlay(run=0)),
    ]
    for seconds, detail in steps:
        clock.forward(seconds=seconds)
        assert ruth.look(code, "tree-over-dsa", detail).status_code == 200
    clock.forward(seconds=7)  # it lies there until the case is submitted
    ruth.submit(code)
    use = use_until(reading_of(code))
    assert use.tree_over_dsa
    assert use.tree_over_dsa_time.total_seconds() == 5 + 4 + 3 + 2 + 7
    assert not use.head_turned
    assert not use.mask_changed


def test_a_head_that_was_turned_back_was_turned_and_one_that_was_only_reset_was_not(ruth):
    code = ruth.next
    home = dict.fromkeys(POSE, 0)
    ruth.look(code, "head-pose", home)
    ruth.submit(code)
    assert not use_until(reading_of(code)).head_turned
    other = ruth.next
    for pose in (POSE, home):
        ruth.look(other, "head-pose", pose)
    ruth.submit(other)
    assert use_until(reading_of(other)).head_turned


def test_the_export_says_of_each_rating_what_was_used_and_the_dictionary_what_that_means(
    ruth, clock
):
    code = ruth.next
    ruth.open(code)
    ruth.look(code, "tree-over-dsa", overlay())
    ruth.look(code, "mask", MASK)
    clock.forward(seconds=3)
    used = ruth.read_next().case.code
    ruth.read_next()
    rob = RaterAtWork(ruth.study, "rob")
    rob.read_next()
    rob.read_next()
    carol = User.objects.get(username="carol")
    document = lock_study(study=ruth.study, actor=carol).document
    rows = list(csv.DictReader(io.StringIO(ratings_csv(document))))
    names = ("tree_over_dsa_used", "tree_over_dsa_seconds", "head_turned", "mask_changed")
    told = {(row["case"], row["rater"]): tuple(row[name] for name in names) for row in rows}
    assert told.pop((used, "Rater 1")) == ("1", "3.0", "0", "1")
    assert set(told.values()) == {("0", "0.0", "0", "0")}
    assert set(names) <= {row["column"] for row in column_rows(document)}

    seen = browser_of("carol").get(f"/api/studies/{ruth.study.id}/report/cases/{used}").json()
    uses = {row["rater"]: row["view_use"] for row in seen["ratings"]}
    assert uses["Rater 1"] == {
        "tree_over_dsa": True,
        "tree_over_dsa_seconds": 3.0,
        "head_turned": False,
        "mask_changed": True,
    }
