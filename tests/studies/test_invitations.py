"""People join a study by a link that works once."""

import re
from datetime import timedelta
from hashlib import sha256

import pytest
from django.test import Client
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.audit.models import Event
from reader_study.reading.models import Assignment
from reader_study.studies.models import Invitation, Membership, Role, Study
from tests.cast import browser_of, grade, make_study, open_with_cases, ready_case

pytestmark = pytest.mark.django_db

NEW_ACCOUNT = {"username": "nora", "full_name": "Nora New", "password": "quiet-arteries-7"}


def invited_by_carol(study: Study, role: str = "rater", sites: tuple[str, ...] = (), **other):
    return browser_of("carol").post(
        f"/api/studies/{study.id}/invitations",
        {"invited": "Nora of the North", "role": role, "sites": list(sites), **other},
        content_type="application/json",
    )


def token_for(study: Study, role: str = "rater", sites: tuple[str, ...] = ()) -> str:
    answer = invited_by_carol(study, role, sites)
    assert answer.status_code == 201, answer.content
    token: str = answer.json()["link"].removeprefix("/join/")
    return token


def accept(token: str, browser: Client, account: dict | None = None):
    return browser.post(
        f"/api/invitations/{token}/accept", account or {}, content_type="application/json"
    )


def test_the_link_is_said_once_and_only_its_hash_is_kept():
    study = make_study()
    answer = invited_by_carol(study).json()

    token = answer["link"].removeprefix("/join/")
    assert re.fullmatch(r"[\w-]{43}", token)
    stored = Invitation.objects.get()
    assert stored.token_sha256 == sha256(token.encode()).hexdigest()
    assert stored.expires_at - timezone.now() > timedelta(days=13, hours=23)
    people = browser_of("carol").get(f"/api/studies/{study.id}/people")
    assert token not in people.content.decode()
    row = people.json()["invitations"][0]
    assert (row["invited"], row["role"], row["state"]) == ("Nora of the North", "rater", "open")
    assert all(token not in str(event.detail) for event in Event.objects.all())


def test_whoever_holds_the_link_is_told_study_role_and_sites_and_nothing_else():
    study = make_study()
    told = Client().get(f"/api/invitations/{token_for(study, 'site-coordinator', ('south',))}")
    assert told.status_code == 200
    assert set(told.json()) == {"study_name", "role", "sites", "expires_at"}
    assert told.json()["study_name"] == study.name
    assert told.json()["sites"] == ["South Hospital"]
    assert "no-store" in told["Cache-Control"]


def test_a_signed_in_person_joins():
    study = make_study()
    answer = accept(token_for(study, "statistician"), browser_of("stan"))

    assert answer.json() == {"study_id": str(study.id), "role": "statistician"}
    assert browser_of("stan").get(f"/api/studies/{study.id}").json()["role"] == "statistician"
    row = browser_of("carol").get(f"/api/studies/{study.id}/people").json()["invitations"][0]
    assert (row["state"], row["accepted_by"]) == ("accepted", "stan")


def test_a_new_account_joins_and_is_signed_in():
    study = make_study()
    browser = Client()
    answer = accept(token_for(study), browser, NEW_ACCOUNT)

    assert answer.status_code == 200, answer.content
    assert browser.get("/api/session").json()["user"]["username"] == "nora"
    membership = Membership.objects.get(study=study, user__username="nora")
    assert membership.rater_number == 3
    assert User.objects.get(username="nora").check_password(NEW_ACCOUNT["password"])
    actions = list(Event.objects.filter(actor__username="nora").values_list("action", flat=True))
    assert actions == ["account created", "rater added", "invitation accepted", "signed in"]


def test_a_new_account_needs_the_csrf_token():
    study = make_study()
    browser = Client(enforce_csrf_checks=True)
    assert accept(token_for(study), browser, NEW_ACCOUNT).status_code == 403
    assert not User.objects.filter(username="nora").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"password": "short"}, "This password is too short."),
        ({"password": "password1"}, "This password is too common."),
        ({"username": "ruth"}, "There is an account “ruth” already."),
        ({"username": "Ruth"}, "There is an account “Ruth” already."),
        ({"username": "nora new"}, "Enter a valid username."),
        ({"full_name": " "}, "full_name: This field may not be blank."),
    ],
)
def test_an_account_that_cannot_be_created_leaves_the_link_as_it_was(change, said):
    study = make_study()
    token = token_for(study)
    answer = accept(token, Client(), {**NEW_ACCOUNT, **change})

    assert answer.status_code == 400
    assert said in answer.json()["detail"]
    assert not Membership.objects.filter(study=study, user__username="nora").exists()
    assert Client().get(f"/api/invitations/{token}").status_code == 200


def test_a_person_keeps_one_role_in_a_study_for_good():
    study = make_study()
    token = token_for(study, "coordinator")
    answer = accept(token, browser_of("ruth"))

    assert answer.status_code == 409
    assert "Ruth has the role of rater in this study already" in answer.json()["detail"]
    Membership.objects.filter(user__username="ruth").update(
        ended_at=timezone.now(), ended_reason="Moved"
    )
    answer = accept(token, browser_of("ruth"))
    assert answer.status_code == 409
    assert "Its coordinator can take them back" in answer.json()["detail"]
    assert Client().get(f"/api/invitations/{token}").status_code == 200


