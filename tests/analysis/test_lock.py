"""What a lock freezes: exactly the ratings that count, and apart from them all that was read."""

import json

import pytest
from django.utils import timezone
from jsonschema import Draft202012Validator

from reader_study.analysis.exports import EXPORT_FILES
from reader_study.analysis.exports.report_json import EXPORT_SCHEMA, report_json
from reader_study.analysis.services import lock_study
from reader_study.analysis.snapshot import check_snapshot
from reader_study.cohorts.models import Case
from reader_study.reading.models import Assignment, DisplayCheck, Stage
from reader_study.reading.services import unlock
from reader_study.studies.models import Membership
from reader_study.studies.services import add_rater
from tests.analysis.whole_study import amend, opened, person, read, read_all, study_with

pytestmark = pytest.mark.django_db

FOUR = {
    "C1": (4, 4, 4, 4),
    "C2": (3, 4, 3, 3),
    "C3": (1, 2, 1, None),
    "C4": (2, 2, 3, 2),
    "C5": (4, 3, 4, 4),
}


def locked(study):
    return lock_study(study=study, actor=person("carol"))


def test_a_study_of_four_raters_locks_and_reports_every_pair():
    study = opened(study_with(list(FOUR), raters=4))
    read_all(study, FOUR)

    report = locked(study).report

    assert report["raters"] == ["Rater 1", "Rater 2", "Rater 3", "Rater 4"]
    assert len(report["pairs"]) == 6
    assert report["pairs"][2]["raters"] == ["Rater 1", "Rater 4"]
    assert report["pairs"][2]["n_paired"] == 4
    assert [rate["n"] for rate in report["rates"]] == [5, 5, 5, 4]


def assignment_of(study, username: str, case: str, **which):
    return Assignment.objects.get(
        study=study, rater__username=username, case__code=case, **{"stage": Stage.MAIN, **which}
    )


@pytest.fixture
def eventful():
    """A study with calibration, repeats, an unlocked case, a withdrawn one, and a rater who left.

    Its protocol was amended once before and once during the reading.
    """
    study = study_with(
        ["C1", "C2", "C3", "C4"],
        calibration_cases=["T1", "T2"],
        calibration={"cases": 2, "pass_mark": 1.0, "tolerance_levels": 0},
        repeats={"share": 0.5, "minimum": 2, "washout_days": 0},
    )
    left = add_rater(study=study, user=person("rita"), actor=person("carol"))
    opened(study)
    for username, grades in (("ruth", (1, 4)), ("ruth", (4, 4)), ("rob", (4, 4))):
        attempt = Assignment.objects.filter(
            study=study, rater__username=username, stage=Stage.CALIBRATION
        ).exclude(current_reading__state="submitted")
        for assignment, grade in zip(list(attempt), grades, strict=True):
            read(assignment, grade)
    read_all(study, {f"C{n}": (4, 3, 2) for n in (1, 2, 3, 4)})
    for repeat in Assignment.objects.filter(study=study, repeat_of__isnull=False):
        read(repeat, 1 if repeat.rater.username == "ruth" else 2)
    amend(study, high_from=4)
    first = assignment_of(study, "ruth", "C1", repeat_of__isnull=True)
    unlock(assignment=first, actor=person("carol"), reason="Wrong key pressed.")
    read(first, 2)
    Case.objects.filter(code="C4").update(
        withdrawn_at=timezone.now(), withdrawn_reason="Consent withdrawn."
    )
    Membership.objects.filter(pk=left.pk).update(ended_at=timezone.now(), ended_reason="Ill.")
    return study


def test_the_ratings_that_count_are_one_of_each_case_by_each_rater_who_stayed(eventful):
    document = locked(eventful).document

    assert {(row["case"], row["rater"], row["grade"]) for row in document["ratings"]} == {
        *(("C1", "Rater 1", 2), ("C2", "Rater 1", 4), ("C3", "Rater 1", 4)),
        *(("C1", "Rater 2", 3), ("C2", "Rater 2", 3), ("C3", "Rater 2", 3)),
    }
    assert len(document["ratings"]) == 6
    assert [rater["code"] for rater in document["raters"]] == ["Rater 1", "Rater 2"]


