"""Whoever forges, edits or unsigns with SQL is refused, or found out by the commands."""

import uuid
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.audit import guards
from reader_study.audit.models import Event
from reader_study.reading.models import Reading
from reader_study.reading.obstacles import lock_blockers
from reader_study.signatures.models import Signature
from reader_study.signatures.verification import check_signatures
from reader_study.studies.models import Study
from tests.signatures.signing import Signer, signed_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> Study:
    study = signed_study(2)
    for rater in ("ruth", "rob"):
        Signer(study, rater).read_and_sign()
    return study


def forged(study: Study, **changes: object) -> Signature:
    """A signature that nobody gave."""
    given = Signature.objects.filter(study=study).first()
    assert given is not None
    values = {
        field.attname: getattr(given, field.attname) for field in Signature._meta.concrete_fields
    }
    return Signature(**{**values, "id": uuid.uuid4(), "record_sha256": "f" * 64, **changes})


def faults(study: Study) -> list[str]:
    return [check.fault for check in check_signatures(study) if check.fault]


def said(command: str) -> str:
    """What a command says that must end with status 1."""
    out = StringIO()
    with pytest.raises(CommandError, match="Signatures do not hold: arteries"):
        call_command(command, stdout=out)
    return out.getvalue()


def test_signatures_that_were_given_hold(study):
    assert faults(study) == []
    out = StringIO()
    call_command("verify_signatures", stdout=out)
    assert "2 signatures, 2 hold, 0 voided, 0 at fault" in out.getvalue()
    call_command("verify_audit", stdout=out)


# -- as the application's own database user ------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"printed_name": "Somebody Else"},
        {"record_sha256": "0" * 64},
        {"meaning": "I looked at it."},
        {"covers": []},
        {"signed_at": timezone.now()},
        {"signer_id": 1},
        {"kind": "lock"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_database_refuses_to_change_a_signature(study, change):
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Signature.objects.update(**change)


def test_the_database_refuses_to_delete_one_and_to_give_back_a_voided_one(study):
    with pytest.raises(DatabaseError, match="final"), transaction.atomic():
        Signature.objects.all().delete()
    carol = User.objects.get(username="carol")
    voided = {"voided_at": timezone.now(), "voided_by": carol, "void_reason": "A slip."}
    Signature.objects.update(**voided)
    with pytest.raises(DatabaseError, match="voided once"), transaction.atomic():
        Signature.objects.update(voided_at=None, voided_by=None, void_reason="")


def test_the_database_refuses_a_second_signature_under_the_same_record(study):
    given = Signature.objects.all()[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        forged(study, record_sha256=given.record_sha256).save(force_insert=True)


@pytest.mark.parametrize("empty", ["printed_name", "meaning", "record_sha256", "record_id"])
def test_the_database_refuses_a_signature_without_name_meaning_or_hash(study, empty):
    with pytest.raises(IntegrityError), transaction.atomic():
        forged(study, **{empty: ""}).save(force_insert=True)


def test_a_forged_signature_does_not_lift_the_lock_s_obstacle_and_is_found():
    study = signed_study(1)
    Signer(study).read_and_sign()
    rob = Signer(study, "rob")
    rob.read_all()
    reading = Reading.objects.get(assignment__rater__username="rob")
    forged(
        study,
        signer_id=User.objects.get(username="rob").pk,
        record_id=f"main:{User.objects.get(username='rob').pk}",
        covers=[str(reading.pk)],
    ).save(force_insert=True)
    assert lock_blockers(study) == ["Rob has not signed their readings."]
    assert faults(study) == [
        "The audit trail knows nothing of this signature: it was not given here."
    ]
    assert "not given here" in said("verify_signatures")
    said("verify_audit")


def test_a_voiding_that_the_trail_does_not_know_is_found(study):
    carol = User.objects.get(username="carol")
    Signature.objects.filter(signer__username="rob").update(
        voided_at=timezone.now(), voided_by=carol, void_reason="Not by the program."
    )
    assert faults(study) == ["The audit trail does not know that the signature was voided."]


# -- as the owner of the database, who drops the triggers first ----------------------------------


def test_a_signed_reading_that_was_edited_is_found_and_blocks_the_lock(study):
    guards.remove(connection)
    reading = Reading.objects.filter(assignment__rater__username="rob")[0]
    Reading.objects.filter(pk=reading.pk).update(grade=1)
    [fault] = faults(study)
    assert fault.startswith("What was signed was changed since")
    assert lock_blockers(study) == ["Rob has not signed their readings."]
    assert "was changed since" in said("verify_signatures")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"printed_name": "Somebody"}, "The signature was changed after it was given"),
        ({"record_sha256": "0" * 64}, "The signature was changed after it was given"),
    ],
)
def test_an_edited_signature_is_found(study, change, fault):
    guards.remove(connection)
    Signature.objects.filter(signer__username="rob").update(**change)
    assert [one.startswith(fault) for one in faults(study)] == [True]


def test_a_deleted_signature_and_a_deleted_reading_are_found(study):
    guards.remove(connection)
    Signature.objects.filter(signer__username="rob").delete()
    assert faults(study) == [
        "The audit trail has this signature, and its row is gone: it was deleted."
    ]


def test_a_signature_with_an_event_forged_to_fit_is_found_by_the_chain(study):
    guards.remove(connection)
    Event.objects.filter(action="record signed").update(actor_name="nobody")
    out = StringIO()
    with pytest.raises(CommandError, match="do not hold"):
        call_command("verify_signatures", stdout=out)
    assert "the audit trail that vouches is broken" in out.getvalue()
