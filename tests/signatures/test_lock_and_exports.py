"""The lock, the conclusion and every export stand under a signature bound to a hash."""

import csv
import hashlib
import io
import json
import zipfile

import openpyxl
import pytest
from jsonschema import Draft202012Validator
from pypdf import PdfReader

from reader_study.accounts.models import User
from reader_study.analysis.exports import EXPORT_FILES
from reader_study.analysis.exports.report_json import EXPORT_SCHEMA
from reader_study.analysis.models import Consensus, Snapshot
from reader_study.analysis.services import lock_study
from reader_study.analysis.snapshot import check_snapshot
from reader_study.audit.models import Event
from reader_study.reading.refusals import NotPossibleError
from reader_study.reading.services import unlock
from reader_study.signatures.models import MEANINGS, Signature, SignedKind
from reader_study.studies.models import Study
from tests.cast import add_every_role, browser_of
from tests.signatures.signing import PASSWORD, Signer, person, post, proof, signed_study

pytestmark = pytest.mark.django_db


def told(study: Study, username: str = "carol") -> dict:
    answer = browser_of(username).get(f"/api/studies/{study.id}/signatures")
    assert answer.status_code == 200, answer.content
    return answer.json()


def waiting(study: Study, username: str = "carol") -> dict[str, str]:
    """What somebody is to sign next: kind → hash."""
    return {row["kind"]: row["record_sha256"] for row in told(study, username)["to_sign"]}


def lock(study: Study, sha256: str = "", password: str = PASSWORD):
    person("carol")
    body = {
        "confirm_name": study.name,
        "record_sha256": sha256 or waiting(study).get("lock", "0" * 64),
        "password": password,
    }
    return post("carol", f"/api/studies/{study.id}/lock", body)


def release(study: Study, username: str = "carol", of: str = "snapshot", **changes: str):
    person(username)
    result = Snapshot if of == "snapshot" else Consensus
    body = {
        "of": of,
        "record_sha256": result.objects.get(study=study).sha256,
        "password": PASSWORD,
        **changes,
    }
    return post(username, f"/api/studies/{study.id}/signatures", body)


@pytest.fixture
def read_study() -> Study:
    study = signed_study(2)
    Signer(study).read_and_sign(4)
    Signer(study, "rob").read_and_sign(3)
    return study


@pytest.fixture
def locked(read_study) -> Study:
    assert lock(read_study).status_code == 200
    read_study.refresh_from_db()
    return read_study


# -- the lock ------------------------------------------------------------------------------------


def test_the_lock_is_signed_and_bound_to_the_snapshot(read_study):
    assert lock(read_study).status_code == 200
    snapshot = Snapshot.objects.get()
    signature = Signature.objects.get(kind="lock")
    assert (signature.printed_name, signature.role) == ("Carol", "coordinator")
    assert signature.record_id == f"snapshot:{snapshot.sha256}"
    assert signature.record_sha256 == snapshot.sha256
    event = Event.objects.filter(study_id=read_study.id).latest("sequence")
    assert (event.action, event.detail["kind"]) == ("record signed", "lock")


@pytest.mark.parametrize("password", ["", "wrong"])
def test_no_study_is_locked_without_the_coordinator_s_password(read_study, password):
    assert lock(read_study, password=password).status_code == 403
    assert not Snapshot.objects.exists()
    assert Signature.objects.filter(kind="lock").count() == 0


def test_what_changed_since_the_coordinator_looked_is_not_locked(read_study):
    seen = waiting(read_study)["lock"]
    case = read_study.cases.get(code="C001")
    answer = post(
        "carol",
        f"/api/studies/{read_study.id}/cases/{case.id}/withdraw",
        {"reason": "Consent withdrawn."},
    )
    assert answer.status_code == 200
    answer = lock(read_study, seen)
    assert answer.status_code == 409
    assert "changed since the page was loaded" in answer.json()["detail"]
    assert not Snapshot.objects.exists()


def test_no_service_locks_without_a_signature(read_study):
    carol = User.objects.get(username="carol")
    for given in (None, proof("ruth")):
        with pytest.raises(NotPossibleError, match="sign the lock"):
            lock_study(study=read_study, actor=carol, proof=given)


def test_the_snapshot_holds_the_raters_signatures_and_its_hash_covers_them(locked):
    document = Snapshot.objects.get().document
    check_snapshot(document)
    assert [row["under"] for row in document["signatures"]] == [
        "Readings of Rater 1",
        "Readings of Rater 2",
    ]
    assert {row["printed_name"] for row in document["signatures"]} == {"Ruth", "Rob"}


def test_a_study_whose_signature_was_voided_cannot_be_locked(read_study):
    seen = waiting(read_study)["lock"]
    carol = User.objects.get(username="carol")
    unlock(assignment=read_study.assignments.first(), actor=carol, reason="A slip.")
    assert waiting(read_study) == {}
    assert lock(read_study, seen).status_code == 409


# -- exports -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", EXPORT_FILES)
def test_nobody_makes_a_file_before_they_signed_for_it(locked, kind):
    address = f"/api/studies/{locked.id}/export.{kind}"
    refused = browser_of("carol").get(address)
    assert refused.status_code == 409
    assert "signed by whoever makes them" in refused.json()["detail"]
    assert not Event.objects.filter(action="exported").exists()
    assert release(locked).status_code == 200
    made = browser_of("carol").get(address)
    assert made.status_code == 200
    exported = Event.objects.get(action="exported")
    assert exported.detail["file_sha256"] == hashlib.sha256(made.content).hexdigest()
    assert exported.detail["signature"] == str(Signature.objects.get(kind="export").id)
    assert browser_of("carol").get(address).content == made.content


