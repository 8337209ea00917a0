"""Cases that join during the reading, and who is told what of a case."""

from datetime import timedelta

import pytest
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.cohorts.arrays import stored_array
from reader_study.cohorts.models import Case
from reader_study.jobs.models import JobState
from reader_study.reading.models import Assignment
from reader_study.segmentation.media import store_sources
from reader_study.segmentation.models import MediaPack, SegmentationJob
from reader_study.segmentation.services import queue_missing_work
from reader_study.studies.models import Membership, Role
from reader_study.studies.services import add_rater
from tests.cast import (
    browser_of,
    grade,
    make_study,
    open_with_cases,
    ready_case,
)
from tests.coordination.case_requests import act, detail, member, unlock_reading

pytestmark = pytest.mark.django_db

GRADES = {"C001": 4, "C002": 2, "C003": None}
ACTIONS = ["purpose", "withdraw", "restore"]


def test_a_case_that_comes_during_the_reading_is_segmented_and_put_on_the_lists_on_request():
    study = open_with_cases(2)
    late = ready_case(study, "C003")
    MediaPack.objects.filter(segmentation__case=late).delete()
    SegmentationJob.objects.filter(case=late).delete()
    assert queue_missing_work(study) == 1
    job = SegmentationJob.objects.get(case=late)
    assert job.state == JobState.QUEUED
    used = [stored_array(series) for series in late.series.order_by("pk")]
    SegmentationJob.objects.filter(pk=job.pk).update(
        state=JobState.DONE, mask_name="mask", volume_name=used[0]
    )
    pack = MediaPack.objects.create(segmentation=job, state=JobState.DONE, folder="x", manifest={})
    store_sources(pack, used)

    carol = browser_of("carol")
    rows = carol.get(f"/api/studies/{study.id}/cases").json()
    assert [row["on_lists"] for row in rows] == [True, True, False]
    progress = carol.get(f"/api/studies/{study.id}/progress").json()
    assert progress["ready_but_unlisted"] == 1
    said = "1 case is not on every rater's list: put it there or withdraw it on the Cases page."
    assert {"text": said, "page": "cases"} in progress["obstacles"]

    overview = carol.post(f"/api/studies/{study.id}/add-to-lists").json()
    assert [row["total"] for row in overview["raters"]] == [3, 3]
    assert carol.get(f"/api/studies/{study.id}/progress").json()["ready_but_unlisted"] == 0


def test_what_stands_on_a_list_is_not_prepared_anew():
    study = open_with_cases(1)
    MediaPack.objects.update(manifest={"runs": []})
    assert queue_missing_work(study) == 0


def test_a_withdrawn_case_is_not_segmented():
    study = make_study()
    case = ready_case(study, "C001")
    MediaPack.objects.all().delete()
    SegmentationJob.objects.all().delete()
    act(study, case, "withdraw", {"reason": "No consent."})
    assert queue_missing_work(study) == 0


def test_a_rater_who_came_later_and_was_given_nothing_holds_the_lock_back():
    study = open_with_cases(2)
    for rater in ("ruth", "rob"):
        grade(study, rater, {"C001": 4, "C002": 2})
    stan = User.objects.get(username="stan")
    add_rater(study=study, user=stan, actor=User.objects.get(username="carol"))
    blockers = browser_of("carol").get(f"/api/studies/{study.id}").json()["blockers"]["lock"]
    assert blockers == [
        "2 cases are not on every rater's list: put them there or withdraw them on the Cases page."
    ]


def test_before_the_lock_the_detail_tells_who_has_read_and_never_what():
    study = open_with_cases(3)
    grade(study, "ruth", GRADES)
    unscorable = detail(study, Case.objects.get(code="C003"))
    graded = detail(study, Case.objects.get(code="C001"))
    for told in (unscorable, graded):
        ruth, rob = told["places"]
        assert (ruth["state"], rob["state"]) == ("submitted", "not-begun")
        assert ruth["attempts"][0]["grade"] is None
        assert ruth["attempts"][0]["unscorable_reason"] is None
    happened = {step["what"] for step in graded["history"]}
    assert happened == {"added", "segmentation queued", "segmentation done", "images queued"}