def test_whoever_is_signed_in_does_not_create_a_second_account_by_accident():
    study = make_study()
    answer = accept(token_for(study), browser_of("stan"), NEW_ACCOUNT)
    assert answer.status_code == 409
    assert "You are logged in as Stan already" in answer.json()["detail"]
    assert not Membership.objects.filter(user__username="stan").exists()


def used(study: Study, token: str) -> None:
    accept(token, browser_of("stan"))


def revoked(study: Study, token: str) -> None:
    answer = browser_of("carol").post(
        f"/api/studies/{study.id}/invitations/{Invitation.objects.get().id}/revoke"
    )
    assert answer.json()["state"] == "revoked"


def expired(study: Study, token: str) -> None:
    Invitation.objects.update(expires_at=timezone.now())


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (used, "This invitation was used already"),
        (revoked, "This invitation was withdrawn."),
        (expired, "This invitation has expired."),
    ],
)
def test_a_dead_link_says_why(end, said):
    study = make_study()
    token = token_for(study)
    end(study, token)

    for answer in (
        Client().get(f"/api/invitations/{token}"),
        accept(token, Client(), NEW_ACCOUNT),
        accept(token, Client(), {**NEW_ACCOUNT, "password": "short"}),
        accept(token, browser_of("carol")),
    ):
        assert answer.status_code == 409
        assert said in answer.json()["detail"]
    assert not User.objects.filter(username="nora").exists()


def test_an_unknown_link_does_not_exist():
    make_study()
    assert Client().get("/api/invitations/nothing").status_code == 404
    assert accept("nothing", Client(), NEW_ACCOUNT).status_code == 404
    assert accept("nothing", browser_of("stan")).status_code == 404


@pytest.mark.parametrize(
    ("role", "sites", "said"),
    [
        ("site-coordinator", (), "Choose the sites"),
        ("rater", ("north",), "Only site coordinators are limited to sites"),
    ],
)
def test_sites_go_with_site_coordinators_and_with_nobody_else(role, sites, said):
    answer = invited_by_carol(make_study(), role, sites)
    assert answer.status_code == 409
    assert said in answer.json()["detail"]


def test_an_invitation_names_somebody_and_sites_of_its_own_study():
    study = make_study()
    assert invited_by_carol(study, invited=" ").status_code == 409
    elsewhere = invited_by_carol(study, "site-coordinator", ("east",))
    assert elsewhere.status_code == 400
    assert elsewhere.json()["detail"] == "The study has no site east."
    assert not Invitation.objects.exists()


def test_a_used_link_is_not_revoked():
    study = make_study()
    accept(token_for(study), browser_of("stan"))
    answer = browser_of("carol").post(
        f"/api/studies/{study.id}/invitations/{Invitation.objects.get().id}/revoke"
    )
    assert answer.status_code == 409
    assert "was used already" in answer.json()["detail"]


def test_a_locked_study_takes_no_more_raters_but_may_take_an_adjudicator():
    study = open_with_cases(1)
    late = token_for(study)
    for rater in ("ruth", "rob"):
        grade(study, rater, {"C001": 4})
    browser_of("carol").post(
        f"/api/studies/{study.id}/lock",
        {"confirm_name": study.name},
        content_type="application/json",
    )
    answer = accept(late, Client(), NEW_ACCOUNT)
    assert answer.status_code == 409
    assert "The study is locked" in answer.json()["detail"]
    assert not User.objects.filter(username="nora").exists()
    assert invited_by_carol(study).status_code == 409
    assert accept(token_for(study, "adjudicator"), browser_of("stan")).status_code == 200


def test_who_joins_as_rater_while_the_study_is_read_gets_the_cases_of_the_others():
    study = open_with_cases(3)
    ready_case(study, "C004")  # came later, and is on nobody's list yet
    accept(token_for(study), browser_of("stan"))

    listed = Assignment.objects.filter(study=study, rater__username="stan")
    assert {assignment.case.code for assignment in listed} == {"C001", "C002", "C003"}
    assert Assignment.objects.filter(study=study, rater__username="ruth").count() == 3
    worklist = browser_of("stan").get(f"/api/reading/{study.id}/worklist").json()
    assert (worklist["total"], worklist["submitted"]) == (3, 0)


def test_who_joins_before_the_opening_waits_for_it():
    study = make_study()
    ready_case(study, "C001")
    accept(token_for(study), browser_of("stan"))
    assert not Assignment.objects.exists()


def test_joining_as_anything_else_puts_no_case_on_a_list():
    study = open_with_cases(1)
    accept(token_for(study, "adjudicator"), browser_of("stan"))
    assert not Assignment.objects.filter(rater__username="stan").exists()
    assert Membership.objects.get(user__username="stan").role == Role.ADJUDICATOR
