"""A protocol that is amended while cases are being read."""

from typing import Any

import pytest

from reader_study.accounts.models import User
from reader_study.reading.models import Reading
from reader_study.reading.services import unlock
from reader_study.studies.canonical_json import canonical_sha256
from reader_study.studies.models import Protocol, Study
from tests.cast import open_with_cases, protocol_with
from tests.reading.at_work import RaterAtWork

pytestmark = pytest.mark.django_db

QUESTION = {"code": "usable", "label": "Usable?", "required": True}


@pytest.fixture
def study() -> Study:
    return open_with_cases(3)


def amend(study: Study, **changes: Any) -> None:
    document = protocol_with(**changes).model_dump(mode="json")
    Protocol.objects.create(
        study=study,
        version=2,
        document=document,
        sha256=canonical_sha256(document),
        reason="The steering board asked for it.",
    )


def test_a_draft_is_finished_under_the_version_it_was_begun_under(study):
    ruth = RaterAtWork(study)
    code = ruth.next
    ruth.open(code)
    amend(study, questions=[QUESTION])
    assert ruth.open(code).json()["protocol"]["questions"] == []
    answer = ruth.send(
        "put",
        code,
        "draft",
        {"revision": 0, "answers": ruth.answers(3, question_answers={"usable": True})},
    )
    assert answer.status_code == 409
    assert ruth.submit(code).status_code == 200
    assert Reading.objects.get(assignment__code=code).protocol.version == 1


def test_the_next_case_is_read_under_the_amended_version(study):
    ruth = RaterAtWork(study)
    ruth.read_next()
    amend(study, questions=[QUESTION])
    code = ruth.next
    told = ruth.open(code).json()["protocol"]["questions"]
    assert [question["code"] for question in told] == ["usable"]
    assert ruth.submit(code).json()["missing"] == ["an answer to “Usable?”"]
    assert ruth.submit(code, 3, question_answers={"usable": True}).status_code == 200
    assert Reading.objects.get(assignment__code=code).protocol.version == 2


def test_a_correction_is_made_under_the_version_in_force(study):
    ruth = RaterAtWork(study)
    place = ruth.read_next()
    amend(study, questions=[QUESTION])
    unlock(assignment=place, actor=User.objects.get(username="carol"), reason="slip")
    assert ruth.submit(place.code).status_code == 400
    assert ruth.submit(place.code, 3, question_answers={"usable": False}).status_code == 200
    versions = place.readings.order_by("attempt").values_list("protocol__version", flat=True)
    assert list(versions) == [1, 2]


def test_every_reading_names_its_version(study):
    ruth = RaterAtWork(study)
    ruth.read_next()
    amend(study, confidence=0.9)
    ruth.read_next()
    hashes = Reading.objects.order_by("started_at").values_list("protocol__sha256", flat=True)
    assert len(set(hashes)) == 2
