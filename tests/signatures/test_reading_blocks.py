"""Raters sign what they submitted: all of it, with their password, and anew once it changes."""

import pytest
from django.db import DatabaseError, transaction

from reader_study.accounts.models import User
from reader_study.audit.models import Event
from reader_study.reading.models import Assignment, Reading, Stage
from reader_study.reading.obstacles import lock_blockers
from reader_study.reading.services import add_to_lists, unlock
from reader_study.signatures.models import MEANINGS, Signature, SignedKind
from tests.cast import ready_case
from tests.signatures.signing import Signer, signed_study

pytestmark = pytest.mark.django_db

UNSIGNED = "Ruth has not signed their readings."


def test_a_rater_is_asked_to_sign_once_the_last_case_is_submitted():
    ruth = Signer(signed_study(2))
    assert ruth.worklist()["signature"] == "reading"
    ruth.read_next(4)
    assert ruth.told()["block"] is None
    ruth.read_next(2, comment="M2 short")
    assert ruth.worklist()["signature"] == "to-sign"
    told = ruth.told()
    assert (told["state"], told["printed_name"]) == ("to-sign", "Ruth")
    assert told["meaning"] == MEANINGS[SignedKind.READINGS]
    answers = [reading["answers"] for reading in told["block"]["readings"]]
    assert [(given["grade"], given["comment"]) for given in answers] == [(4, ""), (2, "M2 short")]


def test_a_study_that_asks_for_no_signatures_shows_none():
    ruth = Signer(signed_study(1, signatures="off"))
    ruth.read_all()
    assert ruth.worklist()["signature"] == "off"
    assert ruth.sign("0" * 64).status_code == 409
    assert not Signature.objects.exists()


def test_the_signature_holds_name_meaning_time_and_hash_and_stands_in_the_audit_trail():
    ruth = Signer(signed_study(2))
    ruth.read_all()
    sha256 = ruth.told()["block"]["record_sha256"]
    answer = ruth.sign(sha256)
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["block"]) == ("signed", None)
    signature = Signature.objects.get()
    assert (signature.printed_name, signature.role, signature.kind) == ("Ruth", "rater", "readings")
    assert (signature.record_sha256, signature.reauthenticated_by) == (sha256, "password")
    assert len(signature.covers) == 2
    event = Event.objects.get(action="record signed")
    assert (event.actor_name, event.subject) == ("ruth", str(signature.id))
    assert event.detail["record_sha256"] == sha256


def test_nothing_is_signed_with_a_wrong_password_or_that_of_somebody_else():
    study = signed_study(1)
    ruth = Signer(study)
    rob = User.objects.get(username="rob")
    rob.set_password("robs-own-password")
    rob.save()
    ruth.read_all()
    for password, status in (("wrong", 403), ("robs-own-password", 403), ("", 400)):
        answer = ruth.sign(password=password)
        assert answer.status_code == status
        assert "password" in answer.json()["detail"].lower()
    assert not Signature.objects.exists()
    assert ruth.worklist()["signature"] == "to-sign"  # and the session goes on


def test_what_changed_between_looking_and_signing_is_not_signed():
    ruth = Signer(signed_study(2))
    ruth.read_all(3)
    seen = ruth.told()["block"]["record_sha256"]
    last = Assignment.objects.filter(rater__username="ruth").latest("current_reading__submitted_at")
    assert ruth.take_back(last.code).status_code == 200
    assert ruth.sign(seen).status_code == 409
    ruth.submit(last.code, 1)
    answer = ruth.sign(seen)
    assert answer.status_code == 409
    assert "changed since this page was loaded" in answer.json()["detail"]
    assert not Signature.objects.exists()
    assert ruth.sign().status_code == 200


def test_signing_twice_gives_one_signature():
    ruth = Signer(signed_study(1))
    ruth.read_all()
    sha256 = ruth.told()["block"]["record_sha256"]
    first, second = ruth.sign(sha256), ruth.sign(sha256)
    assert first.json() == second.json()
    assert Signature.objects.count() == 1


