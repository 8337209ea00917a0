"""Cases during the study: marked for calibration, withdrawn, restored, unlocked, added."""

from datetime import timedelta

import pytest
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.audit.models import Event
from reader_study.cohorts.models import Case
from reader_study.jobs.models import JobState
from reader_study.reading.models import Assignment, Reading, ReadingState
from reader_study.reading.refusals import NotPossibleError
from reader_study.reading.services import unlock
from reader_study.segmentation.models import MediaPack, SegmentationJob
from reader_study.segmentation.services import queue_missing_work
from reader_study.studies.models import Membership, Role
from reader_study.studies.services import add_rater
from tests.cast import browser_of, grade, make_study, next_code, open_with_cases, ready_case

pytestmark = pytest.mark.django_db

GRADES = {"C001": 4, "C002": 2, "C003": None}
ACTIONS = ["purpose", "withdraw", "restore"]


def act(study, case, what: str, body: dict | None = None, *, who: str = "carol"):
    return browser_of(who).post(
        f"/api/studies/{study.id}/cases/{case.id}/{what}",
        body or {},
        content_type="application/json",
    )


def unlock_reading(study, assignment, reason: str = "wrong key", *, who: str = "carol"):
    return browser_of(who).post(
        f"/api/studies/{study.id}/readings/{assignment.pk}/unlock",
        {"reason": reason},
        content_type="application/json",
    )


def detail(study, case, who: str = "carol") -> dict:
    return browser_of(who).get(f"/api/studies/{study.id}/cases/{case.id}").json()


def member(study, username: str, role: Role, *sites: str) -> None:
    user, _ = User.objects.get_or_create(username=username)
    membership = Membership.objects.create(study=study, user=user, role=role)
    membership.sites.set(study.sites.filter(code__in=sites))


# -- calibration ---------------------------------------------------------------------------


def test_a_case_is_marked_for_calibration_with_its_reference_grade():
    study = make_study()
    case = ready_case(study, "C001")
    answer = act(study, case, "purpose", {"purpose": "calibration", "reference_grade": 3})
    assert (answer.json()["purpose"], answer.json()["reference_grade"]) == ("calibration", 3)
    event = Event.objects.get(action="case purpose set")
    assert event.subject == "C001"
    assert event.detail["old"] == {"purpose": "study", "reference_grade": None}
    assert event.detail["new"] == {"purpose": "calibration", "reference_grade": 3}
    back = act(study, case, "purpose", {"purpose": "study", "reference_grade": 3})
    assert (back.json()["purpose"], back.json()["reference_grade"]) == ("study", None)


@pytest.mark.parametrize("reference", [None, 0, 5])
def test_a_calibration_case_needs_a_grade_of_the_scale(reference):
    study = make_study()
    case = ready_case(study, "C001")
    body = {"purpose": "calibration", "reference_grade": reference}
    answer = act(study, case, "purpose", body)
    assert answer.status_code == 409
    assert answer.json()["detail"].endswith("on the protocol's scale: 1, 2, 3, 4.")


def test_what_a_case_is_read_for_is_settled_once_the_study_is_open():
    study = open_with_cases(1)
    body = {"purpose": "calibration", "reference_grade": 3}
    answer = act(study, Case.objects.get(), "purpose", body)
    assert answer.status_code == 409
    assert "settled once the study is opened" in answer.json()["detail"]


# -- withdraw and restore --------------------------------------------------------------------


def test_a_withdrawn_case_leaves_the_raters_lists_and_keeps_what_was_read():
    study = open_with_cases(3)
    case = Case.objects.get(code="C002")
    grade(study, "ruth", GRADES)
    answer = act(study, case, "withdraw", {"reason": "No consent."})
    assert answer.json()["withdrawn_reason"] == "No consent."
    assert Reading.objects.filter(assignment__case=case).count() == 1
    worklist = browser_of("rob").get(f"/api/reading/{study.id}/worklist").json()
    assert worklist["total"] == 2
    event = Event.objects.get(action="case withdrawn")
    assert (event.subject, event.detail["reason"]) == ("C002", "No consent.")
    assert event.actor == User.objects.get(username="carol")
    counts = browser_of("carol").get(f"/api/studies/{study.id}").json()["counts"]
    assert (counts["cases"], counts["ready"]) == (2, 2)


def test_a_restored_case_comes_back_with_what_was_read():
    study = open_with_cases(3)
    grade(study, "ruth", GRADES)
    case = Case.objects.get(code="C002")
    act(study, case, "withdraw", {"reason": "No consent."})
    answer = act(study, case, "restore")
    assert (answer.json()["withdrawn_at"], answer.json()["withdrawn_reason"]) == (None, "")
    assert answer.json()["ratings"] == {"submitted": 1, "expected": 2}
    assert Event.objects.get(action="case restored").detail["old"]["withdrawn_reason"]


def test_a_withdrawn_case_is_out_of_the_analysis():
    study = open_with_cases(3)
    for rater in ("ruth", "rob"):
        grade(study, rater, GRADES)
    act(study, Case.objects.get(code="C002"), "withdraw", {"reason": "No consent."})
    carol = browser_of("carol")
    answer = carol.post(
        f"/api/studies/{study.id}/lock",
        {"confirm_name": study.name},
        content_type="application/json",
    )
    assert answer.status_code == 200
    study.refresh_from_db()
    assert {row["case"] for row in study.snapshot.document["ratings"]} == {"C001", "C003"}


