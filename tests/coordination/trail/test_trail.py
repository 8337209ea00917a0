"""Coordinators search the trail and take it away; it tells no grade before its time."""

import ast
import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reader_study.accounts.models import User
from reader_study.analysis.services import lock_study
from reader_study.audit import guards
from reader_study.audit.keys import current_key
from reader_study.audit.models import Event
from reader_study.audit.services import record
from reader_study.coordination.trail.words import SENTENCES, Told, sentence_of
from reader_study.studies.models import Study
from tests.cast import add_every_role, browser_of, grade, open_with_cases

pytestmark = pytest.mark.django_db

VERIFIER = Path(__file__).resolve().parents[3] / "docs" / "verify_trail.py"


@pytest.fixture
def study() -> Study:
    """Both raters have graded both cases; nothing is locked."""
    study = open_with_cases(2)
    add_every_role(study)
    grade(study, "ruth", {"C001": 4, "C002": 3})
    grade(study, "rob", {"C001": 4, "C002": 1})
    return study


def ask(study: Study, **wanted: Any) -> dict[str, Any]:
    """A page of the trail as carol gets it."""
    answer = browser_of("carol").get(f"/api/studies/{study.id}/audit", wanted)
    assert answer.status_code == 200, answer.content
    page: dict[str, Any] = answer.json()
    return page


def sentences(study: Study, **wanted: Any) -> list[str]:
    """What the events say that are found."""
    return [event["sentence"] for event in ask(study, **wanted)["events"]]


def lock(study: Study) -> None:
    lock_study(study=study, actor=User.objects.get(username="carol"))


def download(study: Study, kind: str) -> bytes:
    answer = browser_of("carol").get(f"/api/studies/{study.id}/audit.{kind}")
    assert answer.status_code == 200
    content: bytes = answer.content
    return content


# -- what is told ------------------------------------------------------------------------------


def test_the_newest_comes_first_in_one_plain_sentence_with_its_case(study):
    newest = ask(study)["events"][0]
    assert newest["sentence"].startswith("Rob submitted case C00")
    assert newest["case"] in {"C001", "C002"}
    assert newest["sequence"] == Event.objects.filter(study_id=study.id).count()


def test_no_grade_is_told_before_the_lock_and_all_are_after_it(study):
    def told() -> list[dict[str, Any]]:
        return ask(study, action="reading submitted")["events"]

    assert len(told()) == 4
    assert all(event["withheld"] and "grade" not in event["detail"] for event in told())
    assert not any("grade" in event["sentence"] for event in told())
    lock(study)
    assert sorted(event["detail"]["grade"] for event in told()) == [1, 3, 4, 4]
    assert any("with grade 1" in event["sentence"] for event in told())


def test_nor_can_a_grade_be_searched_for(study):
    assert sentences(study, words="grade", action="reading submitted") == []
    lock(study)
    assert len(sentences(study, words="grade", action="reading submitted")) == 4


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_nor_does_a_grade_leave_with_the_trail(study, kind):
    assert '"grade"' not in download(study, kind).decode().replace('""', '"')


def test_grades_of_the_adjudicator_are_not_told_before_the_conclusion(study):
    lock(study)
    ada = User.objects.get(username="ada")
    record(action="reading submitted", actor=ada, study_id=study.id, subject="x", grade=2)
    assert ask(study)["events"][0]["withheld"] is True
    Study.objects.filter(pk=study.pk).update(state="adjudicating")
    assert ask(study)["events"][0]["withheld"] is True
    Study.objects.filter(pk=study.pk).update(state="concluded")
    assert ask(study)["events"][0]["detail"]["grade"] == 2


def test_every_kind_of_event_of_a_study_has_a_sentence_of_its_own(study):
    lock(study)
    download(study, "csv")
    told = {event.action for event in Event.objects.filter(study_id=study.id)}
    assert told - set(SENTENCES) == set()


def kinds_in(source: Path) -> set[str]:
    """The kinds of event of a study that a module writes, as far as they stand there as text."""
    return {
        str(keyword.value.value)
        for call in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        if call.func.id == "note"
        or (call.func.id == "record" and any(word.arg == "study_id" for word in call.keywords))
        for keyword in call.keywords
        if keyword.arg == "action" and isinstance(keyword.value, ast.Constant)
    }


def test_no_service_writes_a_kind_of_event_without_a_sentence():
    application = VERIFIER.parents[1] / "reader_study"
    written = set().union(*(kinds_in(source) for source in application.rglob("*.py")))
    assert {"study locked", "series released"} <= written
    assert written - set(SENTENCES) == set(), "say in trail/words.py what these events mean"


def test_every_sentence_can_be_said_of_an_event_without_details():
    for action in SENTENCES:
        said = sentence_of(action, Told("Carol", "", "", {}, {}))
        assert said.startswith("Carol ")
        assert said.endswith(".")
    assert sentence_of("new kind", Told("Carol", "it", "", {}, {})) == "Carol: new kind: it."


# -- search ------------------------------------------------------------------------------------


def test_events_are_found_by_person_kind_case_and_words(study):
    assert {s.split()[0] for s in sentences(study, person="ruth")} == {"Ruth"}
    assert len(sentences(study, case="c001")) == 2
    assert sentences(study, words="stella") == ["Carol added Stella as statistician."]
    assert len(sentences(study, words="C002 submitted")) == 2
    assert sentences(study, action="study opened") == [
        "Carol opened the study for reading with 2 cases."
    ]
    assert sentences(study, words="left hospital") == [
        "Carol took Eve, coordinator, out of the study: Left the hospital."
    ]