def test_an_unlock_voids_the_signature_and_the_rater_signs_again():
    study = signed_study(2)
    ruth = Signer(study)
    ruth.read_and_sign()
    place = Assignment.objects.filter(study=study, rater__username="ruth")[0]
    unlock(assignment=place, actor=User.objects.get(username="carol"), reason="A slip.")
    signature = Signature.objects.get()
    assert signature.voided_by is not None
    assert (signature.voided_by.username, signature.voided_at is not None) == ("carol", True)
    assert ruth.worklist()["signature"] == "reading"
    assert ruth.told()["void_reason"] == f"Case {place.code} was unlocked for correction."
    voided = Event.objects.get(action="signature voided")
    assert (voided.actor_name, voided.subject) == ("carol", str(signature.id))
    ruth.read_and_sign(4)
    assert ruth.told()["state"] == "signed"
    assert ruth.told()["void_reason"] == ""
    assert Signature.objects.filter(voided_at__isnull=True).count() == 1


def test_taking_a_submission_back_voids_the_signature():
    study = signed_study(1)
    ruth = Signer(study)
    ruth.read_and_sign()
    place = Assignment.objects.get(study=study, rater__username="ruth")
    assert ruth.take_back(place.code).status_code == 200
    assert Signature.objects.get().void_reason == f"Case {place.code} was taken back by the rater."


def test_cases_that_come_later_are_signed_apart_and_the_first_signature_stands():
    study = signed_study(1)
    ruth = Signer(study)
    ruth.read_and_sign()
    ready_case(study, "C002")
    add_to_lists(study=study, actor=User.objects.get(username="carol"))
    assert ruth.worklist()["signature"] == "reading"
    ruth.read_and_sign()
    assert sorted(len(signature.covers) for signature in Signature.objects.all()) == [1, 1]
    assert UNSIGNED not in lock_blockers(study)


def test_calibration_is_not_signed_and_hidden_repeats_are():
    study = signed_study(
        2,
        references=(3,),
        calibration={"cases": 1, "pass_mark": 1.0, "tolerance_levels": 0},
        repeats={"share": 1.0, "minimum": 2, "washout_days": 0},
    )
    ruth = Signer(study)
    assert ruth.worklist()["signature"] == "off"
    ruth.read_and_sign()
    repeats = Reading.objects.filter(assignment__repeat_of__isnull=False)
    calibration = Reading.objects.filter(assignment__stage=Stage.CALIBRATION)
    covered = set(Signature.objects.get().covers)
    assert len(covered) == 4
    assert {str(reading.pk) for reading in repeats} <= covered
    assert not {str(reading.pk) for reading in calibration} & covered


def test_the_lock_waits_for_every_rater_s_signature():
    study = signed_study(1)
    ruth, rob = Signer(study), Signer(study, "rob")
    ruth.read_all()
    assert lock_blockers(study) == ["Rob has 1 case to read.", UNSIGNED]
    rob.read_and_sign()
    assert lock_blockers(study) == [UNSIGNED]
    assert ruth.sign().status_code == 200
    assert lock_blockers(study) == []


def test_a_rater_cannot_sign_for_another():
    study = signed_study(1)
    ruth, rob = Signer(study), Signer(study, "rob")
    ruth.read_all()
    rob.read_all()
    assert rob.sign(ruth.told()["block"]["record_sha256"]).status_code == 409
    assert not Signature.objects.exists()


def test_a_signed_reading_cannot_lose_its_comment_but_on_request():
    study = signed_study(1)
    ruth = Signer(study)
    ruth.read_next(3, comment="Seen")
    assert ruth.sign().status_code == 200
    reading = Reading.objects.get(assignment__rater__username="ruth")
    with pytest.raises(DatabaseError, match="final"), transaction.atomic():
        Reading.objects.filter(pk=reading.pk).update(comment="Not seen")
    with pytest.raises(DatabaseError, match="final"), transaction.atomic():
        Reading.objects.filter(pk=reading.pk).update(comment="")
