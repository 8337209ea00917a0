"""Saving a protocol: what becomes a version, what is refused, and in which words."""

import json
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from reader_study.accounts.models import User
from reader_study.audit.models import Event
from reader_study.reading.models import Reading
from reader_study.studies.canonical_json import canonical_json, canonical_sha256
from reader_study.studies.models import Protocol, Study, StudyState
from reader_study.studies.protocol_refusals import (
    FixedProtocolError,
    InvalidProtocolError,
    StaleProtocolError,
)
from reader_study.studies.protocol_templates import FOUR_POINT_PROTOCOL, PER_SEGMENT_PROTOCOL
from reader_study.studies.protocol_versions import EDITED_IN_SETUP, save_protocol
from reader_study.studies.selectors import current_protocol
from tests.cast import QUICK_PROTOCOL, browser_of, make_study, next_code, open_with_cases

pytestmark = pytest.mark.django_db

Document = dict[str, Any]


def document(**changes: Any) -> Document:
    return {**QUICK_PROTOCOL.model_dump(mode="json"), **changes}


def save(study: Study, wanted: Document, *, based_on: int = 1, reason: str = "") -> Protocol:
    carol = User.objects.get(username="carol")
    return save_protocol(
        study=study, document=wanted, based_on=based_on, reason=reason, actor=carol
    )


def problems(study: Study, wanted: Document, reason: str = "") -> dict[tuple[Any, ...], str]:
    with pytest.raises(InvalidProtocolError) as refusal:
        save(study, wanted, reason=reason)
    return {problem.path: problem.message for problem in refusal.value.problems}


def test_in_setup_every_save_is_a_version_with_its_hash_and_its_place_in_the_trail():
    study = make_study()
    before = current_protocol(study)
    saved = save(study, PER_SEGMENT_PROTOCOL.model_dump(mode="json"))
    assert (saved.version, saved.reason) == (2, EDITED_IN_SETUP)
    stored = Protocol.objects.get(pk=saved.pk)
    assert stored.sha256 == canonical_sha256(stored.document)
    assert canonical_json(stored.document) == canonical_json(
        json.loads(PER_SEGMENT_PROTOCOL.model_dump_json())
    )
    event = Event.objects.get(action="protocol changed")
    assert event.detail["old_sha256"] == before.sha256
    assert event.detail["new_sha256"] == event.subject == saved.sha256


def test_a_document_that_says_nothing_new_makes_no_version():
    study = make_study()
    assert save(study, document(), based_on=1).version == 1
    first = save(study, document(title="Anew"))
    sent_twice = save(study, document(title="Anew"))
    assert first == sent_twice
    assert study.protocols.count() == 2
    assert Event.objects.filter(action="protocol changed").count() == 1


def test_whoever_began_from_an_older_version_is_told_and_overwrites_nothing():
    study = make_study()
    save(study, document(title="Mine"))
    with pytest.raises(StaleProtocolError, match="Version 2 of the protocol was saved"):
        save(study, document(title="Theirs"), based_on=1)
    assert current_protocol(study).document["title"] == "Mine"


def test_what_is_wrong_is_said_in_plain_words_at_its_field():
    study = make_study()
    levels = document()["levels"]
    levels[1] = {"value": 2, "name": " ", "anchor": None}
    wanted = document(
        levels=levels,
        title="",
        cases_per_day=0,
        repeats={"share": 1.5, "minimum": None, "washout_days": 2.5},
        weights="cubic",
        colour="red",
    )
    assert problems(study, wanted) == {
        ("title",): "The title is missing",
        ("levels", 1, "name"): "Level 2 needs a name",
        ("levels", 1, "anchor"): "Level 2 needs a written anchor",
        ("repeats", "share"): "The share of repeats must be at most 100 %",
        ("repeats", "minimum"): "The least number of repeats must be a number",
        ("repeats", "washout_days"): "The washout must be a number without decimals",
        ("cases_per_day",): "Cases per day must be at least 1",
        ("weights",): "The weights must be 'none', 'linear' or 'quadratic'",
        ("colour",): "“colour” is no part of a protocol",
    }
    assert study.protocols.count() == 1


@pytest.mark.parametrize(
    ("changes", "path", "message"),
    [
        ({"levels": []}, ("levels",), "The scale needs at least 2 levels"),
        ({"high_from": 1}, ("high_from",), "High quality must begin at one of the levels"),
        ({"high_from": None}, ("high_from",), "The cut-point must be a number"),
        ({"resamples": 10}, ("resamples",), "The number of resamples must be at least 1 000"),
        ({"confidence": 0.5}, ("confidence",), "The confidence must be more than 50 %"),
        ({"title": "x" * 501}, ("title",), "The title is longer than 500 characters"),
        (
            {"territories": [{"code": "m1", "label": "M1"}, {"code": "m1", "label": "m1"}]},
            ("territories", 1, "code"),
            "“m1” stands here twice",
        ),
        (
            {"questions": [{"code": "USABLE", "label": "Usable?"}]},
            ("questions", 0, "code"),
            "Question 1 needs a code of small letters, digits and hyphens",
        ),
    ],
)
def test_one_thing_wrong_is_one_problem(changes, path, message):
    found = problems(make_study(), document(**changes))
    assert list(found) == [path]
    assert found[path].startswith(message)


