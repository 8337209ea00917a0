"""A change names the state that it is based on, and nobody's change is overwritten unseen."""

import threading

import pytest
from django.db import connection

from reader_study.segmentation.models import VesselModel
from tests.cast import browser_of, make_study, ready_case
from tests.coordination.case_requests import act, detail

pytestmark = pytest.mark.django_db

LEFT = {"side": "left", "segment": "M1"}
RIGHT = {"side": "right", "segment": "M2"}


@pytest.fixture
def study():
    return make_study()


@pytest.fixture
def case(study):
    return ready_case(study, "C001")


def test_a_change_upon_the_state_that_was_read_is_made(study, case):
    answer = browser_of("carol").get(f"/api/studies/{study.id}/cases/{case.id}")
    assert answer["ETag"].startswith(f'"{answer.json()["etag"]}-')
    changed = act(study, case, "occlusion", LEFT, upon=answer["ETag"])
    assert changed.status_code == 200
    again = act(study, case, "occlusion", RIGHT, upon=f'"{changed.json()["etag"]}"')
    assert again.json()["occlusion_side"] == "right"


def test_a_change_upon_an_older_state_is_refused_and_overwrites_nothing(study, case):
    read = detail(study, case)["etag"]
    act(study, case, "occlusion", LEFT)
    refused = act(study, case, "occlusion", RIGHT, upon=f'"{read}"')
    assert refused.status_code == 412
    assert refused.json()["type"] == "urn:reader-study:problem:changed-meanwhile"
    assert "Nothing was saved" in refused.json()["detail"]
    assert detail(study, case)["occlusion_side"] == "left"


@pytest.mark.parametrize(
    ("what", "body"), [("occlusion", LEFT), ("purpose", {"purpose": "calibration"})]
)
def test_a_change_that_overwrites_asks_for_the_state(what, body, study, case):
    refused = act(study, case, what, body, upon=None)
    assert refused.status_code == 428
    assert "If-Match" in refused.json()["detail"]


def test_a_withdrawal_may_name_the_state_and_need_not(study, case):
    read = detail(study, case)["etag"]
    act(study, case, "occlusion", LEFT)
    body = {"reason": "No consent"}
    assert act(study, case, "withdraw", body, upon=f'"{read}"').status_code == 412
    assert act(study, case, "withdraw", body, upon=None).status_code == 200


@pytest.mark.parametrize("named", ["", "nonsense", 'W/"{etag}"', '"other", "another"'])
def test_what_names_no_state_matches_none(named, study, case):
    named = named.replace("{etag}", detail(study, case)["etag"])
    assert act(study, case, "occlusion", LEFT, upon=named).status_code == 412


def test_one_of_several_states_is_enough(study, case):
    named = f'"other", "{detail(study, case)["etag"]}"'
    assert act(study, case, "occlusion", LEFT, upon=named).status_code == 200


def test_work_in_the_background_refuses_nobodys_change(study, case):
    read = browser_of("carol").get(f"/api/studies/{study.id}/cases/{case.id}")
    case.segmentations.update(progress=0.5, artery_volume_ml=12.0)
    later = browser_of("carol").get(
        f"/api/studies/{study.id}/cases/{case.id}", headers={"If-None-Match": read["ETag"]}
    )
    assert later.status_code == 200  # the body is another one
    assert act(study, case, "occlusion", LEFT, upon=read["ETag"]).status_code == 200


def test_what_is_the_same_costs_no_body(study, case):
    address = f"/api/studies/{study.id}/cases/{case.id}"
    read = browser_of("carol").get(address)
    same = browser_of("carol").get(address, headers={"If-None-Match": read["ETag"]})
    assert (same.status_code, same.content) == (304, b"")


def test_two_coordinators_do_not_choose_models_over_one_another(study):
    for digit in "67":
        VesselModel.objects.create(sha256=digit * 64, name=digit, labels={}, card={})
    address, carol = f"/api/studies/{study.id}/model", browser_of("carol")

    def choose(digit: str, etag: str | None):
        headers = {"If-Match": f'"{etag}"'} if etag else None
        return carol.post(address, {"sha256": digit * 64}, "application/json", headers=headers)

    read = carol.get(address).json()["etag"]
    assert choose("6", None).status_code == 428
    assert choose("6", read).status_code == 200
    assert choose("7", read).status_code == 412
    assert carol.get(address).json()["model"]["sha256"] == "6" * 64


def test_a_protocol_may_be_saved_upon_the_version_that_was_read(study):
    address, carol = f"/api/studies/{study.id}/protocol", browser_of("carol")
    read = carol.get(address)
    document = read.json()["document"]

    def save(title: str, etag: str):
        body = {"document": {**document, "title": title}, "based_on": 1}
        return carol.post(address, body, "application/json", headers={"If-Match": etag})

    assert read["ETag"].startswith('"v1-')
    assert save("Mine", read["ETag"]).status_code == 200
    assert save("Mine too", read["ETag"]).status_code == 412
    assert carol.get(address).json()["version"] == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_once_upon_one_state_one_is_made():
    study = make_study()
    case = ready_case(study, "C001")
    read = f'"{detail(study, case)["etag"]}"'
    start, statuses = threading.Barrier(2), []

    def change(body: dict[str, str]) -> None:
        start.wait()
        try:
            statuses.append(act(study, case, "occlusion", body, upon=read).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=change, args=(body,)) for body in (LEFT, RIGHT)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 412]
