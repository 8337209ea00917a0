"""A coordinator unlocks a submitted case: the original stays, the correction counts."""

import pytest
from django.db import DatabaseError, transaction

from reader_study.accounts.models import User
from reader_study.analysis.models import Snapshot
from reader_study.analysis.services import lock_study
from reader_study.audit.models import Event
from reader_study.reading.models import Assignment, Reading, ReadingState
from reader_study.reading.refusals import NotPossibleError
from reader_study.reading.services import unlock
from reader_study.studies.models import Study
from tests.cast import open_with_cases, protocol_with
from tests.reading.at_work import RaterAtWork

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> Study:
    return open_with_cases(2)


def carol() -> User:
    return User.objects.get(username="carol")


def unlocked(place: Assignment, reason: str = "The rater reported a slip.") -> Reading:
    return unlock(assignment=place, actor=carol(), reason=reason)


def test_the_original_stays_and_its_answers_begin_the_correction(study):
    ruth = RaterAtWork(study)
    place = ruth.read_next(2, comment="M2 short")
    draft = unlocked(place)
    assert (draft.attempt, draft.state, draft.grade, draft.comment) == (2, "draft", 2, "M2 short")
    assert (draft.unlocked_by, draft.unlock_reason) == (carol(), "The rater reported a slip.")
    body = ruth.open(place.code).json()
    assert body["state"] == "draft"
    assert body["unlock_reason"] == "The rater reported a slip."
    assert body["draft"]["grade"] == 2
    assert body["opened_runs"] == [0, 1]

    corrected = ruth.read_next(4)
    assert corrected.pk == place.pk
    grades = list(place.readings.order_by("attempt").values_list("attempt", "grade", "state"))
    assert grades == [(1, 2, "submitted"), (2, 4, "submitted")]
    assert corrected.current_reading == place.readings.get(attempt=2)


def test_the_case_comes_first_and_counts_as_not_read_until_it_is_corrected(study):
    ruth = RaterAtWork(study)
    place = ruth.read_next()
    other = ruth.next
    unlocked(place)
    stands = ruth.worklist()
    assert (stands["next"], stands["submitted"]) == (place.code, 0)
    ruth.read_next()
    assert ruth.next == other


def test_attempts_are_numbered_on(study):
    ruth = RaterAtWork(study)
    for grade in (1, 2, 3):
        place = ruth.read_next(grade)
        unlocked(place)
    assert [row.attempt for row in place.readings.order_by("attempt")] == [1, 2, 3, 4]


def test_every_attempt_that_was_submitted_is_final(study):
    ruth = RaterAtWork(study)
    place = ruth.read_next(1)
    unlocked(place)
    ruth.read_next(2)
    for attempt in (1, 2):
        with pytest.raises(DatabaseError, match="final"), transaction.atomic():
            place.readings.filter(attempt=attempt).update(grade=4)
        with pytest.raises(DatabaseError, match="final"), transaction.atomic():
            place.readings.filter(attempt=attempt).update(unlock_reason="other")


def test_the_database_wants_a_reason_and_a_name_for_a_later_attempt(study):
    place = RaterAtWork(study).read_next()
    original = place.current_reading
    assert original is not None
    with pytest.raises(DatabaseError), transaction.atomic():
        Reading.objects.create(assignment=place, attempt=2, protocol=original.protocol)


@pytest.mark.parametrize("reason", ["", "   "])
def test_an_unlock_needs_a_reason(study, reason):
    place = RaterAtWork(study).read_next()
    with pytest.raises(NotPossibleError, match="Say why"):
        unlocked(place, reason)
    assert place.readings.count() == 1


def test_two_coordinators_who_unlock_at_once_make_one_correction(study):
    place = RaterAtWork(study).read_next()
    also = Assignment.objects.select_related("current_reading").get(pk=place.pk)
    unlocked(place)
    with pytest.raises(NotPossibleError, match="not submitted"):
        unlocked(also)
    assert place.readings.count() == 2


def test_a_case_that_is_not_submitted_cannot_be_unlocked(study):
    ruth = RaterAtWork(study)
    code = ruth.next
    ruth.open(code)
    with pytest.raises(NotPossibleError, match="not submitted"):
        unlocked(Assignment.objects.get(code=code))


def test_a_calibration_case_cannot_be_unlocked():
    rules = {"cases": 1, "pass_mark": 1.0, "tolerance_levels": 0}
    study = open_with_cases(1, protocol=protocol_with(calibration=rules), references=(3,))
    place = RaterAtWork(study).read_next(1)
    with pytest.raises(NotPossibleError, match="judged"):
        unlocked(place)


def test_nothing_is_unlocked_once_the_study_is_locked_and_the_correction_is_analysed(study):
    for name in ("ruth", "rob"):
        rater = RaterAtWork(study, name)
        first = rater.read_next(1)
        rater.read_next(4)
        if name == "ruth":
            unlocked(first)
            assert rater.read_next(3).pk == first.pk
            corrected = first
    lock_study(study=study, actor=carol())
    with pytest.raises(NotPossibleError, match="open for reading"):
        unlocked(corrected)
    ratings = Snapshot.objects.get().document["ratings"]
    of_ruth = {row["case"]: row["grade"] for row in ratings if row["rater"] == "Rater 1"}
    assert of_ruth[corrected.case.code] == 3
    assert sorted(of_ruth.values()) == [3, 4]


def test_an_unlocked_case_blocks_the_lock_until_it_is_corrected(study):
    for name in ("ruth", "rob"):
        rater = RaterAtWork(study, name)
        place = rater.read_next()
        rater.read_next()
    unlocked(place)
    with pytest.raises(NotPossibleError, match="1 case to read"):
        lock_study(study=study, actor=carol())


def test_it_is_noted_who_unlocked_what_and_why(study):
    place = RaterAtWork(study).read_next()
    unlocked(place)
    event = Event.objects.get(action="reading unlocked")
    assert (event.actor, event.subject) == (carol(), place.code)
    assert event.detail == {"reason": "The rater reported a slip.", "attempt": 2}
    assert Reading.objects.filter(state=ReadingState.SUBMITTED).count() == 1