def test_two_levels_of_one_name_are_told_apart_by_place():
    levels = document()["levels"]
    levels[3]["name"] = levels[0]["name"]
    assert problems(make_study(), document(levels=levels)) == {
        ("levels", 3, "name"): "“Poor” stands here twice"
    }


def test_a_level_can_only_show_an_image_that_the_study_has():
    levels = document()["levels"]
    levels[0]["example_image"] = "a" * 64
    assert problems(make_study(), document(levels=levels)) == {
        ("levels", 0, "example_image"): "Level 1 names an example image that this study "
        "does not have"
    }


def test_an_amendment_needs_a_reason_and_is_recorded_as_one():
    study = open_with_cases(1)
    clearer = document(title="Clearer words")
    assert problems(study, clearer, reason="  ") == {
        ("reason",): "Say why the protocol is amended: raters are reading by it"
    }
    saved = save(study, clearer, reason="Raters asked what the title means")
    assert (saved.version, saved.reason) == (2, "Raters asked what the title means")
    assert Event.objects.get(action="protocol amended").detail["reason"] == saved.reason


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"seed": 5}, "“seed” cannot change any more"),
        ({"repeats": {"share": 0.2}}, "“repeats” cannot change any more"),
        ({"calibration": {"cases": 3}}, "“calibration” cannot change any more"),
        ({"reading_order": "random-shared"}, "“reading order” cannot change any more"),
        ({"levels": document()["levels"][:3]}, "The levels of the scale cannot change"),
        ({"unscorable_reasons": []}, "Unscorable reasons cannot be taken away"),
    ],
)
def test_an_amendment_leaves_alone_what_lists_and_grades_hang_on(changes, words):
    study = open_with_cases(1)
    with pytest.raises(FixedProtocolError, match=words):
        save(study, document(**changes), reason="A better idea")
    assert study.protocols.count() == 1


def _dated(step: StudyState) -> dict[str, Any]:
    return {"locked_at": timezone.now()} if step == StudyState.LOCKED else {}


@pytest.mark.parametrize(
    "state", [StudyState.LOCKED, StudyState.ADJUDICATING, StudyState.CONCLUDED]
)
def test_once_locked_nothing_of_the_protocol_changes(state):
    study = make_study()
    path = [StudyState.READING, StudyState.LOCKED, StudyState.ADJUDICATING, StudyState.CONCLUDED]
    for step in path[: path.index(state) + 1]:
        study.state = step
        Study.objects.filter(pk=study.pk).update(state=step, **_dated(step))
    with pytest.raises(FixedProtocolError, match="locked"):
        save(study, document(title="Too late"), reason="An afterthought")
    with pytest.raises(FixedProtocolError, match="locked"):
        save(study, document(), reason="The same again")


def test_once_read_a_version_changes_by_no_way_and_the_reading_keeps_it():
    study = open_with_cases(1)
    code = next_code(study, "ruth")
    browser_of("ruth").get(f"/api/reading/cases/{code}")
    read_by = Reading.objects.get().protocol
    before = (read_by.document, read_by.sha256)

    save(study, document(title="Clearer words"), reason="Raters asked")
    statements = [
        "UPDATE studies_protocol SET document = '{}'",
        "UPDATE studies_protocol SET sha256 = 'forged'",
        "UPDATE studies_protocol SET version = version + 10",
        "DELETE FROM studies_protocol",
    ]
    for statement in statements:
        with (
            pytest.raises(DatabaseError, match="this row is final"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    with pytest.raises(DatabaseError), transaction.atomic():
        Protocol.objects.filter(pk=read_by.pk).update(document={})
    read_by.refresh_from_db()
    assert (read_by.document, read_by.sha256) == before
    assert Reading.objects.get().protocol.version == 1


def test_a_document_stored_before_a_field_was_added_reads_as_unchanged():
    study = make_study("older")
    old = FOUR_POINT_PROTOCOL.model_dump(mode="json")
    for added_later in (
        "territories",
        "questions",
        "calibration",
        "repeats",
        "adjudication",
        "tree_over_dsa",
    ):
        del old[added_later]
    Protocol.objects.create(
        study=study, version=2, document=old, sha256=canonical_sha256(old), reason="As it was"
    )
    saved = save(study, FOUR_POINT_PROTOCOL.model_dump(mode="json"), based_on=2)
    assert saved.version == 2
