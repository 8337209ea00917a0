"""What a rater can do, and what a rater can never see."""

import gzip
import json
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from reader_study.analysis.exports import EXPORT_FILES
from reader_study.cohorts.models import Case
from reader_study.reading.models import Assignment, Reading, ReadingState
from reader_study.studies.models import Study
from tests.cast import browser_of, grade, make_study, next_code, open_with_cases

pytestmark = pytest.mark.django_db

GOOD: dict[str, Any] = {
    "grade": 3,
    "unscorable_reason": None,
    "comment": "M2 a little short",
    "territory_grades": {},
    "question_answers": {},
}


@pytest.fixture
def study() -> Study:
    return open_with_cases(3)


def send(browser, method: str, code: str, what: str, body: dict):
    return getattr(browser, method)(
        f"/api/reading/cases/{code}/{what}", body, content_type="application/json"
    )


def open_all_runs(browser, code: str) -> None:
    for run in (0, 1):
        assert send(browser, "post", code, "opened", {"run": run}).status_code == 200


def test_a_draft_is_kept_and_comes_back(study):
    ruth, code = browser_of("ruth"), next_code(study, "ruth")
    saved = send(ruth, "put", code, "draft", {"revision": 0, "answers": GOOD})
    assert saved.json()["revision"] == 1
    again = ruth.get(f"/api/reading/cases/{code}").json()
    assert (again["state"], again["draft"], again["revision"]) == ("draft", GOOD, 1)


def test_of_two_windows_the_second_to_save_is_told_and_nothing_is_overwritten(study):
    ruth, code = browser_of("ruth"), next_code(study, "ruth")
    send(ruth, "put", code, "draft", {"revision": 0, "answers": GOOD})
    other = {"grade": 1, "unscorable_reason": None, "comment": "other window"}
    answer = send(ruth, "put", code, "draft", {"revision": 0, "answers": other})
    assert answer.status_code == 409
    assert answer.json()["answers"] == GOOD
    assert answer.json()["revision"] == 1
    assert Reading.objects.get().comment == "M2 a little short"


def test_submitting_needs_a_grade_and_every_run_opened(study):
    ruth, code = browser_of("ruth"), next_code(study, "ruth")
    nothing = {"grade": None, "unscorable_reason": None, "comment": ""}
    answer = send(ruth, "post", code, "submit", {"revision": 0, "answers": nothing})
    assert answer.status_code == 400
    assert answer.json()["missing"] == [
        "a grade, or the reason why there is none",
        "DSA runs 1 and 2 have not been opened",
    ]
    assert not Reading.objects.filter(state=ReadingState.SUBMITTED).exists()


def test_a_submitted_case_is_locked_and_the_next_one_follows(study):
    ruth, code = browser_of("ruth"), next_code(study, "ruth")
    open_all_runs(ruth, code)
    answer = send(ruth, "post", code, "submit", {"revision": 0, "answers": GOOD})
    assert answer.status_code == 200
    assert answer.json() == {
        "next": next_code(study, "ruth"),
        "stage": "main",
        "attempt": 1,
        "submitted": 1,
        "total": 3,
        "opened": None,
    }
    assert answer.json()["next"] != code
    for method, what in (("put", "draft"), ("post", "submit")):
        late = send(ruth, method, code, what, {"revision": 1, "answers": {**GOOD, "grade": 1}})
        assert late.status_code == 409
    assert Reading.objects.get(assignment__code=code).grade == 3


def test_unscorable_is_an_answer_with_a_reason(study):
    ruth, code = browser_of("ruth"), next_code(study, "ruth")
    open_all_runs(ruth, code)
    answers = {"grade": None, "unscorable_reason": "motion", "comment": ""}
    answer = send(ruth, "post", code, "submit", {"revision": 0, "answers": answers})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "answers",
    [
        {"grade": 9, "unscorable_reason": None, "comment": ""},
        {"grade": None, "unscorable_reason": "no-such-reason", "comment": ""},
        {"grade": 3, "unscorable_reason": "motion", "comment": ""},
    ],
)
def test_answers_outside_the_protocol_are_refused(study, answers):
    ruth, code = browser_of("ruth"), next_code(study, "ruth")
    answer = send(ruth, "put", code, "draft", {"revision": 0, "answers": answers})
    assert answer.status_code == 409


