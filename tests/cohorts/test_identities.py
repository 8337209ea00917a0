"""Who a patient is: kept only where the operator says so, sealed, and opened with a reason."""

import pytest
from cryptography.fernet import Fernet
from django.test import override_settings
from pydantic import ValidationError

from reader_study.accounts.models import User
from reader_study.audit.models import Event
from reader_study.cohorts.models import Case, SealedIdentity
from reader_study.environment import Environment
from reader_study.studies.models import Study
from tests.cast import add_every_role, make_study
from tests.cohorts.test_ingest import ingest
from tests.coordination.case_requests import act
from tests.imaging.synthetic_dicom import write_ct_series

pytestmark = pytest.mark.django_db
KEY = Fernet.generate_key().decode()
WHY = {"reason": "The hospital asks which of its patients this is."}


@pytest.fixture
def study() -> Study:
    study = make_study()
    add_every_role(study)
    return study


def ingested_case(study: Study, folder, *, key: str) -> Case:
    with override_settings(IDENTITY_KEY=key):
        ingest(study, write_ct_series(folder, patient_id="HOSPITAL-A")[0].parent)
    return Case.objects.get()


def test_nothing_is_kept_without_a_key(study, tmp_path):
    case = ingested_case(study, tmp_path / "ct", key="")
    assert not SealedIdentity.objects.exists()
    with override_settings(IDENTITY_KEY=KEY):
        answer = act(study, case, "identity", WHY)
    assert answer.status_code == 409
    assert "was not kept" in answer.json()["detail"]


def test_a_coordinator_opens_it_with_a_reason_that_stays(study, tmp_path):
    case = ingested_case(study, tmp_path / "ct", key=KEY)
    assert b"HOSPITAL-A" not in bytes(SealedIdentity.objects.get().sealed)
    with override_settings(IDENTITY_KEY=KEY):
        answer = act(study, case, "identity", WHY)
    assert answer.json() == {"patient_id": "HOSPITAL-A"}
    assert answer["Cache-Control"] == "private, no-store"
    event = Event.objects.get(action="identity revealed")
    assert (event.actor, event.subject) == (User.objects.get(username="carol"), "C001")
    assert event.detail["reason"] == WHY["reason"]
    assert "HOSPITAL-A" not in str(list(Event.objects.values()))


@pytest.mark.parametrize("who", ["sid", "stella", "ada", "ruth", "eve", "stan"])
def test_to_everybody_else_there_is_no_such_address(study, tmp_path, who):
    case = ingested_case(study, tmp_path / "ct", key=KEY)
    with override_settings(IDENTITY_KEY=KEY):
        answer = act(study, case, "identity", WHY, who=who)
    assert answer.status_code == 404
    assert not Event.objects.filter(action="identity revealed").exists()


@pytest.mark.parametrize(
    ("key", "body", "said"),
    [
        (KEY, {"reason": " "}, "Say why the patient's identity is needed."),
        ("", WHY, "This installation has no key"),
        (Fernet.generate_key().decode(), WHY, "was sealed with another key"),
    ],
    ids=["no reason", "no key", "another key"],
)
def test_what_stands_in_the_way_is_said(study, tmp_path, key, body, said):
    case = ingested_case(study, tmp_path / "ct", key=KEY)
    with override_settings(IDENTITY_KEY=key):
        answer = act(study, case, "identity", body)
    assert answer.status_code == 409
    assert said in answer.json()["detail"]
    assert not Event.objects.filter(action="identity revealed").exists()


def test_a_key_that_is_none_stops_the_start(tmp_path):
    with pytest.raises(ValidationError, match="is no Fernet key"):
        Environment(var=tmp_path, identity_key="short")
