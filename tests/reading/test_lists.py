"""What is stored on the raters' lists: the same on every database, only ever added to."""

import uuid

import pytest
from django.db import DatabaseError, connection, transaction

from reader_study.accounts.models import User
from reader_study.cohorts.models import Case
from reader_study.reading.models import Assignment, Stage
from reader_study.reading.refusals import NotPossibleError
from reader_study.reading.services import add_to_lists
from reader_study.studies.models import Study
from reader_study.studies.services import add_rater
from tests.cast import make_study, open_with_cases, protocol_with, ready_case
from tests.reading.at_work import RaterAtWork

pytestmark = pytest.mark.django_db

STUDY_ID = uuid.UUID("00000000-0000-4000-8000-000000000007")
REPEATS = {"share": 0.1, "minimum": 3, "washout_days": 0}
CALIBRATION = {"cases": 3, "pass_mark": 1.0, "tolerance_levels": 0}


def listed(study: Study, username: str, stage: Stage = Stage.MAIN) -> list[str]:
    """A rater's list in order: case codes, with a star on a repeat."""
    rows = Assignment.objects.filter(study=study, rater__username=username, stage=stage)
    return [
        f"{row.case.code}*" if row.repeat_of_id else row.case.code
        for row in rows.select_related("case").order_by("position")
    ]


def places(study: Study, username: str) -> list[tuple[int, str, str]]:
    rows = Assignment.objects.filter(study=study, rater__username=username, stage=Stage.MAIN)
    return list(rows.order_by("position").values_list("position", "case__code", "code"))


def carol() -> User:
    return User.objects.get(username="carol")


def test_the_lists_of_a_seed_are_pinned_on_every_database():
    study = open_with_cases(
        8,
        protocol=protocol_with(repeats=REPEATS, calibration=CALIBRATION),
        references=(1, 2, 3),
        study_id=STUDY_ID,
    )
    pinned = {
        ("ruth", Stage.CALIBRATION): "K001 K003 K002",
        ("ruth", Stage.MAIN): "C006 C002 C005 C001 C003 C008 C006* C004 C002* C005* C007",
        ("rob", Stage.CALIBRATION): "K003 K001 K002",
        ("rob", Stage.MAIN): "C001 C005 C002 C003 C006 C007 C003* C008 C002* C004 C001*",
    }
    assert {(name, stage): " ".join(listed(study, name, stage)) for name, stage in pinned} == pinned


def test_raters_may_share_one_order():
    study = open_with_cases(
        12, protocol=protocol_with(reading_order="random-shared", repeats=REPEATS)
    )
    assert listed(study, "ruth") == listed(study, "rob")
    assert listed(study, "ruth") != sorted(listed(study, "ruth"))
    codes = {row[2] for row in places(study, "ruth")} & {row[2] for row in places(study, "rob")}
    assert not codes


def test_a_case_that_comes_during_reading_stands_at_the_end_of_every_list():
    study = open_with_cases(6, protocol=protocol_with(repeats=REPEATS))
    RaterAtWork(study).read_next()
    before = {name: places(study, name) for name in ("ruth", "rob")}
    for number in range(7, 10):
        ready_case(study, f"C{number:03d}")
    assert add_to_lists(study=study, actor=carol()) == 6
    for name, rows in before.items():
        now = places(study, name)
        assert now[: len(rows)] == rows
        assert sorted(code for _, code, _ in now[len(rows) :]) == ["C007", "C008", "C009"]
    assert add_to_lists(study=study, actor=carol()) == 0


def test_a_rater_who_comes_during_reading_gets_a_whole_list_and_changes_nobodys():
    study = open_with_cases(6, protocol=protocol_with(repeats=REPEATS))
    before = {name: places(study, name) for name in ("ruth", "rob")}
    stan = User.objects.get(username="stan")
    add_rater(study=study, user=stan, actor=carol())
    assert add_to_lists(study=study, actor=carol()) == 9
    assert {name: places(study, name) for name in before} == before
    own = listed(study, "stan")
    assert sorted(code for code in own if "*" not in code) == [f"C{n:03d}" for n in range(1, 7)]
    assert len(own) == 9


def test_a_withdrawn_case_leaves_the_others_where_they_are():
    study = open_with_cases(6)
    ruth = RaterAtWork(study)
    order = listed(study, "ruth")
    Case.objects.filter(study=study, code=order[1]).update(
        withdrawn_at="2026-01-01T00:00:00Z", withdrawn_reason="consent withdrawn"
    )
    assert ruth.worklist()["total"] == 5
    read = [ruth.read_next().case.code for _ in range(5)]
    assert read == [order[0], *order[2:]]
    assert ruth.worklist()["wait"]["reason"] == "finished"


def test_cases_are_put_on_lists_only_while_the_study_is_read():
    study = make_study()
    with pytest.raises(NotPossibleError, match="open for reading"):
        add_to_lists(study=study, actor=carol())
    assert not Assignment.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reading_assignment SET position = 99 WHERE code = %s",
        "UPDATE reading_assignment SET code = 'AAAA-AAAA' WHERE code = %s",
        "UPDATE reading_assignment SET case_id = case_id WHERE code = %s",
        "UPDATE reading_assignment SET stage = 'main' WHERE code = %s",
        "UPDATE reading_assignment SET current_reading_id = NULL WHERE code = %s",
        "DELETE FROM reading_assignment WHERE code = %s",
    ],
)
def test_the_database_keeps_a_place_that_was_read(statement):
    study = open_with_cases(2)
    place = RaterAtWork(study).read_next()
    with (
        pytest.raises(DatabaseError, match="final"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, [place.code])
    place.refresh_from_db()
    assert place.position == 1
