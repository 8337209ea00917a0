"""A list of cases is checked before anything is sent."""

import pytest

from reader_study.accounts.models import User
from reader_study.analysis.services import lock_study
from reader_study.cohorts.models import Case
from reader_study.studies.models import Study
from tests.cast import add_every_role, browser_of, grade, make_study, open_with_cases, ready_case

pytestmark = pytest.mark.django_db

HEADER = "case,site,side,segment,file"


@pytest.fixture
def study() -> Study:
    return make_study()


def check(study: Study, *lines: str, who: str = "carol"):
    return browser_of(who).post(
        f"/api/studies/{study.id}/manifest",
        {"manifest": "\n".join([HEADER, *lines])},
        content_type="application/json",
    )


def test_a_sound_list_is_answered_with_its_rows(study):
    answer = check(study, "A1,North,L,m1,CASE 01")
    assert answer.status_code == 200
    assert answer.json() == {
        "rows": [
            {
                "line": 2,
                "case_code": "A1",
                "site": "north",
                "side": "left",
                "segment": "M1",
                "path": "CASE 01",
            }
        ]
    }
    assert not Case.objects.exists()


def test_every_mistake_is_answered_with_its_line_and_column(study):
    answer = check(study, "A1,east,up,,x", ",north,,,y")
    assert answer.status_code == 400
    assert [(one["line"], one["column"]) for one in answer.json()["errors"]] == [
        (2, "site"),
        (2, "side"),
        (3, "case"),
    ]
    assert answer.json()["detail"] == (
        "The list of cases, line 2, column “site”: You do not upload for a site “east”; write one "
        "of: north, south. (and 2 more)"
    )


def test_blank_lines_above_the_header_count(study):
    answer = browser_of("carol").post(
        f"/api/studies/{study.id}/manifest",
        {"manifest": f"\n\n{HEADER}\nA1,east,,,x\n"},
        content_type="application/json",
    )
    assert [one["line"] for one in answer.json()["errors"]] == [4]


def test_a_workbook_in_place_of_a_csv_is_refused_in_words(study):
    answer = browser_of("carol").post(
        f"/api/studies/{study.id}/manifest",
        {"manifest": "PK\x03\x04\0\0"},
        content_type="application/json",
    )
    assert answer.status_code == 400
    assert "CSV UTF-8" in answer.json()["errors"][0]["detail"]


def test_a_list_of_four_megabytes_is_read(study):
    lines = [f"A{n},north,left,M1,{'x' * 180}/{n}" for n in range(20_000)]
    answer = check(study, *lines)
    assert answer.status_code == 200
    assert len(answer.json()["rows"]) == 20_000


@pytest.mark.parametrize("body", [{}, {"manifest": None}, {"manifest": ["case"]}, []])
def test_without_a_list_there_is_nothing_to_check(study, body):
    answer = browser_of("carol").post(
        f"/api/studies/{study.id}/manifest", body, content_type="application/json"
    )
    assert answer.status_code == 400
    assert "text of the list" in answer.json()["detail"]


def test_a_site_coordinator_lists_cases_of_their_own_sites_and_learns_of_no_others(study):
    add_every_role(study)
    ready_case(study, "S1", site="south")
    assert check(study, "A1,north,,,x", who="sid").status_code == 200
    elsewhere = check(study, "A1,south,,,x", who="sid").json()
    assert elsewhere["errors"][0]["detail"].endswith("write one of: north.")
    taken = check(study, "S1,north,,,x", who="sid").json()
    assert taken["errors"] == [
        {"line": 2, "column": "case", "detail": "S1 is taken in this study; use another code."}
    ]


def test_a_code_that_the_study_has_given_already_is_named_before_anything_is_sent(study):
    ready_case(study, "C001", site="south")
    elsewhere = check(study, "C001,north,,,x").json()["errors"][0]
    assert elsewhere["detail"].startswith("C001 is a case of the site south already")
    otherwise = check(study, "c001,south,,,x").json()["errors"][0]
    assert otherwise["detail"].startswith("The study has a case C001 already")
    assert check(study, "C001,south,,,x").status_code == 200  # more images of the same case


def test_no_list_is_taken_once_the_study_is_locked():
    study = open_with_cases(1)
    for rater in ("ruth", "rob"):
        grade(study, rater, {"C001": 4})
    lock_study(study=study, actor=User.objects.get(username="carol"))
    answer = check(study, "A1,north,,,x")
    assert answer.status_code == 409
    assert "can no longer grow" in answer.json()["detail"]