def test_once_locked_the_detail_tells_grades_to_those_who_may_see_results():
    study = open_with_cases(3)
    member(study, "sam", Role.SITE_COORDINATOR, "north", "south")
    member(study, "tess", Role.STATISTICIAN)
    for rater in ("ruth", "rob"):
        grade(study, rater, GRADES)
    browser_of("carol").post(
        f"/api/studies/{study.id}/lock",
        {"confirm_name": study.name},
        content_type="application/json",
    )
    case = Case.objects.get(code="C001")

    def grades(who: str) -> list[int | None]:
        return [row["attempts"][0]["grade"] for row in detail(study, case, who)["places"]]

    assert grades("carol") == grades("tess") == [4, 4]
    assert grades("sam") == [None, None]


def test_a_case_expects_a_rating_of_each_rater_and_none_of_their_hidden_repeats():
    study = open_with_cases(1)
    first = Assignment.objects.get(rater__username="ruth")
    Assignment.objects.create(
        study=study,
        rater=first.rater,
        case=first.case,
        media_pack=first.media_pack,
        repeat_of=first,
        position=2,
        code="REPE-ATED",
    )
    row = browser_of("carol").get(f"/api/studies/{study.id}/cases").json()[0]
    assert row["ratings"] == {"submitted": 0, "expected": 2}
    assert "REPE-ATED" in row["rater_codes"]


def test_a_case_is_found_by_the_code_that_its_rater_knows():
    study = open_with_cases(1)
    row = browser_of("carol").get(f"/api/studies/{study.id}/cases").json()[0]
    assert row["rater_codes"] == sorted(Assignment.objects.values_list("code", flat=True))


@pytest.mark.parametrize("role", [Role.SITE_COORDINATOR, Role.STATISTICIAN])
def test_whoever_only_looks_on_changes_no_case(role):
    study = open_with_cases(1)
    member(study, "stan", role, "north")
    case, assignment = Case.objects.get(), Assignment.objects.all()[0]
    assert detail(study, case, "stan")["code"] == "C001"
    answers = [act(study, case, what, who="stan") for what in ACTIONS]
    answers.append(unlock_reading(study, assignment, who="stan"))
    answers.append(browser_of("stan").post(f"/api/studies/{study.id}/add-to-lists"))
    assert {answer.status_code for answer in answers} == {404}


@pytest.mark.parametrize("person", ["ruth", "stan"])
def test_raters_and_strangers_reach_no_case_and_no_dashboard(person):
    study = open_with_cases(1)
    case, browser = Case.objects.get(), browser_of(person)
    assert browser.get(f"/api/studies/{study.id}/cases/{case.id}").status_code == 404
    assert browser.get(f"/api/studies/{study.id}/progress").status_code == 404
    assert {act(study, case, what, who=person).status_code for what in ACTIONS} == {404}
    assert unlock_reading(study, Assignment.objects.all()[0], who=person).status_code == 404


def test_a_site_coordinator_reaches_the_cases_of_the_own_site_alone():
    study = open_with_cases(2)
    member(study, "stan", Role.SITE_COORDINATOR, "north")
    other = Case.objects.get(site__code="south")
    stan = browser_of("stan")
    assert stan.get(f"/api/studies/{study.id}/cases/{other.id}").status_code == 404
    assert act(study, other, "retry", who="stan").status_code == 404


def test_another_studys_case_or_reading_is_not_reached_through_the_own_study():
    own, other = open_with_cases(1, slug="own"), open_with_cases(1, slug="other")
    Membership.objects.filter(study=other, user__username="carol").update(
        ended_at=timezone.now() - timedelta(days=1), ended_reason="Left."
    )
    case = Case.objects.get(study=other)
    assert act(own, case, "withdraw", {"reason": "No consent."}).status_code == 404
    assert unlock_reading(own, Assignment.objects.filter(study=other)[0]).status_code == 404