def test_the_rater_of_a_case_that_was_just_withdrawn_is_told_so():
    study = open_with_cases(3)
    ruth, code = browser_of("ruth"), next_code(study, "ruth")
    ruth.get(f"/api/reading/cases/{code}")
    act(study, Case.objects.get(assignments__code=code), "withdraw", {"reason": "No consent."})
    draft = {"revision": 0, "answers": {"grade": 3, "unscorable_reason": None, "comment": ""}}
    saved = ruth.put(f"/api/reading/cases/{code}/draft", draft, content_type="application/json")
    assert saved.status_code == 409
    assert "taken out of the study" in saved.json()["detail"]
    assert "No consent" not in saved.json()["detail"]
    assert ruth.get(f"/api/reading/cases/{code}").status_code == 409
    assert browser_of("rob").get(f"/api/reading/cases/{code}").status_code == 404
    assert next_code(study, "ruth") not in (None, code)


def test_withdrawing_asks_for_a_reason_and_happens_once():
    study = open_with_cases(2)
    case = Case.objects.get(code="C001")
    unsaid = act(study, case, "withdraw", {"reason": "  "})
    assert unsaid.status_code == 409
    assert "Say why C001 is withdrawn" in unsaid.json()["detail"]
    assert act(study, case, "restore").status_code == 409
    act(study, case, "withdraw", {"reason": "No consent."})
    assert act(study, case, "withdraw", {"reason": "Again."}).status_code == 409


def test_no_case_is_withdrawn_or_restored_after_the_lock():
    study = open_with_cases(3)
    for rater in ("ruth", "rob"):
        grade(study, rater, GRADES)
    case, other = Case.objects.get(code="C001"), Case.objects.get(code="C002")
    act(study, other, "withdraw", {"reason": "No consent."})
    browser_of("carol").post(
        f"/api/studies/{study.id}/lock",
        {"confirm_name": study.name},
        content_type="application/json",
    )
    for answer in (act(study, case, "withdraw", {"reason": "Late."}), act(study, other, "restore")):
        assert answer.status_code == 409
        assert "The study is locked" in answer.json()["detail"]


def test_the_calibration_set_stays_as_it_is_once_the_study_is_open():
    study = open_with_cases(2)
    case = Case.objects.get(code="C001")
    Case.objects.filter(pk=case.pk).update(purpose="calibration", reference_grade=3)
    answer = act(study, case, "withdraw", {"reason": "Poor CT."})
    assert answer.status_code == 409
    assert "all raters are judged on the same ones" in answer.json()["detail"]


# -- unlock ----------------------------------------------------------------------------------


def test_an_unlocked_reading_is_open_to_its_rater_and_the_original_stays():
    study = open_with_cases(3)
    grade(study, "ruth", GRADES)
    assignment = Assignment.objects.get(rater__username="ruth", case__code="C002")
    answer = unlock_reading(study, assignment, "Pressed the wrong key.")
    place = next(row for row in answer.json()["places"] if row["id"] == assignment.pk)
    assert place["state"] == "unlocked"
    first, second = place["attempts"]
    assert (first["submitted_at"] is not None, first["unlock_reason"]) == (True, "")
    assert (second["unlock_reason"], second["unlocked_by"]) == ("Pressed the wrong key.", "carol")
    assert next_code(study, "ruth") == assignment.code
    original = Reading.objects.get(assignment=assignment, attempt=1)
    assert (original.state, original.grade) == (ReadingState.SUBMITTED, 2)


def test_unlocking_is_refused_in_words():
    study = open_with_cases(3)
    unread = Assignment.objects.filter(rater__username="rob").first()
    assert "not submitted" in unlock_reading(study, unread).json()["detail"]
    grade(study, "ruth", GRADES)
    read = Assignment.objects.get(rater__username="ruth", case__code="C001")
    assert "Say why" in unlock_reading(study, read, "").json()["detail"]
    act(study, read.case, "withdraw", {"reason": "No consent."})
    assert "restore it first" in unlock_reading(study, read).json()["detail"]


def test_a_rater_who_left_can_correct_nothing():
    study = open_with_cases(3)
    grade(study, "ruth", GRADES)
    Membership.objects.filter(user__username="ruth").update(
        ended_at=timezone.now(), ended_reason="Moved."
    )
    read = Assignment.objects.get(rater__username="ruth", case__code="C001")
    assert "has left the study" in unlock_reading(study, read).json()["detail"]


def test_of_two_unlocks_at_once_the_second_is_told():
    study = open_with_cases(1)
    grade(study, "ruth", {"C001": 4})
    carol = User.objects.get(username="carol")
    first, second = (
        Assignment.objects.select_related("current_reading").get(rater__username="ruth")
        for _ in range(2)
    )
    unlock(assignment=first, actor=carol, reason="Wrong key.")
    with pytest.raises(NotPossibleError, match="not submitted"):
        unlock(assignment=second, actor=carol, reason="Wrong key.")


# -- adding cases while the raters read ------------------------------------------------------


def test_a_case_that_comes_during_the_reading_is_segmented_and_put_on_the_lists_on_request():
    study = open_with_cases(2)
    late = ready_case(study, "C003")
    MediaPack.objects.filter(segmentation__case=late).delete()
    SegmentationJob.objects.filter(case=late).delete()
    assert queue_missing_work(study) == 1
    job = SegmentationJob.objects.get(case=late)
    assert job.state == JobState.QUEUED
    SegmentationJob.objects.filter(pk=job.pk).update(state=JobState.DONE, mask_name="mask")
    MediaPack.objects.create(segmentation=job, state=JobState.DONE, folder="x", manifest={})

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


# -- who sees what ---------------------------------------------------------------------------


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
    case, assignment = Case.objects.get(), Assignment.objects.first()
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
    assert unlock_reading(study, Assignment.objects.first(), who=person).status_code == 404


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
    assert unlock_reading(own, Assignment.objects.filter(study=other).first()).status_code == 404