def test_a_word_beyond_ascii_is_found_in_the_details(study):
    record(action="case withdrawn", actor=None, study_id=study.id, subject="C001", reason="Größe")
    assert sentences(study, words="größe") == ["The system withdrew case C001: Größe."] or (
        sentences(study, words="Größe") == ["The system withdrew case C001: Größe."]
    )
    assert sentences(study, person="*") == ["The system withdrew case C001: Größe."]


def test_events_are_found_by_time(study):
    middle = Event.objects.filter(study_id=study.id).order_by("sequence")[5]
    later = ask(study, since=middle.at.isoformat())["events"]
    assert later[-1]["sequence"] == middle.sequence
    earlier = ask(study, until=middle.at.isoformat())["events"]
    assert earlier[0]["sequence"] == middle.sequence


def test_pages_follow_one_another_without_gap_or_double(study):
    for number in range(120):
        record(action="exported", actor=None, study_id=study.id, kind=f"k{number}")
    seen: list[int] = []
    before: int | None = None
    while True:
        page = ask(study, **({"before": before} if before else {}))
        seen += [event["sequence"] for event in page["events"]]
        before = page["next_before"]
        if before is None:
            break
    assert seen == list(range(len(seen), 0, -1))
    assert len(seen) == Event.objects.filter(study_id=study.id).count()


def test_what_cannot_be_asked_is_refused(study):
    carol = browser_of("carol")
    for wrong in ({"since": "yesterday"}, {"before": "0"}, {"before": "x"}):
        assert carol.get(f"/api/studies/{study.id}/audit", wrong).status_code == 400


def test_a_page_costs_as_many_queries_however_long_the_trail(study):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            ask(study)
        return len(asked)

    few = queries()
    for _ in range(60):
        record(action="exported", actor=User.objects.get(username="carol"), study_id=study.id)
    assert queries() == few


# -- other studies and other people -------------------------------------------------------------


def test_nothing_of_another_study_or_of_none_is_told(study):
    other = open_with_cases(1, slug="veins")
    record(action="signed in", actor=None)
    assert {event["sequence"] for event in ask(other, words="arteries")["events"]} == set()
    assert "signed in" not in ask(study)["actions"]


@pytest.mark.parametrize("username", ["ruth", "ada", "stella", "sid", "eve", "stan"])
def test_nobody_but_coordinators_of_the_study_is_told_anything(study, username):
    for path in ("audit", "audit/chain", "audit.csv", "audit.json"):
        assert browser_of(username).get(f"/api/studies/{study.id}/{path}").status_code == 404


# -- the chain ----------------------------------------------------------------------------------


def test_the_page_says_that_the_chain_holds_or_where_it_does_not(study):
    def state() -> dict[str, Any]:
        found: dict[str, Any] = (
            browser_of("carol").get(f"/api/studies/{study.id}/audit/chain").json()
        )
        return found

    found = state()
    assert (found["state"], found["problem"]) == ("unbroken", "")
    assert found["events"] == found["checked"] == Event.objects.filter(study_id=study.id).count()
    assert found["head"].startswith(f"{found['events']}:")
    guards.remove(connection)
    Event.objects.filter(study_id=study.id, sequence=2).update(subject="nobody")
    found = state()
    assert found["state"] == "broken"
    assert found["problem"].startswith("Event 2 was edited")


# -- files --------------------------------------------------------------------------------------


def verified(folder: Path, trail: bytes, *heads: str) -> subprocess.CompletedProcess[str]:
    """Run the outsider's script, which knows nothing of this program."""
    (folder / "trail.json").write_bytes(trail)
    (folder / "keys.txt").write_bytes(current_key() + b"\n")
    return subprocess.run(
        [sys.executable, "-I", VERIFIER, "trail.json", "keys.txt", *heads],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_outsider_verifies_the_exported_trail_with_the_key_alone(study, tmp_path):
    early = verified(tmp_path, download(study, "json"))
    assert early.returncode == 0, early.stderr
    assert "4 of them withheld" in early.stdout
    lock(study)
    trail = download(study, "json")
    head = json.loads(trail)["head"]
    late = verified(tmp_path, trail, f"{head['sequence']}:{head['mac'][:16]}")
    assert late.returncode == 0, late.stderr
    assert "0 of them withheld; 1 heads fit" in late.stdout


def test_and_sees_what_was_changed_or_cut(study, tmp_path):
    lock(study)
    trail = json.loads(download(study, "json"))
    edited = json.loads(json.dumps(trail))
    edited["events"][4]["detail"]["places"] = 1
    cut = {**trail, "events": trail["events"][:-1]}
    swapped = {**trail, "events": [trail["events"][1], trail["events"][0], *trail["events"][2:]]}
    for forged, said in (
        (edited, "event 5: the chain is broken"),
        (cut, "the head is not that"),
        (swapped, "event 1: the chain is broken"),
    ):
        answer = verified(tmp_path, json.dumps(forged).encode())
        assert answer.returncode == 1
        assert said in answer.stderr
    wrong = verified(tmp_path, json.dumps(trail).encode(), "3:0000000000000000")
    assert "another event stands there" in wrong.stderr


def test_an_export_is_the_next_event_of_the_trail(study):
    head = json.loads(download(study, "json"))["head"]
    last = Event.objects.filter(study_id=study.id).latest("sequence")
    assert last.action == "audit trail exported"
    assert (last.sequence, last.subject) == (head["sequence"] + 1, head["mac"])


def test_no_cell_of_the_table_is_a_formula(study):
    evil = "=HYPERLINK(0)"
    record(action="case withdrawn", actor=None, study_id=study.id, subject=evil, reason=evil)
    rows = list(csv.DictReader(io.StringIO(download(study, "csv").decode())))
    assert rows[-1]["subject"] == f"'{evil}"
    assert rows[-1]["detail"] == json.dumps({"reason": evil})
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    assert [int(row["sequence"]) for row in rows] == list(range(1, len(rows) + 1))
