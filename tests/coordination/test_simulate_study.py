"""``manage.py simulate_study``: a whole study of simulated ratings, the same for the same seed."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from reader_study.accounts.models import User
from reader_study.analysis.models import Snapshot
from reader_study.coordination.simulation import (
    SIMULATED_PROTOCOL,
    simulate_study,
    simulated_staff,
)
from reader_study.reading.models import CalibrationResult, Reading, ReadingState, Stage
from reader_study.reading.selectors import worklist
from reader_study.reading.services import open_study
from reader_study.studies.models import Membership, Role, Study, StudyState
from reader_study.studies.protocol import ProtocolDocument
from reader_study.studies.selectors import raters_of
from tests.cast import browser_of

pytestmark = pytest.mark.django_db

SMALL = ProtocolDocument.model_validate(
    {
        **SIMULATED_PROTOCOL.model_dump(),
        "repeats": {"share": 0.1, "minimum": 5, "washout_days": 28},
        "resamples": 2000,
    }
)


def simulated(
    state: StudyState = StudyState.LOCKED, *, cases: int = 24, raters: int = 2, seed: int = 11
) -> Study:
    return simulate_study(
        slug="simulated",
        name="Simulated",
        cases=cases,
        seed=seed,
        staff=simulated_staff(raters, "a-password"),
        protocol=SMALL,
        state=state,
    )


def submitted(study: Study, **which: Any) -> list[Any]:
    """Submitted readings in the order in which they were begun."""
    rows = Reading.objects.filter(assignment__study=study, state=ReadingState.SUBMITTED, **which)
    return list(rows.select_related("assignment__case").order_by("started_at"))


def everything_said(seed: int) -> list[tuple[Any, ...]]:
    """Make a study, note who read what when and how, and unmake it."""
    with transaction.atomic():
        study = simulated(StudyState.READING, seed=seed)
        said = [
            (
                reading.assignment.rater.username,
                reading.assignment.stage,
                reading.assignment.attempt,
                reading.assignment.position,
                reading.assignment.case.code,
                reading.attempt,
                reading.grade,
                reading.unscorable_reason,
                reading.comment,
                reading.territory_grades,
                reading.question_answers,
                reading.started_at,
                reading.submitted_at,
                reading.active_ms,
            )
            for reading in Reading.objects.filter(assignment__study=study)
            .select_related("assignment__case", "assignment__rater")
            .order_by("started_at")
        ]
        transaction.set_rollback(True)
    return said


def test_the_same_seed_makes_the_same_study_and_another_seed_another():
    first = everything_said(11)
    assert len(first) > 30
    assert first == everything_said(11)
    assert first != everything_said(12)


def test_a_locked_study_has_its_report_and_says_on_every_page_what_it_is():
    study = simulated()
    assert study.state == StudyState.LOCKED
    report = Snapshot.objects.get(study=study).report
    assert report["data_notice"] == "Simulated ratings, phantom images. Not for clinical use."
    rows = submitted(study, assignment__stage=Stage.MAIN, attempt=1)
    assert len(rows) == 2 * (24 + 5)


def test_the_ratings_look_like_ratings():
    study = simulated(cases=150)
    first = [
        row
        for row in submitted(study, assignment__stage=Stage.MAIN, attempt=1)
        if row.assignment.repeat_of_id is None
    ]
    graded = [row.grade for row in first if row.grade is not None]
    assert 0.75 < sum(grade >= SMALL.high_from for grade in graded) / len(graded) < 0.99
    assert 0 < len(first) - len(graded) < 0.1 * len(first)
    by_rater: dict[int, dict[str, int | None]] = {}
    for row in first:
        of_rater = by_rater.setdefault(row.assignment.rater_id, {})
        of_rater[row.assignment.case.code] = row.grade
    one, two = by_rater.values()
    same = sum(one[case] == two[case] for case in one) / len(one)
    assert 0.6 < same < 0.95
    assert any(row.comment for row in first)
    assert all(row.territory_grades for row in first if row.grade is not None)
    for membership in raters_of(study):
        times = [row.active_ms for row in first if row.assignment.rater_id == membership.user_id]
        assert sum(times[-30:]) < 0.9 * sum(times[:30])


def test_people_read_one_case_after_the_other_on_working_days_in_the_past():
    study = simulated()
    for membership in raters_of(study):
        rows = submitted(study, assignment__rater=membership.user)
        assert all(row.started_at.weekday() < 5 for row in rows)
        assert all(study.opened_at < row.started_at < row.submitted_at for row in rows)
        assert all(before.submitted_at < row.started_at for before, row in pairwise(rows))
        assert all(
            0 < row.active_ms <= 1000 * (row.submitted_at - row.started_at).total_seconds()
            for row in rows
        )
    assert study.locked_at is not None
    last = max(row.submitted_at for row in submitted(study))
    assert study.locked_at - timedelta(days=7) <= last < study.locked_at


def test_repeats_come_after_the_washout_and_calibration_before_everything():
    study = simulated()
    for membership in raters_of(study):
        rows = submitted(study, assignment__rater=membership.user)
        submitted_at = {row.assignment_id: row.submitted_at for row in rows}
        repeats = [row for row in rows if row.assignment.repeat_of_id]
        assert len(repeats) == 5
        for row in repeats:
            waited = row.started_at - submitted_at[row.assignment.repeat_of_id]
            assert waited >= timedelta(days=28)
        stages = [row.assignment.stage for row in rows]
        assert stages == sorted(stages)


def test_some_raters_fail_the_first_calibration_and_all_pass_in_the_end():
    study = simulated(raters=3, state=StudyState.READING)
    for membership in raters_of(study):
        results = CalibrationResult.objects.filter(study=study, rater=membership.user)
        assert [row.passed for row in results] in ([True], [False, True])
    assert CalibrationResult.objects.filter(study=study, passed=False).count() == 1


def test_unlocked_readings_are_corrected_and_the_originals_stay():
    study = simulated()
    corrections = submitted(study, attempt=2)
    assert len(corrections) == 2
    for row in corrections:
        assert row.unlocked_by == User.objects.get(username="simulated-coordinator")
        assert row.assignment.current_reading == row
        assert row.assignment.readings.get(attempt=1).submitted_at < row.started_at


def test_a_study_in_setup_is_ready_to_open():
    study = simulated(StudyState.SETUP)
    coordinator = User.objects.get(username="simulated-coordinator")
    assert open_study(study=study, actor=coordinator).state == StudyState.READING


def test_a_study_in_reading_goes_on_with_images_to_look_at():
    study = simulated(StudyState.READING, raters=3)
    stands = [worklist(study, membership.user) for membership in raters_of(study)]
    assert all(0 < row.submitted < row.total for row in stands)
    rater = browser_of("simulated-rater-3")
    code = rater.get(f"/api/reading/{study.id}/worklist").json()["next"]
    media = rater.get(f"/api/reading/cases/{code}").json()["media"]
    runs = media["manifest"]["runs"]
    assert len(runs) == 2
    for name in ("volume.bin", "labels.bin", "tree.glb", runs[1]["frames"][-1]):
        assert len(rater.get(f"{media['base']}{name}").getvalue()) > 500


def test_the_command_prints_the_password_of_new_people_once(capsys, client):
    call_command("simulate_study", cases=3, raters=2, seed=1, state="setup")
    printed = capsys.readouterr().out
    password = printed.split("password ")[1].split()[0]
    body = {"username": "simulated-rater-2", "password": password}
    answer = client.post("/api/session", body, content_type="application/json")
    assert answer.status_code == 200
    call_command("simulate_study", cases=3, raters=2, seed=2, state="setup")
    assert "password" not in capsys.readouterr().out
    roles = Membership.objects.filter(study__slug="simulated-3-2-2").values_list("role", flat=True)
    assert sorted(roles) == sorted([*Role.values[:1], *Role.values[2:], Role.RATER])


def test_a_slug_that_is_taken_is_refused_and_nothing_is_left_behind():
    call_command("simulate_study", cases=3, raters=2, seed=1, state="setup")
    with pytest.raises(CommandError, match="already"):
        call_command("simulate_study", cases=3, raters=3, seed=1, slug="simulated-3-2-1")
    assert not User.objects.filter(username="simulated-rater-3").exists()


def test_cases_have_the_sides_and_segments_of_thrombectomies():
    report = Snapshot.objects.get(study=simulated(cases=60)).report
    assert [group["side"] for group in report["sides"]] == ["left", "right", "midline"]
    count = {
        group["segment"]: group["rates"][0]["n"] + group["rates"][0]["unscorable"]
        for group in report["segments"]
    }
    assert max(count, key=lambda segment: count[segment]) == "M1"
    assert sum(count.values()) == 60
