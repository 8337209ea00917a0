"""Two windows sign, or one signs while the other takes back, at the same moment."""

import pytest

from reader_study.audit.models import Event
from reader_study.audit.verification import check_chain
from reader_study.reading.models import Assignment
from reader_study.signatures.models import Signature
from reader_study.signatures.verification import check_signatures
from tests.reading.test_simultaneous_take_back import at_once
from tests.signatures.signing import Signer, person, signed_study
from tests.signatures.test_lock_and_exports import lock, waiting

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_clicks_at_once_give_one_signature():
    study = signed_study(1)
    ruth = Signer(study)
    ruth.read_all()
    seen = ruth.told()["block"]["record_sha256"]
    answers = at_once(lambda: ruth.sign(seen), lambda: ruth.sign(seen))
    assert [status for status, _ in answers] == [200, 200]
    assert Signature.objects.count() == 1
    assert Event.objects.filter(action="record signed").count() == 1


def test_signing_and_taking_back_at_once_leave_no_signature_under_what_is_gone():
    study = signed_study(1)
    ruth = Signer(study)
    ruth.read_all()
    seen = ruth.told()["block"]["record_sha256"]
    place = Assignment.objects.get(study=study, rater__username="ruth")
    (signed, _), (taken, said) = at_once(
        lambda: ruth.sign(seen), lambda: ruth.take_back(place.code)
    )
    assert taken == 200, said
    assert signed in {200, 409}
    assert not Signature.objects.filter(voided_at__isnull=True).exists()
    assert [check.fault for check in check_signatures(study)] == [None] * (signed == 200)
    assert check_chain(str(study.pk)).fault is None


def test_two_coordinators_windows_lock_once():
    study = signed_study(1)
    for name in ("ruth", "rob"):
        Signer(study, name).read_and_sign()
    person("carol")  # a password set between two requests would end the first one's session
    seen = waiting(study)["lock"]
    answers = at_once(lambda: lock(study, seen), lambda: lock(study, seen))
    assert sorted(status for status, _ in answers) == [200, 409]
    assert Signature.objects.filter(kind="lock").count() == 1