def test_repeats_stand_apart_and_never_move_the_primary_agreement(eventful):
    repeated = {
        (row.rater.username, row.case.code)
        for row in Assignment.objects.filter(repeat_of__isnull=False).exclude(case__code="C4")
        if row.rater.username != "rita"
    }
    snapshot = locked(eventful)
    of = {"Rater 1": "ruth", "Rater 2": "rob"}
    rows = snapshot.document["repeats"]

    assert {(of[row["rater"]], row["case"]) for row in rows} == repeated
    assert {row["grade"] for row in rows} == {1, 2}
    assert sum(map(sum, snapshot.report["table"])) == 3
    assert {row["rater"]: row["n_repeated"] for row in snapshot.report["intra_rater"]} == {
        code: sum(name == username for username, _ in repeated)
        for code, name in of.items()
        if any(name == username for username, _ in repeated)
    }


def test_the_displays_that_were_read_on_are_in_the_snapshot(eventful):
    DisplayCheck.objects.create(
        study=eventful,
        rater=person("ruth"),
        session="5c" * 16,
        screen_width=1920,
        screen_height=1080,
        window_width=1900,
        window_height=960,
        pixel_ratio=1.25,
        colour_depth=24,
        zoom_percent=None,
        room_is_dim=False,
        empty_patches=[5],
        seen_patches=[7],
        verdict="failed",
        went_on=True,
    )
    snapshot = locked(eventful)
    [check] = snapshot.document["display_checks"]
    assert (check["rater"], check["verdict"], check["went_on"]) == ("Rater 1", "failed", True)
    assert (check["screen"], check["pixel_ratio"]) == ([1920, 1080], 1.25)
    exported = json.loads(report_json(snapshot.document, snapshot.report))
    schema = json.loads(EXPORT_SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(exported)


def test_what_was_corrected_calibrated_withdrawn_and_left_is_kept_apart(eventful):
    document = locked(eventful).document

    [original] = document["superseded"]
    assert (original["case"], original["rater"], original["grade"]) == ("C1", "Rater 1", 4)
    assert (original["attempt"], original["repeat"]) == (1, False)
    assert original["unlock_reason"] == "Wrong key pressed."
    assert [(row["rater"], row["attempt"], row["passed"]) for row in document["calibration"]] == [
        ("Rater 2", 1, True),
        ("Rater 1", 1, False),
        ("Rater 1", 2, True),
    ]
    assert document["withdrawn_cases"] == [{"case": "C4", "reason": "Consent withdrawn."}]
    assert document["former_raters"] == [{"code": "Rater 3", "username": "rita", "reason": "Ill."}]
    assert {row["case"] for row in document["former_ratings"]} == {"C1", "C2", "C3"}


def test_each_rating_says_under_which_version_of_the_protocol_it_was_given(eventful):
    document = locked(eventful).document

    versions = [row["sha256"] for row in document["protocol_versions"]]
    assert [row["version"] for row in document["protocol_versions"]] == [1, 2, 3]
    assert document["protocol_sha256"] == versions[2]
    under = {(row["case"], row["rater"]): row for row in document["ratings"]}
    assert under["C1", "Rater 1"]["protocol_sha256"] == versions[2]
    assert under["C1", "Rater 1"]["attempt"] == 2
    assert under["C2", "Rater 1"]["protocol_sha256"] == versions[1]


def test_a_rating_keeps_its_territories_answers_and_active_time():
    study = study_with(
        ["C1"],
        territories=[{"code": "m1", "label": "M1"}, {"code": "ba", "label": "Basilar"}],
        questions=[{"code": "usable", "label": "Usable?"}],
    )
    opened(study)
    for assignment in Assignment.objects.filter(study=study):
        read(
            assignment,
            3,
            territory_grades={"m1": 2, "ba": "not-opacified"},
            question_answers={"usable": True},
        )

    rating = locked(study).document["ratings"][0]

    assert rating["territory_grades"] == {"m1": 2, "ba": "not-opacified"}
    assert rating["question_answers"] == {"usable": True}
    assert rating["active_seconds"] >= 0
    assert rating["wall_seconds"] >= rating["active_seconds"]


def test_a_locked_document_carries_the_hash_of_its_content(eventful):
    snapshot = locked(eventful)

    check_snapshot(snapshot.document)
    assert snapshot.sha256 == snapshot.document["snapshot_sha256"]


def test_what_a_whole_study_exports_is_what_the_schema_describes(eventful):
    snapshot = locked(eventful)
    schema = json.loads(EXPORT_SCHEMA.read_text(encoding="utf-8"))

    content = json.loads(report_json(snapshot.document, snapshot.report))

    assert list(Draft202012Validator(schema).iter_errors(content)) == []
    for name, file in EXPORT_FILES.items():
        assert file.body(snapshot.document, snapshot.report), name
