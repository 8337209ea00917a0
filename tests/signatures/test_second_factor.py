"""Who has a second factor signs with its code too; too many wrong passwords sign nothing."""

import pytest

from reader_study.signatures.models import Signature
from tests.accounts.authenticating import code_of, with_app, wrong_code
from tests.signatures.signing import PASSWORD, Signer, person, post, signed_study

pytestmark = pytest.mark.django_db


def test_the_code_is_wanted_too_and_stands_on_the_signature():
    ruth = Signer(signed_study(1))
    ruth.read_all()
    secret = with_app(person("ruth"))
    typed = {
        "record_sha256": ruth.told()["block"]["record_sha256"],
        "password": PASSWORD,
    }
    without, wrong = typed, {**typed, "code": wrong_code(secret)}
    for given, kind in ((without, "code-needed"), (wrong, "code-wrong")):
        refused = post("ruth", ruth.address, given)
        assert refused.status_code == 403
        assert refused.json()["type"] == f"urn:reader-study:problem:{kind}"
    assert not Signature.objects.exists()
    signed = post("ruth", ruth.address, {**typed, "code": code_of(secret)})
    assert signed.status_code == 200, signed.content
    assert Signature.objects.get().reauthenticated_by == "password-and-code"


def test_the_password_cannot_be_guessed_at_the_signature():
    ruth = Signer(signed_study(1))
    ruth.read_all()
    statuses = {ruth.sign(password=f"guess {number}").status_code for number in range(12)}
    assert statuses <= {403, 429}
    assert ruth.sign().status_code != 200  # the account takes no attempt for a while
    assert not Signature.objects.exists()
