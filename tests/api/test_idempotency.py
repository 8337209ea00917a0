"""What is sent twice with one key is done once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.api.models import KeptAnswer
from reader_study.cohorts.models import Upload
from reader_study.studies.members import end_membership
from reader_study.studies.models import Invitation, Membership
from tests.cast import add_every_role, browser_of, make_study

pytestmark = pytest.mark.django_db

RETURNED = {"ended_at": None, "ended_reason": ""}
NORA = {"invited": "Nora", "role": "statistician"}


@pytest.fixture
def study():
    return make_study()


def invite(study, body=NORA, *, key: str | None = "key-1", who: str = "carol"):
    headers = {"Idempotency-Key": key} if key else None
    address = f"/api/studies/{study.id}/invitations"
    return browser_of(who).post(address, body, "application/json", headers=headers)


def test_a_request_that_is_sent_again_is_answered_again_and_done_once(study):
    first, again = invite(study), invite(study)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again["Content-Type"] == "application/json"
    assert Invitation.objects.count() == 1


def test_without_a_key_or_with_another_it_is_done_again(study):
    for key in (None, None, "key-1", "key-2"):
        assert invite(study, key=key).status_code == 201
    assert Invitation.objects.count() == 4


def test_an_upload_that_is_begun_twice_with_one_key_is_one(study):
    body = {"site": "north", "name": "a", "files": 1, "size_bytes": 1}
    ids = {
        browser_of("carol")
        .post(
            f"/api/studies/{study.id}/uploads",
            body,
            "application/json",
            headers={"Idempotency-Key": "k"},
        )
        .json()["id"]
        for _ in range(2)
    }
    assert len(ids) == Upload.objects.count() == 1


def test_a_key_is_good_for_one_body_alone(study):
    invite(study)
    refused = invite(study, {**NORA, "invited": "Somebody else"})
    assert refused.status_code == 422
    assert refused.json()["type"] == "urn:reader-study:problem:key-used-before"
    assert Invitation.objects.count() == 1


def test_two_people_and_two_addresses_have_keys_of_their_own(study):
    add_every_role(study)
    other = make_study("others")
    assert invite(study).status_code == invite(other).status_code == 201
    Membership.objects.filter(study=study, user__username="eve").update(
        ended_at=None, ended_reason=""
    )
    assert invite(study, who="eve").status_code == 201
    assert Invitation.objects.count() == 3


def test_what_was_refused_may_be_tried_again_with_its_key(study):
    refused = invite(study, {**NORA, "sites": ["nowhere"]})
    assert refused.status_code == 400
    assert invite(study).status_code == 201


def test_a_request_whose_end_is_not_known_is_not_done_a_second_time(study):
    invite(study)
    KeptAnswer.objects.update(status=None, sealed=b"")
    refused = invite(study)
    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:reader-study:problem:under-way"
    assert Invitation.objects.count() == 1


def test_after_a_day_a_key_is_forgotten(study):
    invite(study)
    KeptAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert invite(study).status_code == 201
    assert Invitation.objects.count() == 2
    assert KeptAnswer.objects.count() == 1


def test_who_has_left_is_not_answered_again(study):
    add_every_role(study)
    eve = Membership.objects.get(study=study, user__username="eve")
    Membership.objects.filter(pk=eve.pk).update(**RETURNED)
    assert invite(study, who="eve").status_code == 201
    carol = User.objects.get(username="carol")
    end_membership(membership=eve, reason="Left", actor=carol)
    assert invite(study, who="eve").status_code == 404
    assert invite(study, who="stan").status_code == 404
    assert KeptAnswer.objects.filter(person__username="stan").count() == 0


def test_neither_key_nor_answer_stands_in_the_table(study):
    link = invite(study, key="my-own-key").json()["link"]
    (kept,) = KeptAnswer.objects.all()
    stored = f"{kept.address} {kept.key_digest} {kept.body_digest} {bytes(kept.sealed)!r}"
    for secret in ("my-own-key", "Nora", link, link.split("/")[-1]):
        assert secret not in stored


@pytest.mark.parametrize("key", ["", "two words", "é", "x" * 201])
def test_a_key_of_another_form_is_refused(key, study):
    assert invite(study, key=key or " ").status_code == 400


def test_where_a_look_is_recorded_no_answer_is_kept(study):
    address = f"/api/studies/{study.id}/manifest"
    browser_of("carol").post(
        address, {"manifest": "case"}, "application/json", headers={"Idempotency-Key": "k"}
    )
    assert not KeptAnswer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_requests_at_once_with_one_key_one_is_done():
    study = make_study()
    start, statuses = threading.Barrier(2), []

    def send() -> None:
        start.wait()
        try:
            statuses.append(invite(study).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert Invitation.objects.count() == 1
