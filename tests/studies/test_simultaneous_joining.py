"""Many browsers follow one link, or end one another, at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.test import Client

from reader_study.accounts.models import User
from reader_study.studies.models import Invitation, Membership, Role
from reader_study.studies.services import add_coordinator
from tests.cast import browser_of, make_study

pytestmark = pytest.mark.django_db(transaction=True)

BROWSERS = 8


def at_once(act: Callable[[int], tuple[int, str]], count: int) -> list[tuple[int, str]]:
    """Let this many browsers do something together; return status and body of each answer."""
    together = Barrier(count)

    def wait_and_act(number: int) -> tuple[int, str]:
        together.wait()
        try:
            return act(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(wait_and_act, range(count)))


def test_a_link_that_many_browsers_follow_at_once_works_once():
    study = make_study()
    link = browser_of("carol").post(
        f"/api/studies/{study.id}/invitations",
        {"invited": "Nora", "role": "rater", "sites": []},
        content_type="application/json",
    )
    address = f"/api/invitations/{link.json()['link'].removeprefix('/join/')}/accept"
    browsers = [Client() for _ in range(BROWSERS)]

    def join(number: int) -> tuple[int, str]:
        account = {
            "username": f"nora{number}",
            "full_name": "Nora",
            "password": "quiet-arteries-7",
        }
        answer = browsers[number].post(address, account, content_type="application/json")
        return answer.status_code, answer.content.decode()

    outcomes = at_once(join, BROWSERS)

    assert sorted(status for status, _ in outcomes) == [200] + [409] * (BROWSERS - 1), outcomes
    assert all("was used already" in body for status, body in outcomes if status == 409)
    assert Membership.objects.filter(study=study, rater_number=3).count() == 1
    assert User.objects.filter(username__startswith="nora").count() == 1
    assert Invitation.objects.filter(accepted_by__username__startswith="nora").count() == 1


def test_raters_who_join_at_once_get_numbers_of_their_own():
    study = make_study()
    links = [
        browser_of("carol")
        .post(
            f"/api/studies/{study.id}/invitations",
            {"invited": f"Rater {number}", "role": "rater", "sites": []},
            content_type="application/json",
        )
        .json()["link"]
        for number in range(BROWSERS)
    ]
    for number in range(BROWSERS):
        User.objects.create(username=f"nora{number}")
    browsers = [browser_of(f"nora{number}") for number in range(BROWSERS)]

    def join(number: int) -> tuple[int, str]:
        token = links[number].removeprefix("/join/")
        answer = browsers[number].post(
            f"/api/invitations/{token}/accept", {}, content_type="application/json"
        )
        return answer.status_code, answer.content.decode()

    outcomes = at_once(join, BROWSERS)

    assert [status for status, _ in outcomes] == [200] * BROWSERS, outcomes
    members = Membership.objects.filter(study=study, role=Role.RATER).order_by("rater_number")
    numbers = list(members.values_list("rater_number", flat=True))
    assert numbers == list(range(1, BROWSERS + 3))


def test_two_coordinators_who_end_one_another_leave_one():
    study = make_study()
    add_coordinator(study=study, user=User.objects.get(username="stan"), actor=None)
    names = ["carol", "stan"]
    browsers = [browser_of(name) for name in names]
    members = [Membership.objects.get(study=study, user__username=name) for name in names]

    def end_the_other(number: int) -> tuple[int, str]:
        answer = browsers[number].post(
            f"/api/studies/{study.id}/people/{members[1 - number].pk}/end",
            {"reason": "I was first"},
            content_type="application/json",
        )
        return answer.status_code, answer.content.decode()

    outcomes = at_once(end_the_other, 2)

    assert 200 in [status for status, _ in outcomes], outcomes
    assert Membership.objects.filter(study=study, role="coordinator", ended_at=None).count() == 1
