"""Cases are marked for calibration, withdrawn and restored, and readings unlocked."""

import pytest
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.analysis.services import lock_study
from reader_study.audit.models import Event
from reader_study.cohorts.models import Case
from reader_study.reading.models import Assignment, Reading, ReadingState
from reader_study.reading.refusals import NotPossibleError
from reader_study.reading.services import unlock
from reader_study.studies.models import Membership
from tests.cast import browser_of, grade, make_study, next_code, open_with_cases, ready_case
from tests.coordination.case_requests import act, unlock_reading

pytestmark = pytest.mark.django_db

GRADES = {"C001": 4, "C002": 2, "C003": None}


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


def test_side_and_segment_of_the_occlusion_are_corrected_with_old_and_new_in_the_trail():
    study = open_with_cases(1)
    case = Case.objects.get()
    act(study, case, "occlusion", {"side": "left", "segment": "M1"})
    answer = act(study, case, "occlusion", {"side": "left", "segment": "ICA-T"})
    assert answer.status_code == 200
    told = answer.json()
    assert (told["occlusion_side"], told["occlusion_segment"]) == ("left", "ICA-T")
    event = Event.objects.filter(action="case occlusion set").latest("id")
    assert (event.subject, event.actor) == ("C001", User.objects.get(username="carol"))
    assert event.detail["old"] == {"occlusion_segment": "M1"}
    assert event.detail["new"] == {"occlusion_segment": "ICA-T"}
    emptied = act(study, case, "occlusion", {"side": "", "segment": ""}).json()
    assert (emptied["occlusion_side"], emptied["occlusion_segment"]) == ("", "")


def test_raters_are_told_neither_side_nor_segment():
    study = open_with_cases(1)
    act(study, Case.objects.get(), "occlusion", {"side": "midline", "segment": "ICA-T"})
    code, ruth = next_code(study, "ruth"), browser_of("ruth")
    for address in (f"{study.id}/worklist", f"cases/{code}"):
        told = ruth.get(f"/api/reading/{address}").content.decode()
        assert not any(word in told for word in ("midline", "ICA-T", "occlusion"))


@pytest.mark.parametrize("body", [{}, {"side": "left"}, {"side": "port", "segment": "M1"}])
def test_an_occlusion_needs_a_side_and_a_segment_that_are_known(body):
    study = open_with_cases(1)
    assert act(study, Case.objects.get(), "occlusion", body).status_code == 400
    assert not Event.objects.filter(action="case occlusion set").exists()


def test_the_same_side_and_segment_again_leave_no_trace():
    study = open_with_cases(1)
    for _ in range(2):
        act(study, Case.objects.get(), "occlusion", {"side": "left", "segment": "M1"})
    assert Event.objects.filter(action="case occlusion set").count() == 1


def test_after_the_lock_side_and_segment_stay_as_the_report_has_them():
    study = open_with_cases(3)
    for rater in ("ruth", "rob"):
        grade(study, rater, GRADES)
    lock_study(study=study, actor=User.objects.get(username="carol"))
    body = {"side": "left", "segment": "M1"}
    answer = act(study, Case.objects.get(code="C001"), "occlusion", body)
    assert answer.status_code == 409
    assert "The study is locked" in answer.json()["detail"]


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
    unread = Assignment.objects.filter(rater__username="rob")[0]
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
