"""People leave a study and come back; what they did in it stays."""

import pytest

from reader_study.accounts.models import User
from reader_study.analysis.services import lock_study
from reader_study.audit.models import Event
from reader_study.reading.lists import catch_up
from reader_study.reading.models import Assignment
from reader_study.reading.services import add_to_lists
from reader_study.studies.models import Membership, Study
from reader_study.studies.services import add_coordinator, add_rater
from tests.cast import browser_of, grade, make_study, open_with_cases, ready_case

pytestmark = pytest.mark.django_db


def end(study: Study, username: str, *, reason: str = "Moved to another hospital", by="carol"):
    member = Membership.objects.get(study=study, user__username=username)
    return browser_of(by).post(
        f"/api/studies/{study.id}/people/{member.pk}/end",
        {"reason": reason},
        content_type="application/json",
    )


def restore(study: Study, username: str):
    member = Membership.objects.get(study=study, user__username=username)
    return browser_of("carol").post(f"/api/studies/{study.id}/people/{member.pk}/restore")


def test_people_are_listed_with_role_number_and_sites():
    study = make_study()
    rows = browser_of("carol").get(f"/api/studies/{study.id}/people").json()["members"]
    assert [(row["username"], row["role"], row["rater_number"], row["you"]) for row in rows] == [
        ("carol", "coordinator", None, True),
        ("ruth", "rater", 1, False),
        ("rob", "rater", 2, False),
    ]


def test_who_has_left_sees_the_study_no_more_and_is_listed_last():
    study = make_study()
    answer = end(study, "ruth")

    assert answer.json()["ended_reason"] == "Moved to another hospital"
    ruth = browser_of("ruth")
    assert ruth.get("/api/studies").json() == []
    assert ruth.get(f"/api/reading/{study.id}/worklist").status_code == 404
    rows = browser_of("carol").get(f"/api/studies/{study.id}/people").json()["members"]
    assert [row["username"] for row in rows] == ["carol", "rob", "ruth"]
    event = Event.objects.get(action="membership ended")
    assert (event.subject, event.detail["reason"]) == ("ruth", "Moved to another hospital")


def test_leaving_needs_a_reason():
    study = make_study()
    answer = end(study, "ruth", reason="  ")
    assert answer.status_code == 409
    assert "Say why" in answer.json()["detail"]


def test_nobody_takes_themselves_out():
    study = make_study()
    answer = end(study, "carol")
    assert answer.status_code == 409
    assert "You cannot take yourself out" in answer.json()["detail"]


def test_a_study_keeps_a_coordinator():
    study = make_study()
    add_coordinator(study=study, user=User.objects.get(username="stan"), actor=None)
    assert end(study, "carol", by="stan").status_code == 200
    assert end(study, "stan", by="carol").status_code == 404
    assert Membership.objects.get(user__username="stan").ended_at is None


def test_nobody_leaves_twice_or_comes_back_without_having_left():
    study = make_study()
    assert restore(study, "ruth").status_code == 409
    assert end(study, "ruth").status_code == 200
    assert end(study, "ruth").status_code == 409


def test_members_of_another_study_are_none_of_this_ones():
    study, other = make_study(), make_study("veins")
    ruth_there = Membership.objects.get(study=other, user__username="ruth")
    answer = browser_of("carol").post(
        f"/api/studies/{study.id}/people/{ruth_there.pk}/end",
        {"reason": "Moved"},
        content_type="application/json",
    )
    assert answer.status_code == 404


def test_the_number_of_a_rater_who_left_is_not_given_again():
    study = make_study()
    end(study, "rob")
    stan = add_rater(study=study, user=User.objects.get(username="stan"), actor=None)
    assert stan.rater_number == 3
    answer = restore(study, "rob").json()
    assert (answer["rater_number"], answer["ended_at"], answer["ended_reason"]) == (2, None, "")
    assert Event.objects.get(action="membership restored").detail["rater_number"] == 2


def test_a_rater_who_leaves_no_longer_blocks_the_lock_and_is_not_part_of_what_is_locked():
    study = open_with_cases(2)
    stan = add_rater(study=study, user=User.objects.get(username="stan"), actor=None)
    catch_up(stan)
    for rater in ("ruth", "rob", "stan"):
        grade(study, rater, {"C001": 4, "C002": 3})
    catch_up(add_rater(study=study, user=User.objects.create(username="late"), actor=None))
    end(study, "stan")
    end(study, "late")
    overview = browser_of("carol").get(f"/api/studies/{study.id}").json()
    assert overview["blockers"]["lock"] == []
    snapshot = lock_study(study=study, actor=User.objects.get(username="carol"))
    assert {rating["rater"] for rating in snapshot.document["ratings"]} == {"Rater 1", "Rater 2"}


def test_a_rater_comes_back_to_their_own_list_and_to_what_was_added_meanwhile():
    study = open_with_cases(2)
    before = list(Assignment.objects.filter(rater__username="rob").values_list("code", "position"))
    end(study, "rob")
    ready_case(study, "C003")
    add_rater(study=study, user=User.objects.get(username="stan"), actor=None)
    add_to_lists(study=study, actor=User.objects.get(username="carol"))
    assert restore(study, "rob").status_code == 200

    after = Assignment.objects.filter(rater__username="rob").values_list("code", "position")
    assert set(before) < set(after)
    assert len(after) == 3


def test_a_rater_who_left_before_the_lock_does_not_come_back_after_it():
    study = open_with_cases(1)
    add_rater(study=study, user=User.objects.get(username="stan"), actor=None)
    end(study, "stan")
    for rater in ("ruth", "rob"):
        grade(study, rater, {"C001": 4})
    browser_of("carol").post(
        f"/api/studies/{study.id}/lock",
        {"confirm_name": study.name},
        content_type="application/json",
    )
    answer = restore(study, "stan")
    assert answer.status_code == 409
    assert "left before the study was locked" in answer.json()["detail"]
    assert end(study, "ruth").status_code == 200
    assert restore(study, "ruth").status_code == 200