def test_the_database_refuses_a_submission_without_an_answer(study):
    ruth, code = browser_of("ruth"), next_code(study, "ruth")
    ruth.get(f"/api/reading/cases/{code}")
    with pytest.raises(IntegrityError), transaction.atomic():
        Reading.objects.update(state=ReadingState.SUBMITTED)


@pytest.mark.parametrize("stranger", ["rob", "carol", "stan"])
def test_nobody_else_reaches_a_raters_case_or_its_images(study, stranger):
    code = next_code(study, "ruth")
    base = browser_of("ruth").get(f"/api/reading/cases/{code}").json()["media"]["base"]
    other = browser_of(stranger)
    assert other.get(f"/api/reading/cases/{code}").status_code == 404
    assert send(other, "put", code, "draft", {"revision": 0, "answers": GOOD}).status_code == 404
    assert other.get(f"{base}volume.bin").status_code == 404


def test_images_are_sent_private_and_only_those_of_the_manifest(study, client):
    ruth, code = browser_of("ruth"), next_code(study, "ruth")
    base = ruth.get(f"/api/reading/cases/{code}").json()["media"]["base"]
    answer = ruth.get(f"{base}run2/0.bin")
    assert gzip.decompress(answer.getvalue()) == b"run2/0.bin"
    assert answer["Cache-Control"] == "private, no-store"
    assert "Content-Disposition" not in answer
    assert "Last-Modified" not in answer
    for absent in ("unlisted.bin", "../volume.bin", "run1/../../secret"):
        assert ruth.get(f"{base}{absent}").status_code == 404
    assert client.get(f"{base}volume.bin").status_code == 404
    assert ruth.get("/media/forged-token/volume.bin").status_code == 404


def test_a_rater_learns_nothing_of_patient_site_model_or_colleague(study):
    grade(study, "rob", {"C001": 4, "C002": 4, "C003": None})
    ruth, code = browser_of("ruth"), next_code(study, "ruth")
    secrets = ["secret", "north", "south", "C001", "C002", "C003", "5" * 64, "rob", "Rob", "31.4"]
    secrets += [str(case.id) for case in Case.objects.all()]
    secrets += list(Assignment.objects.filter(rater__username="rob").values_list("code", flat=True))
    answers = [
        ruth.get("/api/session"),
        ruth.get("/api/studies"),
        ruth.get(f"/api/reading/{study.id}/worklist"),
        ruth.get(f"/api/reading/cases/{code}"),
        send(ruth, "post", code, "submit", {"revision": 0, "answers": GOOD}),
        send(ruth, "put", code, "draft", {"revision": 0, "answers": GOOD}),
    ]
    for answer in answers:
        told = json.dumps(dict(answer.headers)) + answer.content.decode()
        told = told.replace("problem+json", "")  # in which there is a “rob”
        assert [secret for secret in secrets if secret in told] == []


@pytest.mark.parametrize(
    "page",
    ["", "/cases", "/uploads", "/report", *(f"/export.{kind}" for kind in EXPORT_FILES)],
)
@pytest.mark.parametrize("person", ["ruth", "stan"])
def test_only_a_coordinator_reaches_the_coordinators_pages(study, person, page):
    assert browser_of(person).get(f"/api/studies/{study.id}{page}").status_code == 404


def test_each_rater_has_all_cases_in_an_order_of_their_own():
    study = open_with_cases(12)
    orders = {
        name: list(
            Assignment.objects.filter(study=study, rater__username=name)
            .order_by("position")
            .values_list("case__code", flat=True)
        )
        for name in ("ruth", "rob")
    }
    assert sorted(orders["ruth"]) == sorted(orders["rob"]) == [f"C{n:03d}" for n in range(1, 13)]
    assert orders["ruth"] != orders["rob"]
    assert len(set(Assignment.objects.values_list("code", flat=True))) == 24


def test_before_the_study_is_open_a_rater_has_no_list():
    study = make_study()
    worklist = browser_of("ruth").get(f"/api/reading/{study.id}/worklist").json()
    assert (worklist["total"], worklist["next"]) == (0, None)