def test_each_person_signs_for_their_own_files(locked):
    add_every_role(locked)
    assert release(locked).status_code == 200
    assert waiting(locked) == {}
    assert list(waiting(locked, "stella")) == ["export"]
    address = f"/api/studies/{locked.id}/export.csv"
    assert browser_of("stella").get(address).status_code == 409
    assert release(locked, "stella").status_code == 200
    assert browser_of("stella").get(address).status_code == 200
    assert Signature.objects.filter(kind="export").count() == 2


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"password": "wrong"}, 403), ({"record_sha256": "0" * 64}, 409)],
)
def test_a_release_is_refused(locked, changes, status):
    assert release(locked, **changes).status_code == status
    assert not Signature.objects.filter(kind="export").exists()


def files(study: Study) -> dict[str, bytes]:
    assert release(study).status_code == 200
    carol = browser_of("carol")
    return {
        kind: carol.get(f"/api/studies/{study.id}/export.{kind}").content for kind in EXPORT_FILES
    }


def test_every_file_shows_the_signatures_as_it_can(locked):
    made = files(locked)
    hashes = list(Signature.objects.values_list("record_sha256", flat=True))
    assert len(hashes) == 4

    paper = "".join(page.extract_text() for page in PdfReader(io.BytesIO(made["pdf"])).pages)
    for name in ("Ruth", "Rob", "Carol"):
        assert name in paper
    assert MEANINGS[SignedKind.EXPORT] in paper.replace("\n", " ")
    assert all(sha256 in paper for sha256 in hashes)

    content = json.loads(made["json"])
    assert [row["under"] for row in content["signatures"]] == ["Lock of the study", "Export"]
    assert len(content["snapshot"]["signatures"]) == 2
    schema = json.loads(EXPORT_SCHEMA.read_text(encoding="utf-8"))
    assert list(Draft202012Validator(schema).iter_errors(content)) == []

    book = openpyxl.load_workbook(io.BytesIO(made["xlsx"]))
    assert [row[1] for row in book["Signatures"].values] == [
        "printed_name",
        "Ruth",
        "Rob",
        "Carol",
        "Carol",
    ]

    rows = list(csv.DictReader(io.StringIO(made["signatures.csv"].decode())))
    assert [row["record_sha256"] for row in rows] == hashes

    with zipfile.ZipFile(io.BytesIO(made["zip"])) as bundle:
        texts = "".join(bundle.read(name).decode() for name in bundle.namelist())
    assert all(sha256 in texts for sha256 in hashes)
    assert "Ruth" not in texts  # a bundle is published: the names are in the other files


def test_files_of_a_study_without_signatures_say_so():
    study = signed_study(1, signatures="off")
    for rater in ("ruth", "rob"):
        Signer(study, rater).read_all()
    lock_study(study=study, actor=User.objects.get(username="carol"))
    carol = browser_of("carol")
    made = {
        kind: carol.get(f"/api/studies/{study.id}/export.{kind}").content for kind in EXPORT_FILES
    }
    assert b"Not signed" in made["signatures.csv"]
    paper = "".join(page.extract_text() for page in PdfReader(io.BytesIO(made["pdf"])).pages)
    assert "Not signed." in paper
    assert told(study) == {
        "are_required": False,
        "printed_name": "Carol",
        "to_sign": [],
        "signatures": [],
    }


# -- adjudication --------------------------------------------------------------------------------


def test_the_adjudicator_signs_and_the_conclusion_is_signed():
    study = signed_study(1, adjudication="any-difference")
    add_every_role(study)
    Signer(study).read_and_sign(4)
    Signer(study, "rob").read_and_sign(2)
    assert lock(study).status_code == 200
    begun = post("carol", f"/api/studies/{study.id}/adjudication", {"username": "ada"})
    assert begun.status_code == 200, begun.content
    ada = Signer(study, "ada")
    ada.read_all(3)
    blockers = begun_blockers(study)
    assert blockers == ["Ada has not signed their readings."]
    body = {"confirm_name": study.name, "password": PASSWORD, "record_sha256": "0" * 64}
    assert post("carol", f"/api/studies/{study.id}/conclude", body).status_code == 409
    assert ada.sign().status_code == 200
    body["record_sha256"] = waiting(study)["consensus"]
    assert post("carol", f"/api/studies/{study.id}/conclude", body).status_code == 200
    consensus = Consensus.objects.get()
    signature = Signature.objects.get(kind="consensus")
    assert signature.record_id == f"consensus:{consensus.sha256}"
    [adjudicator] = consensus.document["signatures"]
    assert (adjudicator["under"], adjudicator["role"]) == (
        "Readings of the adjudicator",
        "Adjudicator",
    )
    address = f"/api/studies/{study.id}/consensus.json"
    assert browser_of("carol").get(address).status_code == 409
    assert release(study, of="consensus").status_code == 200
    made = json.loads(browser_of("carol").get(address).content)
    assert [row["under"] for row in made["given_signatures"]] == [
        "Lock of the study",
        "Consensus",
        "Export",
    ]


def begun_blockers(study: Study) -> list[str]:
    answer = browser_of("carol").get(f"/api/studies/{study.id}/adjudication").json()
    return answer["blockers"]["conclude"]
