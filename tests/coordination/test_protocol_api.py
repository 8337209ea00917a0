"""What coordinators do to a protocol over the API, and who may not."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from reader_study.accounts.models import User
from reader_study.studies.models import Membership, Protocol, Role, Study
from reader_study.studies.protocol_templates import PER_SEGMENT_PROTOCOL
from tests.cast import QUICK_PROTOCOL, browser_of, make_study, open_with_cases

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> Study:
    study = make_study()
    for username, role in [
        ("sita", Role.SITE_COORDINATOR),
        ("steve", Role.STATISTICIAN),
        ("ada", Role.ADJUDICATOR),
    ]:
        user = User.objects.create(username=username)
        Membership.objects.create(study=study, user=user, role=role)
    return study


def document(**changes: Any) -> dict[str, Any]:
    return {**QUICK_PROTOCOL.model_dump(mode="json"), **changes}


def save(study: Study, wanted: Any, who: str = "carol", based_on: int = 1, reason: str = ""):
    return browser_of(who).post(
        f"/api/studies/{study.id}/protocol",
        {"document": wanted, "based_on": based_on, "reason": reason},
        content_type="application/json",
    )


def read(study: Study, who: str = "carol"):
    return browser_of(who).get(f"/api/studies/{study.id}/protocol")


def picture(size: tuple[int, int] = (24, 24)) -> SimpleUploadedFile:
    written = io.BytesIO()
    Image.effect_noise(size, 40).save(written, format="PNG")
    return SimpleUploadedFile("example.png", written.getvalue(), "image/png")


def send_picture(study: Study, who: str = "carol", file: SimpleUploadedFile | None = None):
    return browser_of(who).post(
        f"/api/studies/{study.id}/protocol/examples", {"image": file or picture()}
    )


def test_a_coordinator_reads_the_protocol_in_force_with_its_history(study):
    answer = read(study).json()
    assert (answer["version"], answer["may_change"], answer["fixed"]) == (1, "everything", [])
    assert answer["document"] == document()
    assert [(line["version"], line["created_by"]) for line in answer["versions"]] == [(1, "Carol")]


def test_a_saved_protocol_is_the_one_in_force_everywhere(study):
    wanted = PER_SEGMENT_PROTOCOL.model_dump(mode="json")
    answer = save(study, wanted, reason="Segments as in the published design").json()
    assert (answer["version"], answer["document"]) == (2, wanted)
    assert [line["reason"] for line in answer["versions"]] == [
        "Segments as in the published design",
        "",
    ]
    overview = browser_of("carol").get(f"/api/studies/{study.id}").json()
    assert overview["protocol"] == wanted
    assert overview["protocol_sha256"] == answer["sha256"]
    worklist = browser_of("ruth").get(f"/api/reading/{study.id}/worklist").json()
    assert len(worklist["protocol"]["territories"]) == 12


def test_saving_what_stands_there_already_says_so_by_the_same_version(study):
    answer = save(study, document())
    assert (answer.status_code, answer.json()["version"]) == (200, 1)


def test_what_is_wrong_comes_back_field_by_field(study):
    levels = document()["levels"]
    levels[1]["name"] = ""
    answer = save(study, document(levels=levels, seed=None))
    assert answer.status_code == 400
    told = answer.json()
    assert told["detail"] == "Level 2 needs a name. The seed must be a number."
    assert told["errors"] == [
        {"pointer": "#/document/levels/1/name", "detail": "Level 2 needs a name"},
        {"pointer": "#/document/seed", "detail": "The seed must be a number"},
    ]


@pytest.mark.parametrize("wanted", [None, "four levels", [], {}, {"levels": [None, 3]}])
def test_a_document_of_another_kind_is_refused_and_nothing_breaks(study, wanted):
    answer = save(study, wanted)
    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert Protocol.objects.count() == 1


def test_two_coordinators_do_not_overwrite_each_other(study):
    assert save(study, document(title="First")).status_code == 200
    late = save(study, document(title="Second"))
    assert late.status_code == 409
    assert late.json()["version"] == 2
    assert "Version 2" in late.json()["detail"]
    assert read(study).json()["document"]["title"] == "First"


def test_while_raters_read_the_api_says_what_is_fixed_and_wants_a_reason():
    study = open_with_cases(1)
    before = read(study).json()
    assert before["may_change"] == "amend"
    assert before["fixed"] == ["calibration", "repeats", "reading_order", "seed", "level_values"]
    unexplained = save(study, document(title="Clearer"))
    assert unexplained.json()["errors"][0]["pointer"] == "#/reason"
    assert save(study, document(seed=1), reason="Because").status_code == 409
    assert save(study, document(title="Clearer"), reason="Because").json()["version"] == 2


@pytest.mark.parametrize("who", ["sita", "steve"])
def test_those_who_see_the_study_read_its_protocol_and_change_nothing(study, who):
    answer = read(study, who)
    assert (answer.status_code, answer.json()["may_change"]) == (200, "nothing")
    assert save(study, document(title="Mine"), who).status_code == 404
    assert send_picture(study, who).status_code == 404


@pytest.mark.parametrize("who", ["ruth", "ada", "stan"])
def test_readers_and_strangers_find_no_protocol(study, who):
    sha256 = send_picture(study).json()["sha256"]
    assert read(study, who).status_code == 404
    assert save(study, document(title="Mine"), who).status_code == 404
    assert send_picture(study, who).status_code == 404
    address = f"/api/studies/{study.id}/protocol/examples/{sha256}"
    assert browser_of(who).get(address).status_code == 404


def test_nobody_reads_anything_without_signing_in(study):
    for address in (f"/api/studies/{study.id}/protocol", "/api/protocol-templates"):
        assert Client().get(address).status_code in (401, 403)
    assert Client().post("/api/sample-size").status_code in (401, 403)


def test_a_picture_is_sent_named_by_a_level_and_seen_by_raters(study):
    sha256 = send_picture(study).json()["sha256"]
    levels = document()["levels"]
    levels[3]["example_image"] = sha256
    assert save(study, document(levels=levels)).status_code == 200
    for who, address in [
        ("steve", f"/api/studies/{study.id}/protocol/examples/{sha256}"),
        ("ruth", f"/api/reading/{study.id}/examples/{sha256}"),
    ]:
        answer = browser_of(who).get(address)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "image/png"
        assert Image.open(io.BytesIO(answer.getvalue())).size == (24, 24)


def test_a_picture_of_another_study_is_not_shown(study):
    other = make_study("veins")
    sha256 = send_picture(other).json()["sha256"]
    address = f"/api/studies/{study.id}/protocol/examples/{sha256}"
    assert browser_of("carol").get(address).status_code == 404
    levels = document()["levels"]
    levels[3]["example_image"] = sha256
    assert save(study, document(levels=levels)).status_code == 400


def test_a_file_that_is_no_picture_is_refused_in_words(study):
    answer = send_picture(study, file=SimpleUploadedFile("x.png", b"no picture"))
    assert answer.status_code == 400
    assert "Send a PNG or JPEG" in answer.json()["detail"]
    nothing = browser_of("carol").post(f"/api/studies/{study.id}/protocol/examples", {})
    assert nothing.status_code == 400


def test_templates_can_be_saved_as_they_are(study):
    templates = browser_of("ruth").get("/api/protocol-templates").json()
    assert len(templates) == 5
    for version, template in enumerate(templates, start=1):
        answer = save(study, template["document"], based_on=version)
        assert answer.status_code == 200, answer.json()
        assert answer.json()["document"] == template["document"]


def test_a_template_comes_with_a_seed_that_nobody_knows(study):
    seeds = {
        template["document"]["seed"]
        for _ in range(2)
        for template in browser_of("ruth").get("/api/protocol-templates").json()
    }
    assert len(seeds) == 10
